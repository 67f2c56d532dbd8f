using System.Collections.Frozen;

namespace LlamaBlazor.Domain.Maintenance.Legacy;

/// <summary>The kinds of databases that can be imported. They are told apart by tables and columns; versions written inside are not
/// trusted.</summary>
public static class LegacySources
{
    /// <summary>All kinds, in the order in which they are asked: the wide table has the fewest marks.</summary>
    public static IReadOnlyList<ILegacySource> All { get; } =
    [new MlenvSource(), new NormalizedSource(), new CyllamaSource(), new AsyncProxySource(), new WideSource()];

    /// <summary>How tables are taken over, of whichever kind the file is: parents before children.</summary>
    public static IReadOnlyList<LegacyTable> Tables { get; } =
    [
        new("metadata", ["key"], new Dictionary<string, object> { ["value"] = "", ["updated_at"] = LegacyTable.Now }),
        new(
            "logs",
            ["timestamp", "level", "source", "message"],
            new Dictionary<string, object>
            {
                ["source"] = "server",
                ["timestamp"] = "$created_at",
                ["created_at"] = "$timestamp",
            }
        )
        {
            CountsEqualRows = true,
            Adapt = row => row["level"] = LegacyValues.Level(row.GetValueOrDefault("level")),
        },
        .. All.SelectMany(source => source.Tables),
    ];

    /// <summary>Why rows of a table that has no place here are kept aside, by table, where more can be said than that.</summary>
    public static IReadOnlyDictionary<string, string> KeptAside { get; } =
        All.SelectMany(source => source.KeptAside).ToFrozenDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);

    /// <summary>The kind of a database, or null for none of these.</summary>
    /// <param name="tables">Its tables.</param>
    public static ILegacySource? Recognise(LegacyTables tables) => All.FirstOrDefault(source => source.Recognises(tables));

    /// <summary>The kind with a name.</summary>
    /// <param name="kind">The name.</param>
    public static ILegacySource Of(LegacyKind kind) => All.Single(source => source.Kind == kind);
}
