using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Domain.Logs;

/// <summary>A place in the log: lines after it are older.</summary>
/// <param name="Timestamp">Unix milliseconds.</param>
/// <param name="Id">Row.</param>
public readonly record struct LogCursor(long Timestamp, long Id)
{
    /// <summary>The place of a line.</summary>
    /// <param name="entry">The line.</param>
    public static LogCursor Of(LogEntry entry) => new(entry.Timestamp, entry.Id);

    /// <summary>The place as a word, <c>timestamp-id</c>.</summary>
    public override string ToString() => $"{Timestamp}-{Id}";

    /// <summary>Reads such a word; nothing is no place. Lines of an imported log may have negative ids.</summary>
    /// <param name="text">The word.</param>
    public static Result<LogCursor?> Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return (LogCursor?)null;
        var dash = text.IndexOf('-', 1);
        return dash > 0 && long.TryParse(text.AsSpan(0, dash), out var timestamp) && long.TryParse(text.AsSpan(dash + 1), out var id)
            ? (LogCursor?)new LogCursor(timestamp, id)
            : Failure.Invalid("after", "Not a cursor of this list: send the value of next as it came.");
    }
}
