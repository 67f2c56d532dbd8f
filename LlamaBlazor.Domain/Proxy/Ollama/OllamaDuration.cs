using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlamaBlazor.Domain.Proxy.Ollama;

/// <summary>Reads <c>keep_alive</c>: seconds as a number, or a duration as Go writes them (<c>5m</c>, <c>1h30m</c>, <c>-1</c>,
/// <c>500ms</c>).</summary>
public static class OllamaDuration
{
    /// <summary>What stands for "for ever".</summary>
    public static TimeSpan Forever { get; } = TimeSpan.FromSeconds(-1);

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <summary>The duration, or null when there is none or it cannot be read. Negative ones are <see cref="Forever"/>.</summary>
    /// <param name="value">The JSON value.</param>
    public static TimeSpan? Read(JsonNode? value)
    {
        if (value is not JsonValue plain)
            return null;
        var seconds = plain.GetValueKind() switch
        {
            JsonValueKind.Number => plain.TryGetValue<double>(out var number) ? number : (double?)null,
            JsonValueKind.String => Parse(plain.GetValue<string>().Trim()),
            _ => null,
        };
        if (seconds is not { } given || !double.IsFinite(given))
            return null;
        return given < 0 ? Forever : TimeSpan.FromSeconds(Math.Min(given, Longest.TotalSeconds));
    }

    private static double? Parse(string text)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var plain))
            return plain;
        var isNegative = text.StartsWith('-');
        var rest = text.AsSpan(isNegative ? 1 : 0);
        var sum = 0.0;
        while (rest.Length > 0)
        {
            var digits = rest.IndexOfAnyExcept(Digits);
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
                return null;
            rest = rest[digits..];
            var end = rest.IndexOfAny(Digits);
            var unit = end < 0 ? rest : rest[..end];
            var seconds = unit switch
            {
                "ms" => 0.001,
                "s" => 1,
                "m" => 60,
                "h" => 3600,
                _ => double.NaN,
            };
            sum += number * seconds;
            rest = rest[unit.Length..];
        }

        return isNegative ? -sum : sum;
    }
}
