using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Logs;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Logs;

/// <summary>
/// Reads the stored log, newest first, by keyset. A search for text looks through at most <see cref="ScanBound"/> lines a page, so that a page never
/// takes long however large the table is; its cursor goes on where it stopped.
/// </summary>
internal sealed class LogQueries(IDbContextFactory<LlamaDbContext> contexts, DatabaseWriter writer)
{
    /// <summary>Lines one page of a search looks through.</summary>
    public const int ScanBound = 100_000;

    /// <summary>A page of lines, newest first.</summary>
    /// <param name="filter">What to look for.</param>
    /// <param name="after">Cursor of the page before, or null.</param>
    /// <param name="limit">At most so many lines.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<LogPage> ListAsync(LogFilter filter, LogCursor? after, int limit, CancellationToken cancellation = default) => Task.Run(async () =>
    {
        var context = await contexts.CreateDbContextAsync(cancellation).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
        {
            var ordered = Ordered(context.Logs.AsNoTracking(), filter, after);
            return filter.Text is null && filter.Pattern is null
                ? await PageAsync(ordered, limit, cancellation).ConfigureAwait(false)
                : await SearchAsync(ordered, filter, limit, cancellation).ConfigureAwait(false);
        }
    }, cancellation);

    /// <summary>Deletes all lines and returns how many there were.</summary>
    public Task<int> ClearAsync(CancellationToken cancellation = default) =>
        writer.ExecuteAsync((context, token) => context.Logs.ExecuteDeleteAsync(token), cancellation);

    private static IQueryable<LogRow> Ordered(IQueryable<LogRow> rows, LogFilter filter, LogCursor? after)
    {
        if (filter.Level is { } level && level != LogLevels.All[0])
        {
            var levels = LogLevels.From(level);
            rows = rows.Where(row => levels.Contains(row.Level));
        }

        if (filter.Source is { } source)
            rows = rows.Where(row => row.Source == source);
        if (filter.ModelId is { } model)
            rows = rows.Where(row => row.ModelId == model);
        if (filter.Since is { } since)
            rows = rows.Where(row => row.Timestamp >= since);
        if (after is { } cursor)
            rows = rows.Where(row => row.Timestamp < cursor.Timestamp || (row.Timestamp == cursor.Timestamp && row.Id < cursor.Id));
        return rows.OrderByDescending(row => row.Timestamp).ThenByDescending(row => row.Id);
    }

    private static async Task<LogPage> PageAsync(IQueryable<LogRow> rows, int limit, CancellationToken cancellation)
    {
        var items = await Project(rows.Take(limit)).ToListAsync(cancellation).ConfigureAwait(false);
        return new LogPage(items, items.Count == limit ? new LogCursor(items[^1].Timestamp, items[^1].Id) : null, items.Count);
    }

    // Streams, so that it ends with the page full or the bound reached, whichever comes first.
    private static async Task<LogPage> SearchAsync(IQueryable<LogRow> rows, LogFilter filter, int limit, CancellationToken cancellation)
    {
        var items = new List<LogEntry>();
        var scanned = 0;
        LogCursor? last = null;
        await foreach (var row in rows.Take(ScanBound).Select(row => new { row.Id, row.Timestamp, row.Message }).AsAsyncEnumerable().WithCancellation(cancellation).ConfigureAwait(false))
        {
            scanned++;
            last = new LogCursor(row.Timestamp, row.Id);
            var hit = filter.Text is { } text ? row.Message.Contains(text, StringComparison.OrdinalIgnoreCase) : filter.Pattern!.IsMatch(row.Message);
            if (!hit)
                continue;
            items.Add(new LogEntry { Id = row.Id, Timestamp = row.Timestamp, Message = row.Message, Level = "", Source = "" });
            if (items.Count == limit)
                break;
        }

        var more = items.Count == limit || scanned == ScanBound;
        var ids = items.Select(item => item.Id).ToList();
        var full = await Project(rows.Where(row => ids.Contains(row.Id))).ToListAsync(cancellation).ConfigureAwait(false);
        return new LogPage(full, more ? last : null, scanned);
    }

    private static IQueryable<LogEntry> Project(IQueryable<LogRow> rows) => rows.Select(row => new LogEntry
    {
        Id = row.Id,
        Timestamp = row.Timestamp,
        Level = row.Level,
        Source = row.Source,
        Category = row.Category,
        Message = row.Message,
        ModelId = row.ModelId,
        ErrorType = row.ErrorType,
        ErrorMessage = row.ErrorMessage,
        StackTrace = row.StackTrace,
    });
}

/// <summary>A page of the log.</summary>
/// <param name="Items">Lines, newest first.</param>
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

    /// <summary>Reads such a word.</summary>
    public static Result<LogCursor?> Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return (LogCursor?)null;
        var parts = text.Split('-');
        return parts.Length == 2 && long.TryParse(parts[0], out var timestamp) && long.TryParse(parts[1], out var id)
            ? (LogCursor?)new LogCursor(timestamp, id)
            : Failure.Invalid("after", "Not a cursor of this list: send the value of next as it came.");
    }
}
