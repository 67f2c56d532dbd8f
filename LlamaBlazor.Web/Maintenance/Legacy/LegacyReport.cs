using LlamaBlazor.Domain.Maintenance;

namespace LlamaBlazor.Web.Maintenance.Legacy;

/// <summary>What an import did, or would do.</summary>
/// <param name="Source">The file.</param>
/// <param name="Kind">What it was recognised as.</param>
/// <param name="DryRun">True when nothing was changed.</param>
internal sealed record LegacyReport(string Source, LegacyKind Kind, bool DryRun)
{
    /// <summary>Rows by table.</summary>
    public SortedDictionary<string, TableOutcome> Tables { get; } = new(StringComparer.Ordinal);

    /// <summary>Columns whose value was a seed default that differs from the engine's: now unset, with the number of rows.</summary>
    public SortedDictionary<string, int> Cleared { get; } = new(StringComparer.Ordinal);

    /// <summary>Why rows were kept aside, with their number.</summary>
    public SortedDictionary<string, int> KeptAsideReasons { get; } = new(StringComparer.Ordinal);

    /// <summary>The first rows that were kept aside, their secrets hidden, by reason: at most <see cref="Shown"/> each.</summary>
    public SortedDictionary<string, List<string>> KeptAsideRows { get; } = new(StringComparer.Ordinal);

    /// <summary>Rows shown for a reason; all are in <c>import_leftovers</c>.</summary>
    private const int Shown = 5;

    /// <summary>Counts a row that is kept aside.</summary>
    public void KeptAside(string table, string reason, string row)
    {
        Table(table).KeptAside++;
        var key = $"{table}: {reason}";
        KeptAsideReasons[key] = KeptAsideReasons.GetValueOrDefault(key) + 1;
        if (!KeptAsideRows.TryGetValue(key, out var rows))
            KeptAsideRows[key] = rows = [];
        if (rows.Count < Shown)
            rows.Add(row);
    }

    /// <summary>The counts of a table.</summary>
    public TableOutcome Table(string name)
    {
        if (!Tables.TryGetValue(name, out var outcome))
            Tables[name] = outcome = new TableOutcome();
        return outcome;
    }
}

/// <summary>Rows of one table. What was read is imported, already here, or kept aside.</summary>
internal sealed class TableOutcome
{
    /// <summary>Rows in the file.</summary>
    public int Read { get; set; }

    /// <summary>Rows that came.</summary>
    public int Imported { get; set; }

    /// <summary>Rows that were here already.</summary>
    public int AlreadyHere { get; set; }

    /// <summary>Rows, or parts of rows, that have no place here: in <c>import_leftovers</c>.</summary>
    public int KeptAside { get; set; }

    /// <summary>Rows, of all that are in the table then, that retention removes within the hour because of this import: they are too old,
    /// or too many.</summary>
    public long DueByRetention { get; set; }
}
