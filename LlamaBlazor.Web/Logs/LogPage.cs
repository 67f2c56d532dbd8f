using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Logs;

namespace LlamaBlazor.Web.Logs;

/// <summary>A page of the log.</summary>
/// <param name="Items">Lines, newest first; oldest first when newer ones were asked for.</param>
/// <param name="Next">Where the next page begins, or null at the end.</param>
/// <param name="Scanned">Lines that were looked through.</param>
internal sealed record LogPage(IReadOnlyList<LogEntry> Items, LogCursor? Next, int Scanned);

/// <summary>A place in the log: lines after it are older.</summary>
/// <param name="Timestamp">Unix milliseconds.</param>
/// <param name="Id">Row.</param>
internal readonly record struct LogCursor(long Timestamp, long Id)
{
    /// <summary>The place as a word, <c>timestamp-id</c>.</summary>
    public override string ToString() => $"{Timestamp}-{Id}";

    /// <summary>Reads such a word. Lines of an imported log may have negative ids.</summary>
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
