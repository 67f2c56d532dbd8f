using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Logs;

/// <summary>
/// Reads a line of llama-server. With <c>--log-prefix</c> it begins with I, W, E or D (common/log.cpp), after the time since its start
/// where
/// <c>--log-timestamps</c> is on; without a prefix the words tell.
/// </summary>
public static partial class LlamaLogParser
{
    /// <summary>Level and text of a line.</summary>
    /// <param name="line">The line without colours.</param>
    public static (string Level, string Message) Parse(string line)
    {
        var match = PrefixPattern().Match(line);
        if (match.Success)
        {
            var level = match.Groups["level"].Value switch
            {
                "W" => "warn",
                "E" => "error",
                "D" => "debug",
                _ => "info",
            };
            return (level, line[match.Length..]);
        }

        return (Guess(line), line);
    }

    private static string Guess(string line) =>
        ErrorPattern().IsMatch(line) ? "error"
        : WarningPattern().IsMatch(line) ? "warn"
        : "info";

    [GeneratedRegex(@"^(\d+\.\d{2}\.\d{3}\.\d{3} )?(?<level>[IWED]) (?=\S)", RegexOptions.ExplicitCapture)]
    private static partial Regex PrefixPattern();

    [GeneratedRegex(
        @"(^|[\s:(\[])(error|fatal|failed to|terminate called|segmentation fault|out of memory|abort(ed)?)\b",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 100
    )]
    private static partial Regex ErrorPattern();

    [GeneratedRegex(@"(^|[\s:(\[])warn(ing)?\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex WarningPattern();
}
