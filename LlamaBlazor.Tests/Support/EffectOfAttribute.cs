namespace LlamaBlazor.Tests.Support;

/// <summary>
/// Says that a test shows what a setting does: it is set, and the behaviour that follows is observed, not the value read back. Each setting
/// has one: <see cref="Architecture.SettingTests"/>.
/// </summary>
/// <param name="key">Its configuration key; one that ends in <c>:*</c> stands for all below it, for a theory that runs over them.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class EffectOfAttribute(string key) : Attribute
{
    /// <summary>The key.</summary>
    public string Key => key;
}
