using System.Collections.Frozen;

namespace LlamaBlazor.Domain.Maintenance;

/// <summary>How rows of a table other than the models' are taken over.</summary>
/// <param name="Name">The table, there and here.</param>
/// <param name="Key">Columns that tell two rows apart: a row that is here already is not taken again.</param>
/// <param name="Required">Values for columns that may not be NULL here, used where the old row has none. A string beginning with $ names
/// another column.</param>
public sealed record LegacyTable(string Name, IReadOnlyList<string> Key, IReadOnlyDictionary<string, object> Required)
{
    /// <summary>Stands for the time of the import among the values of <see cref="Required"/>.</summary>
    internal const string Now = "$now";

    /// <summary>True where rows may be equal and still be two: so many as there were come.</summary>
    public bool CountsEqualRows { get; init; }

    /// <summary>Columns that are ours by another name.</summary>
    public IReadOnlyDictionary<string, string> Renamed { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Puts values into today's words, after columns have got their names and times; null where there is nothing to do.</summary>
    public Action<Dictionary<string, object?>>? Adapt { get; init; }

    /// <summary>A row in today's form: times in milliseconds, levels and states in today's words, nothing missing that must be
    /// there.</summary>
    /// <param name="row">The old row.</param>
    /// <param name="now">Unix milliseconds.</param>
    public Dictionary<string, object?> Convert(IReadOnlyDictionary<string, object?> row, long now)
    {
        var converted = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (column, value) in row.Where(pair => pair.Key != "id"))
            converted[Renamed.GetValueOrDefault(column, column)] = IsTime(column) ? LegacyValues.Time(value) : value;
        Adapt?.Invoke(converted);
        foreach (var (column, fallback) in Required.Where(pair => converted.GetValueOrDefault(pair.Key) is null))
            converted[column] =
                fallback is string text && text.StartsWith('$')
                    ? (text == Now ? null : converted.GetValueOrDefault(text[1..])) ?? now
                    : fallback;
        return converted;
    }

    /// <summary>Whether a column holds a time, by its name.</summary>
    /// <param name="column">The column.</param>
    public static bool IsTime(string column) =>
        column == "timestamp" || column.EndsWith("_at", StringComparison.Ordinal) || column is "last_synced" or "last_check";
}
