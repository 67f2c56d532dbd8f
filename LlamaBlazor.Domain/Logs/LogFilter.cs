using System.Text.RegularExpressions;
using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Domain.Logs;

/// <summary>What to look for in the log. Everything unset matches all.</summary>
public sealed record LogFilter
{
    /// <summary>Longest text to search for.</summary>
    public const int TextLimit = 500;

    /// <summary>Least level.</summary>
    public string? Level { get; init; }

    /// <summary>server, models, llama-server, router or api.</summary>
    public string? Source { get; init; }

    /// <summary>Model id.</summary>
    public long? ModelId { get; init; }

    /// <summary>Text that the message holds, without regard to case.</summary>
    public string? Text { get; init; }

    /// <summary>A regular expression that the message matches; without backtracking, so that no pattern takes long.</summary>
    public Regex? Pattern { get; init; }

    /// <summary>Not before this moment, Unix milliseconds.</summary>
    public long? Since { get; init; }

    /// <summary>A filter from words, with every bad one named.</summary>
    /// <param name="level">Least level, or empty.</param>
    /// <param name="source">Source, or empty.</param>
    /// <param name="text">Text, or an expression between slashes such as <c>/slot \d+/</c>.</param>
    public static Result<LogFilter> Create(string? level, string? source, string? text)
    {
        var errors = new Dictionary<string, string[]>();
        if (!string.IsNullOrEmpty(level) && LogLevels.Rank(level) < 0)
            errors["level"] = [$"One of {string.Join(", ", LogLevels.All)}."];
        if (text?.Length > TextLimit)
            errors["q"] = [$"At most {TextLimit} characters."];
        Regex? pattern = null;
        if (text is { Length: > 2 and <= TextLimit } && text[0] == '/' && text[^1] == '/')
        {
            try
            {
                pattern = new Regex(text[1..^1], RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
            }
            catch (Exception error) when (error is ArgumentException or NotSupportedException)
            {
                errors["q"] = [$"Not a regular expression: {error.Message}"];
            }
        }

        if (errors.Count > 0)
            return Failure.Invalid(errors);
        return new LogFilter
        {
            Level = string.IsNullOrEmpty(level) ? null : level,
            Source = string.IsNullOrEmpty(source) ? null : source,
            Text = pattern is null && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null,
            Pattern = pattern,
        };
    }

    /// <summary>Whether a line is looked for.</summary>
    /// <param name="entry">The line.</param>
    public bool Matches(LogEntry entry) => Matches(entry.Message, entry.Level, entry.Source, entry.ModelId, entry.Timestamp);

    /// <summary>Whether a line of these values is looked for.</summary>
    /// <param name="message">Its text.</param>
    /// <param name="level">Its level.</param>
    /// <param name="source">Its source.</param>
    /// <param name="modelId">Its model.</param>
    /// <param name="timestamp">Its time, Unix milliseconds.</param>
    public bool Matches(string message, string level, string source, long? modelId, long timestamp) =>
        (Level is null || LogLevels.Rank(level) >= LogLevels.Rank(Level))
        && (Source is null || source == Source)
        && (ModelId is null || modelId == ModelId)
        && (Since is null || timestamp >= Since)
        && (Text is null || message.Contains(Text, StringComparison.OrdinalIgnoreCase))
        && (Pattern is null || Pattern.IsMatch(message));
}
