namespace LlamaBlazor.Web.Shared.Controls;

/// <summary>One of several things to choose from.</summary>
/// <typeparam name="TValue">What is chosen.</typeparam>
/// <param name="Value">The value.</param>
/// <param name="Text">Its name.</param>
public sealed record Option<TValue>(TValue Value, string Text);

/// <summary>Makes options.</summary>
internal static class Option
{
    /// <summary>One for each text.</summary>
    public static IReadOnlyList<Option<string>> Of(IEnumerable<string> texts) => [.. texts.Select(text => new Option<string>(text, text))];

    /// <summary>One for each item.</summary>
    public static IReadOnlyList<Option<TValue>> Of<TItem, TValue>(
        IEnumerable<TItem> items,
        Func<TItem, TValue> value,
        Func<TItem, string> text
    ) => [.. items.Select(item => new Option<TValue>(value(item), text(item)))];
}
