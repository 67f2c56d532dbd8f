using System.Globalization;
using System.Text;
using LlamaBlazor.Domain.Logs;
using LlamaBlazor.Web.Data;

namespace LlamaBlazor.Web.Logs;

/// <summary>The queries of the log. Every page is read in the order of an index; nothing is sorted but the few lines of a page.</summary>
internal static class LogSql
{
    /// <summary>Columns of a line, in the order <see cref="LogReader"/> reads them.</summary>
    private const string Columns =
        "id, timestamp, level, source, category, message, model_id, error_type, error_message, stack_trace, context_json, model_path, "
        + "prompt_preview";

    /// <summary>More sources than this are not read one by one.</summary>
    private const int SourceBound = 20;

    /// <summary>Groups of three characters that a search asks the index for.</summary>
    private const int TermBound = 24;

    /// <summary>All sources there are, by jumps through the index.</summary>
    public const string Sources =
        "WITH RECURSIVE s(x) AS (SELECT min(source) FROM logs UNION ALL SELECT (SELECT min(source) FROM logs WHERE source > x) FROM s "
        + "WHERE x IS NOT NULL) SELECT x FROM s WHERE x IS NOT NULL LIMIT 21";

    /// <summary>
    /// A page. Index entries of each source and level asked for come in the right order; they are merged, and only the rows of the page are
    /// read.
    /// Parameters: $t, $i the place, $n the lines, $since, $model, $source.
    /// </summary>
    /// <param name="filter">What to look for; text and pattern are not part of it.</param>
    /// <param name="sources">All sources there are.</param>
    /// <param name="newer">True for the lines after a place instead of before it.</param>
    public static string Page(LogFilter filter, IReadOnlyList<string> sources, bool newer)
    {
        var (sign, order) = newer ? (">", "timestamp, id") : ("<", "timestamp DESC, id DESC");
        var place = $"(timestamp, id) {sign} ($t, $i)" + (filter.Since is null ? "" : " AND timestamp >= $since");
        var arms = Arms(filter, sources)
            .Select(arm => $"SELECT * FROM (SELECT id, timestamp FROM logs {arm} AND {place} ORDER BY {order} LIMIT $n)")
            .ToList();
        return arms.Count == 0
            ? $"SELECT {Columns} FROM logs WHERE {place}{Rest(filter)} ORDER BY {order} LIMIT $n"
            : $"SELECT {Columns} FROM logs WHERE id IN (SELECT id FROM ({string.Join(" UNION ALL ", arms)}) ORDER BY {order} LIMIT "
                + $"$n) ORDER BY {order}";
    }

    /// <summary>Lines whose text the index says may match, newest first. Parameters: $match, $i the row they are older than.</summary>
    public static string Search { get; } =
        $"SELECT {string.Join(", ", Columns.Split(", ").Select(column => "l." + column))} FROM logs_fts f CROSS JOIN logs l ON l.id = "
        + "f.rowid WHERE f.logs_fts MATCH $match AND f.rowid < $i ORDER BY f.rowid DESC";

    /// <summary>The row that a place without one stands before.</summary>
    public const string RowBefore = "SELECT id + 1 FROM logs WHERE (timestamp, id) < ($t, $i) ORDER BY timestamp DESC, id DESC LIMIT 1";

    /// <summary>
    /// What to ask the index for: groups of three characters that a line with this text must hold, all of them joined by AND. Lines found
    /// so are checked
    /// afterwards. Null where the text is too short.
    /// </summary>
    public static string? Match(string text)
    {
        var runes = text.EnumerateRunes().ToList();
        if (runes.Count < LogIndex.ShortestText)
            return null;
        var places = Enumerable.Range(0, runes.Count - 2).Where(i => i % 3 == 0 || i == runes.Count - 3).Take(TermBound);
        return string.Join(
            " AND ",
            places
                .Select(i => $"\"{Group(runes, i).Replace("\"", "\"\"", StringComparison.Ordinal)}\"")
                .Distinct(StringComparer.OrdinalIgnoreCase)
        );
    }

    private static string Group(List<Rune> runes, int start) => string.Concat(runes.GetRange(start, LogIndex.ShortestText));

    private static IEnumerable<string> Arms(LogFilter filter, IReadOnlyList<string> sources)
    {
        // our own five words
        var levels = (filter.Level is null ? LogLevels.All : LogLevels.From(filter.Level)).Select(level => $"level = '{level}'");
        if (filter.ModelId is not null)
            return levels.Select(level =>
                $"INDEXED BY idx_logs_model WHERE model_id = $model AND {level}{(filter.Source is null ? "" : " AND source = $source")}"
            );
        if (filter.Source is not null)
            return levels.Select(level => $"INDEXED BY idx_logs_source WHERE source = $source AND {level}");
        if (filter.Level is null || LogLevels.Rank(filter.Level) == 0 || sources.Count > SourceBound)
            return [];
        return sources
            .Select((_, index) => index.ToString(CultureInfo.InvariantCulture))
            .SelectMany(index => levels.Select(level => $"INDEXED BY idx_logs_source WHERE source = $s{index} AND {level}"));
    }

    // Reached without a source and a model only: the level decides, if anything.
    private static string Rest(LogFilter filter) =>
        filter.Level is null || LogLevels.Rank(filter.Level) == 0
            ? ""
            : $" AND level IN ({string.Join(", ", LogLevels.From(filter.Level).Select(level => $"'{level}'"))})";
}
