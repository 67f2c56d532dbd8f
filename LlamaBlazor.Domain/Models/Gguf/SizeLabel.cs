using System.Globalization;

namespace LlamaBlazor.Domain.Models.Gguf;

/// <summary>Numbers of weights for people, as model cards write them: <c>7.2B</c>, <c>135M</c>, <c>108K</c>.</summary>
public static class SizeLabel
{
    /// <summary>The label, or null for no weights.</summary>
    /// <param name="weights">Number of weights.</param>
    public static string? Of(long weights) =>
        weights switch
        {
            <= 0 => null,
            >= 1_000_000_000_000 => Text(weights / 1e12, "T"),
            >= 1_000_000_000 => Text(weights / 1e9, "B"),
            >= 1_000_000 => Text(weights / 1e6, "M"),
            >= 1_000 => Text(weights / 1e3, "K"),
            _ => weights.ToString(CultureInfo.InvariantCulture),
        };

    private static string Text(double value, string unit) => value.ToString(value < 10 ? "0.#" : "0", CultureInfo.InvariantCulture) + unit;
}
