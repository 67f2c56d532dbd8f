using System.Globalization;

namespace LlamaBlazor.Web.Statistics;

/// <summary>Figures as people read them.</summary>
internal static class Figures
{
    private const string None = "–";

    /// <summary>Milliseconds as <c>0.4 ms</c>, <c>12 ms</c>, <c>1.25 s</c> or <c>2 min 5 s</c>.</summary>
    public static string Seconds(double? milliseconds) =>
        milliseconds switch
        {
            null => None,
            < 1 => Text(milliseconds.Value, "0.##") + " ms",
            < 1000 => Text(milliseconds.Value, "0") + " ms",
            < 120_000 => Text(milliseconds.Value / 1000, "0.00") + " s",
            _ => $"{(long)(milliseconds.Value / 60_000)} min {(long)(milliseconds.Value / 1000) % 60} s",
        };

    /// <summary>Tokens a second.</summary>
    public static string Speed(double? perSecond) => perSecond is { } speed ? Text(speed, speed < 10 ? "0.0" : "#,0") + " t/s" : None;

    /// <summary>A whole number with separators.</summary>
    public static string Count(long? count) => count is { } number ? number.ToString("#,0", CultureInfo.InvariantCulture) : None;

    /// <summary>A share as percent.</summary>
    public static string Percent(double share) => Text(share * 100, "0.#") + " %";

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
