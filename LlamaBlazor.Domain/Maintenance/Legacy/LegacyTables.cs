namespace LlamaBlazor.Domain.Maintenance.Legacy;

/// <summary>The tables of a database and their columns.</summary>
/// <param name="columns">Columns by table.</param>
public sealed class LegacyTables(IReadOnlyDictionary<string, IReadOnlyList<string>> columns)
{
    /// <summary>Whether there is a table. Capitals count.</summary>
    /// <param name="table">Its name.</param>
    public bool Has(string table) => columns.ContainsKey(table);

    /// <summary>Whether there is a table with a column. Capitals count in the table's name only.</summary>
    /// <param name="table">The table's name.</param>
    /// <param name="column">The column's name.</param>
    public bool Has(string table, string column) =>
        columns.TryGetValue(table, out var known) && known.Contains(column, StringComparer.OrdinalIgnoreCase);
}
