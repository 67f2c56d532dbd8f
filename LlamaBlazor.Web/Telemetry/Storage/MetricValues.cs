using System.Globalization;
using LlamaBlazor.Domain.Telemetry;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Telemetry.Storage;

/// <summary>The values of a row, one for each <see cref="MetricField"/>; the database maps them as indexer properties.</summary>
public abstract class MetricValues
{
    private readonly Dictionary<string, object?> _values = new(StringComparer.Ordinal);

    /// <summary>When it was taken, or the start of the minute, Unix milliseconds.</summary>
    public long Timestamp { get; set; }

    /// <summary>A value by the name of its property, such as <c>CpuUsage</c>; null where the machine has none.</summary>
    /// <param name="property">Name of the property.</param>
    public object? this[string property]
    {
        get => _values.GetValueOrDefault(property);
        set => _values[property] = value;
    }

    /// <summary>Takes all values of a sample.</summary>
    /// <typeparam name="T">Kind of the row.</typeparam>
    /// <param name="row">An empty row.</param>
    /// <param name="sample">The sample.</param>
    public static T Of<T>(T row, Sample sample)
        where T : MetricValues
    {
        row.Timestamp = sample.Timestamp;
        foreach (var field in MetricField.All)
        {
            var type = row.ColumnType(field);
            row[field.Property] = field.Read(sample) is { } value
                ? Convert.ChangeType(value, Nullable.GetUnderlyingType(type) ?? type, CultureInfo.InvariantCulture)
                : null;
        }

        return row;
    }

    /// <summary>The values as a sample; what the row does not keep, such as the instances, is missing.</summary>
    public Sample ToSample() =>
        MetricField.Compose(
            Timestamp,
            field => this[field.Property] is { } value ? Convert.ToDouble(value, CultureInfo.InvariantCulture) : null
        );

    /// <summary>Type of a field's column in this table.</summary>
    /// <param name="field">The field.</param>
    protected virtual Type ColumnType(MetricField field) => field.ColumnType;

    /// <summary>Maps a column for each field, and the time.</summary>
    /// <typeparam name="T">Kind of the row.</typeparam>
    /// <param name="builder">The table.</param>
    internal static void Map<T>(EntityTypeBuilder<T> builder)
        where T : MetricValues, new()
    {
        var row = new T();
        foreach (var field in MetricField.All)
            builder.IndexerProperty(row.ColumnType(field), field.Property).HasColumnName(field.Name);
    }
}
