namespace LlamaBlazor.Domain.Security;

/// <summary>What a key may do: the words of <c>api_keys.scopes</c>.</summary>
public static class Scope
{
    /// <summary>Ask models.</summary>
    public const string Inference = "inference";

    /// <summary>Read the dashboard's API.</summary>
    public const string Read = "read";

    /// <summary>Everything.</summary>
    public const string Admin = "admin";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Inference, Read, Admin];
}
