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
}
