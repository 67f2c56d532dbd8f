using LlamaBlazor.Domain.Logs;
using Microsoft.Data.Sqlite;

namespace LlamaBlazor.Web.Logs;

/// <summary>Runs the queries of the log on one connection.</summary>
internal sealed class LogReader(SqliteConnection connection, TimeProvider clock, CancellationToken cancellation)
{
    /// <summary>
    /// How long a page may look through lines that do not match. Its cursor goes on where it stopped, so that a page never takes long,
    /// however large the
    /// table is.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(120);

    /// <summary>Lines between two looks at the clock.</summary>
    private const int Stride = 1024;

    /// <summary>Lines one query of a scan asks for.</summary>
    private const int Block = 16 * Stride;

    private static readonly LogCursor Newest = new(long.MaxValue, long.MaxValue);
    private static readonly LogCursor Oldest = new(long.MinValue, long.MinValue);

    /// <summary>A page of a filter without text.</summary>
    public LogPage Page(LogFilter filter, LogCursor? place, int limit, bool newer)
    {
        var items = new List<LogEntry>(limit);
        Through(
            filter,
            place,
            limit,
            newer,
            reader =>
            {
                items.Add(Read(reader));
                return true;
            }
        );
        return new LogPage(items, items.Count == limit ? PlaceOf(items[^1]) : null, items.Count);
    }

    /// <summary>A page of lines whose text matches, by looking through those that pass the rest of the filter.</summary>
    public LogPage Scan(LogFilter filter, LogCursor? place, int limit, bool newer)
    {
        var started = clock.GetTimestamp();
        var items = new List<LogEntry>();
        var scanned = 0;
        bool more;
        do
        {
            more = Through(
                filter,
                place,
                Block,
                newer,
                reader =>
                {
                    scanned++;
                    place = new LogCursor(reader.GetInt64(1), reader.GetInt64(0));
                    if (MatchesText(filter, reader.GetString(5)))
                        items.Add(Read(reader));
                    return items.Count < limit && (scanned % Stride != 0 || clock.GetElapsedTime(started) < Patience);
                }
            );
        } while (more && items.Count < limit && clock.GetElapsedTime(started) < Patience);
        return new LogPage(items, more ? place : null, scanned);
    }

    /// <summary>A page of lines whose text matches, by the index. Found lines come in the order they were stored.</summary>
    public LogPage Search(LogFilter filter, string match, LogCursor? place, int limit)
    {
        var started = clock.GetTimestamp();
        using var command = connection.CreateCommand();
        command.CommandText = LogSql.Search;
        command.Parameters.AddWithValue("$match", match);
        command.Parameters.AddWithValue("$i", RowOf(place));
        using var reader = command.ExecuteReader();
        var items = new List<LogEntry>();
        var scanned = 0;
        while (reader.Read())
        {
            scanned++;
            if (
                filter.Matches(
                    reader.GetString(5),
                    reader.GetString(2),
                    reader.GetString(3),
                    reader.IsDBNull(6) ? null : reader.GetInt64(6),
                    reader.GetInt64(1)
                )
            )
                items.Add(Read(reader));
            if (items.Count == limit || (scanned % Stride == 0 && clock.GetElapsedTime(started) > Patience))
                return new LogPage(items, new LogCursor(reader.GetInt64(1), reader.GetInt64(0)), scanned);
        }

        cancellation.ThrowIfCancellationRequested();
        return new LogPage(items, null, scanned);
    }

    private static bool MatchesText(LogFilter filter, string message) =>
        filter.Text is { } text ? message.Contains(text, StringComparison.OrdinalIgnoreCase) : filter.Pattern!.IsMatch(message);

    private static LogCursor PlaceOf(LogEntry entry) => new(entry.Timestamp, entry.Id);

    private static LogEntry Read(SqliteDataReader reader) =>
        new()
        {
            Id = reader.GetInt64(0),
            Timestamp = reader.GetInt64(1),
            Level = reader.GetString(2),
            Source = reader.GetString(3),
            Category = Text(reader, 4),
            Origin = LogFacts.OriginIn(Text(reader, 10)),
            Message = reader.GetString(5),
            ModelId = reader.IsDBNull(6) ? null : reader.GetInt64(6),
            ErrorType = Text(reader, 7),
            ErrorMessage = Text(reader, 8),
            StackTrace = Text(reader, 9),
            ContextJson = Text(reader, 10),
            ModelPath = Text(reader, 11),
            PromptPreview = Text(reader, 12),
        };

    private static string? Text(SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    // Visits the lines of a page until one says stop; true when there may be more.
    private bool Through(LogFilter filter, LogCursor? place, int limit, bool newer, Func<SqliteDataReader, bool> visit)
    {
        using var command = PageCommand(filter, place ?? (newer ? Oldest : Newest), limit, newer);
        using var reader = command.ExecuteReader();
        var rows = 0;
        while (reader.Read())
        {
            cancellation.ThrowIfCancellationRequested();
            rows++;
            if (!visit(reader))
                return true;
        }

        return rows == limit;
    }

    private SqliteCommand PageCommand(LogFilter filter, LogCursor place, int limit, bool newer)
    {
        var sources = filter is { Level: not null, Source: null, ModelId: null } ? Sources() : [];
        var command = connection.CreateCommand();
        command.CommandText = LogSql.Page(filter, sources, newer);
        command.Parameters.AddWithValue("$t", place.Timestamp);
        command.Parameters.AddWithValue("$i", place.Id);
        command.Parameters.AddWithValue("$n", limit);
        command.Parameters.AddWithValue("$since", filter.Since ?? 0);
        command.Parameters.AddWithValue("$model", filter.ModelId ?? 0);
        command.Parameters.AddWithValue("$source", filter.Source ?? "");
        for (var i = 0; i < sources.Count; i++)
            command.Parameters.AddWithValue($"$s{i}", sources[i]);
        return command;
    }

    private List<string> Sources()
    {
        using var command = connection.CreateCommand();
        command.CommandText = LogSql.Sources;
        using var reader = command.ExecuteReader();
        var sources = new List<string>();
        while (reader.Read())
            sources.Add(reader.GetString(0));
        return sources;
    }

    // A line of the live tail has no row yet: the place is found by its time.
    private long RowOf(LogCursor? place)
    {
        if (place is not { } here)
            return long.MaxValue;
        if (here.Id is not (0 or long.MaxValue))
            return here.Id;
        using var command = connection.CreateCommand();
        command.CommandText = LogSql.RowBefore;
        command.Parameters.AddWithValue("$t", here.Timestamp);
        command.Parameters.AddWithValue("$i", here.Id);
        return command.ExecuteScalar() is long row ? row : long.MinValue;
    }
}
