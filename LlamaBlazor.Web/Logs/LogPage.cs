using LlamaBlazor.Domain.Logs;

namespace LlamaBlazor.Web.Logs;

/// <summary>A page of the log.</summary>
/// <param name="Items">Lines, newest first; oldest first when newer ones were asked for.</param>
/// <param name="Next">Where the next page begins, or null at the end.</param>
/// <param name="Scanned">Lines that were looked through.</param>
internal sealed record LogPage(IReadOnlyList<LogEntry> Items, LogCursor? Next, int Scanned);
