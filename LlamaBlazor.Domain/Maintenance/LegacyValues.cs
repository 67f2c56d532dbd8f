using System.Globalization;
using System.Text.Json;
using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Domain.Maintenance;

/// <summary>Values of earlier dashboards in today's form.</summary>
public static class LegacyValues
{
    /// <summary>Below this a number of time is seconds, above it milliseconds (acceptance C0.14).</summary>
    private const double SecondsBelow = 1e11;

    /// <summary>A time as Unix milliseconds: seconds, milliseconds, or text such as <c>2025-01-31 12:00:00</c> (UTC). Null when it is
    /// none.</summary>
    /// <param name="value">The stored value.</param>
    public static long? Time(object? value) =>
        value switch
        {
            long number => FromNumber(number),
            double number when double.IsFinite(number) => FromNumber(number),
            string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => FromNumber(number),
            string text
                when DateTimeOffset.TryParse(
                    text,
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                    out var when
                ) => when.ToUnixTimeMilliseconds(),
            _ => null,
        };

    /// <summary>A level of a log in one of today's five words.</summary>
    /// <param name="level">The stored word.</param>
    public static string Level(object? level) =>
        level?.ToString()?.ToLowerInvariant() switch
        {
            "trace" or "debug" => "debug",
            "warn" or "warning" => "warn",
            "error" => "error",
            "critical" or "fatal" => "critical",
            _ => "info",
        };

    /// <summary>A value in the type of a column: booleans from 0/1/true/yes, numbers from text. Null, and false, when it cannot
    /// be.</summary>
    /// <param name="value">The stored value.</param>
    /// <param name="type">bool, long, double or string.</param>
    /// <param name="converted">The result.</param>
    public static bool TryConvert(object? value, Type type, out object? converted)
    {
        converted = null;
        if (value is null or "")
            return true;
        var text =
            value is bool flag && type == typeof(string)
                ? (flag ? "on" : "off")
                : Convert.ToString(value, CultureInfo.InvariantCulture)!.Trim();
        converted =
            type == typeof(bool) ? Bool(text)
            : type == typeof(long) ? Long(text)
            : type == typeof(double) ? Double(text)
            : text;
        return converted is not null;
    }

    /// <summary>The name a model has here: of its file, without folders and the ending. Null when there is none.</summary>
    /// <param name="stored">A name or a path, of either kind of slash.</param>
    public static string? ModelName(object? stored)
    {
        var text = stored?.ToString()?.Trim();
        if (string.IsNullOrEmpty(text))
            return null;
        var name = text[(text.LastIndexOfAny(['/', '\\']) + 1)..];
        return name.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) ? name[..^5] : name;
    }

    /// <summary>A value as JSON text: what is JSON stays, everything else becomes a JSON string.</summary>
    /// <param name="stored">The stored value.</param>
    public static string Json(object? stored)
    {
        var text = Convert.ToString(stored, CultureInfo.InvariantCulture) ?? "";
        if (!ForeignJson.Parse(text, ForeignJson.MaxNestedDepth).IsSuccess)
            return JsonSerializer.Serialize(text);
        return text;
    }

    /// <summary>Whether two values mean the same: numbers within 1e-6, text trimmed, without regard to case.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool Same(object? left, object? right)
    {
        if (left is null || right is null)
            return left is null && right is null;
        var (a, b) = (Double(Text(left)), Double(Text(right)));
        return a is not null && b is not null
            ? Math.Abs(a.Value - b.Value) < 1e-6
            : string.Equals(Text(left).Trim(), Text(right).Trim(), StringComparison.OrdinalIgnoreCase);
    }

    private static string Text(object value) =>
        value is bool flag ? (flag ? "1" : "0") : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private static long? FromNumber(double number) =>
        double.IsFinite(number) && Math.Abs(number) < 8.64e15 ? (long)(number is > 0 and < SecondsBelow ? number * 1000 : number) : null;

    private static bool? Bool(string text) =>
        text.ToLowerInvariant() switch
        {
            "1" or "true" or "yes" or "on" => true,
            "0" or "false" or "no" or "off" => false,
            _ => null,
        };

    private static long? Long(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole
        : Double(text) is { } number && Math.Abs(number - Math.Round(number)) < 1e-9 && Math.Abs(number) < 9e15 ? (long)Math.Round(number)
        : text.ToLowerInvariant() switch
        {
            "true" => 1,
            "false" => 0,
            _ => null,
        };

    private static double? Double(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}
