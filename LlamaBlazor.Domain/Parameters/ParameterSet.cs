using System.Collections.Frozen;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>Values somebody set, by column. What is not in it is not set.</summary>
public sealed class ParameterSet
{
    private readonly FrozenDictionary<string, object> _values;
    private readonly FrozenSet<string> _forced;

    /// <summary>A set of given values.</summary>
    /// <param name="values">Values by column, in the column's type. Empty texts count as not set.</param>
    /// <param name="forced">Columns to emit even where they equal the engine's default.</param>
    public ParameterSet(IEnumerable<KeyValuePair<string, object>> values, IEnumerable<string>? forced = null)
    {
        _values = values.Where(pair => pair.Value is not "").ToFrozenDictionary();
        _forced = (forced ?? []).ToFrozenSet();
    }

    /// <summary>Nothing set.</summary>
    public static ParameterSet Empty { get; } = new([]);

    /// <summary>All values by column.</summary>
    public IReadOnlyDictionary<string, object> Values => _values;

    /// <summary>Columns to emit even where they equal the engine's default.</summary>
    public IReadOnlySet<string> Forced => _forced;

    /// <summary>Reads the columns of rows. Rows of one model together, or the row of the server settings.</summary>
    /// <param name="catalogue">The catalogue.</param>
    /// <param name="rows">Rows by section.</param>
    public static ParameterSet Read(ParameterCatalogue catalogue, IEnumerable<(string Section, IConfigRecord Row)> rows)
    {
        var values = new Dictionary<string, object>();
        var forced = new List<string>();
        foreach (var (section, row) in rows)
        {
            var map = ColumnMap.For(row.GetType());
            foreach (var definition in catalogue.Section(section))
            {
                if (map.Contains(definition.Column) && map.Get(row, definition.Column) is { } value)
                    values[definition.Column] = value;
            }

            if (row.ForcedColumns is { Length: > 0 } names)
                forced.AddRange(ItemList.Read(names));
        }

        return new ParameterSet(values, forced);
    }

    /// <summary>Value of a column, or null when it is not set.</summary>
    /// <param name="column">Name of a column.</param>
    public object? Get(string column) => _values.GetValueOrDefault(column);
}
