using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;
using System.Text;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>
/// Reads and writes the properties of a row by the name of their column, so that one catalogue-driven loop serves every table.
/// Column names follow from property names (<see cref="SnakeCase"/>), in the database as here.
/// </summary>
public sealed class ColumnMap
{
    private static readonly ConcurrentDictionary<Type, ColumnMap> Maps = new();
    private readonly FrozenDictionary<string, PropertyInfo> _properties;

    private ColumnMap(Type type) =>
        _properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite)
            .ToFrozenDictionary(property => SnakeCase(property.Name));

    /// <summary>Names of all columns.</summary>
    public IReadOnlyList<string> Columns => _properties.Keys;

    /// <summary>The map of a row type; made once a type.</summary>
    /// <param name="type">Type of the row.</param>
    public static ColumnMap For(Type type) => Maps.GetOrAdd(type, static t => new ColumnMap(t));

    /// <summary>Whether the row has the column.</summary>
    /// <param name="column">Name of a column.</param>
    public bool Contains(string column) => _properties.ContainsKey(column);

    /// <summary>Type of the column's values, without <see cref="Nullable{T}"/>: bool, long, double or string.</summary>
    /// <param name="column">Name of a column.</param>
    public Type TypeOf(string column)
    {
        var type = _properties[column].PropertyType;
        return Nullable.GetUnderlyingType(type) ?? type;
    }

    /// <summary>Value of a column.</summary>
    /// <param name="row">A row of the mapped type.</param>
    /// <param name="column">Name of a column.</param>
    public object? Get(object row, string column) => _properties[column].GetValue(row);

    /// <summary>Sets a column. The value must have the column's type or be null.</summary>
    /// <param name="row">A row of the mapped type.</param>
    /// <param name="column">Name of a column.</param>
    /// <param name="value">New value.</param>
    public void Set(object row, string column, object? value) => _properties[column].SetValue(row, value);

    /// <summary><c>NCpuMoe</c> becomes <c>n_cpu_moe</c>.</summary>
    /// <param name="name">Name of a property.</param>
    public static string SnakeCase(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        foreach (var c in name)
        {
            if (char.IsUpper(c) && text.Length > 0)
                text.Append('_');
            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
