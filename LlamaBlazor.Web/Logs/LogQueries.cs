using LlamaBlazor.Domain.Logs;
using LlamaBlazor.Web.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Logs;

/// <summary>
/// Reads the stored log, newest first, by keyset. Text of three characters or more is found by the index (<see cref="LogIndex"/>); shorter
/// text,
/// expressions, and any text where there is no index, by looking through the lines for as long as <see cref="LogReader.Patience"/> a page.
/// </summary>
internal sealed class LogQueries(IDbContextFactory<LlamaDbContext> contexts, DatabaseWriter writer, AuditTrail audit, TimeProvider clock)
{
    /// <summary>A page of lines, newest first.</summary>
    /// <param name="filter">What to look for.</param>
    /// <param name="after">Cursor of the page before, or null.</param>
    /// <param name="limit">At most so many lines.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<LogPage> ListAsync(LogFilter filter, LogCursor? after, int limit, CancellationToken cancellation = default) =>
        ReadAsync(
            (reader, connection) =>
                filter.Text is null && filter.Pattern is null ? reader.Page(filter, after, limit, newer: false)
                : filter.Text is { } text && LogSql.Match(text) is { } match && LogIndex.IsReady(connection)
                    ? reader.Search(filter, match, after, limit)
                : reader.Scan(filter, after, limit, newer: false),
            cancellation
        );

    /// <summary>The lines that follow a place, oldest first.</summary>
    public Task<LogPage> NewerAsync(LogFilter filter, LogCursor place, int limit, CancellationToken cancellation = default) =>
        ReadAsync(
            (reader, _) =>
                filter.Text is null && filter.Pattern is null
                    ? reader.Page(filter, place, limit, newer: true)
                    : reader.Scan(filter, place, limit, newer: true),
            cancellation
        );

    /// <summary>Models by name, for the choice of one; at most 1,000.</summary>
    public async Task<IReadOnlyList<(long Id, string Name)>> ModelsAsync(CancellationToken cancellation = default)
    {
        return await contexts
            .ReadAsync(
                async context =>
                {
                    var models = await context
                        .Models.OrderBy(model => model.Name)
                        .Take(1000)
                        .Select(model => new { model.Id, model.Name })
                        .ToListAsync(cancellation)
                        .ConfigureAwait(false);
                    return models.ConvertAll(model => (model.Id, model.Name));
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>Deletes all lines and returns how many there were.</summary>
    public async Task<int> ClearAsync(CancellationToken cancellation = default)
    {
        var deleted = await writer.MaintainAsync(LogIndex.Clear, cancellation).ConfigureAwait(false);
        audit.Note("cleared", "logs", null, new { deleted });
        return deleted;
    }

    private Task<LogPage> ReadAsync(Func<LogReader, SqliteConnection, LogPage> read, CancellationToken cancellation) =>
        contexts.ReadAsync(
            async context =>
            {
                await context.Database.OpenConnectionAsync(cancellation).ConfigureAwait(false);
                var connection = (SqliteConnection)context.Database.GetDbConnection();
                return read(new LogReader(connection, clock, cancellation), connection);
            },
            cancellation
        );
}
