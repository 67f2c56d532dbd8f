namespace LlamaBlazor.Domain.Logs;

/// <summary>The five levels of <c>logs</c>, from the least to the most serious (acceptance C3.6).</summary>
public static class LogLevels
{
    private static readonly string[] Words = ["debug", "info", "warn", "error", "critical"];

    /// <summary>All, in order.</summary>
    public static IReadOnlyList<string> All => Words;

    /// <summary>A level and all that are more serious.</summary>
    /// <param name="level">One of <see cref="All"/>.</param>
    public static IReadOnlyList<string> From(string level) => [.. All.Skip(Math.Max(0, Rank(level)))];

    /// <summary>Place of a level, 0 to 4; -1 when it is none.</summary>
    /// <param name="level">The word.</param>
    public static int Rank(string level) => Array.IndexOf(Words, level);
}
