using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LlamaBlazor.Domain.Telemetry;

/// <summary>What a value is measured in; its lower-case name is the format that the charts write it with.</summary>
public enum MetricUnit
{
    /// <summary>0 to 100.</summary>
    Percent,

    /// <summary>Degrees Celsius.</summary>
    Celsius,

    /// <summary>Watts.</summary>
    Watt,

    /// <summary>Mebibytes.</summary>
    Mib,

    /// <summary>Bytes a second.</summary>
    Rate,

    /// <summary>Things, written without decimals.</summary>
    Count,

    /// <summary>A number without a unit, written with a decimal.</summary>
    Number,

    /// <summary>Seconds, written as days, hours and minutes.</summary>
    Duration,
}

/// <summary>How several samples become one.</summary>
public enum MetricAggregate
{
    /// <summary>The mean of the samples that have the value.</summary>
    Mean,

    /// <summary>The highest.</summary>
    Highest,

    /// <summary>That of the newest sample, of a value that only grows.</summary>
    Last,
}

/// <summary>
/// One value of a sample. From the list of them follow the mean of samples, the columns of both tables, Prometheus' text, the series of
/// the API and the tiles and charts.
/// </summary>
public sealed class MetricField
{
    private readonly Func<Sample, double?> _read;
    private readonly PropertyInfo _property;
    private readonly Type _type;

    private MetricField(
        Expression<Func<Sample, double?>> value,
        MetricUnit unit,
        MetricAggregate aggregate,
        string? exportedAs,
        string? help
    )
    {
        var body = value.Body;
        while (body is UnaryExpression { NodeType: ExpressionType.Convert } widened)
            body = widened.Operand;
        _property = (PropertyInfo)((MemberExpression)body).Member;
        _type = Nullable.GetUnderlyingType(_property.PropertyType) ?? _property.PropertyType;
        _read = value.Compile();
        var named = _property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name;
        (Name, Unit, Aggregate) = (named ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(_property.Name), unit, aggregate);
        (ExportedAs, Help) = (exportedAs, help);
    }

    /// <summary>All of them, in the order of Prometheus' text.</summary>
    public static IReadOnlyList<MetricField> All { get; } =
    [
        Mean(s => s.CpuUsage, MetricUnit.Percent, "cpu_usage_percent", "Processor in use, percent of all cores"),
        Mean(s => s.MemoryUsage, MetricUnit.Percent, "memory_usage_percent", "Physical memory in use"),
        Mean(s => s.SwapUsage, MetricUnit.Percent, "swap_usage_percent", "Swap in use"),
        Mean(s => s.DiskUsage, MetricUnit.Percent, "disk_usage_percent", "Disk of the models folder in use"),
        Mean(s => s.Load1Min, MetricUnit.Number, "load1", "Load average of one minute"),
        Mean(s => s.NetRx, MetricUnit.Rate, "network_receive_bytes_per_second", "Bytes received a second"),
        Mean(s => s.NetTx, MetricUnit.Rate, "network_transmit_bytes_per_second", "Bytes sent a second"),
        Highest(s => s.ActiveModels, MetricUnit.Count, "active_models", "Models that are loading or running"),
        Mean(s => s.RequestsPerMinute, MetricUnit.Count, "requests_per_minute", "Requests of the last 60 seconds"),
        Mean(s => s.TokensPerSecond, MetricUnit.Number, "tokens_per_second", "Tokens generated a second, all models"),
        new(s => s.Uptime, MetricUnit.Duration, MetricAggregate.Last, "uptime_seconds", "Seconds since the dashboard started"),
        // Prometheus gets each card by itself.
        Mean(s => s.GpuUsage, MetricUnit.Percent),
        Highest(s => s.GpuTemperature, MetricUnit.Celsius),
        Mean(s => s.GpuMemoryUsed, MetricUnit.Mib),
        Highest(s => s.GpuMemoryTotal, MetricUnit.Mib),
        Mean(s => s.GpuPowerUsage, MetricUnit.Watt),
    ];

    /// <summary>Its name in JSON and in the database, such as <c>cpu_usage</c>.</summary>
    public string Name { get; }

    /// <summary>Name of its property in <see cref="Sample"/> and in the rows, such as <c>CpuUsage</c>.</summary>
    public string Property => _property.Name;

    /// <summary>Its unit.</summary>
    public MetricUnit Unit { get; }

    /// <summary>The word for the format of its unit in charts.js, such as <c>percent</c>.</summary>
    public string Format => JsonNamingPolicy.SnakeCaseLower.ConvertName(Unit.ToString());

    /// <summary>How several become one.</summary>
    public MetricAggregate Aggregate { get; }

    /// <summary>Name for Prometheus behind the program's own prefix, or null where it is not exported.</summary>
    public string? ExportedAs { get; }

    /// <summary>What it is, with its unit; null where it is not exported.</summary>
    public string? Help { get; }

    /// <summary>Type of its column: whole numbers are 64 bits wide, all others double; nullable where a machine may lack the
    /// value.</summary>
    public Type ColumnType =>
        _property.PropertyType == typeof(int) || _property.PropertyType == typeof(long) ? typeof(long) : _property.PropertyType;

    /// <summary>The field of a name as in JSON.</summary>
    /// <param name="name">Such as <c>cpu_usage</c>.</param>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public static MetricField Find(string name) =>
        All.FirstOrDefault(field => field.Name == name) ?? throw new KeyNotFoundException($"A sample has no value '{name}'.");

    /// <summary>A sample of values by field; those that are not given stay as in a new sample.</summary>
    /// <param name="timestamp">Unix milliseconds.</param>
    /// <param name="value">The value of a field, or null where there is none.</param>
    public static Sample Compose(long timestamp, Func<MetricField, double?> value)
    {
        var sample = new Sample { Timestamp = timestamp };
        foreach (var field in All)
        {
            if (value(field) is { } number)
                field._property.SetValue(sample, Convert.ChangeType(number, field._type, CultureInfo.InvariantCulture));
        }

        return sample;
    }

    /// <summary>Its value in a sample, or null where the machine has none.</summary>
    /// <param name="sample">The sample.</param>
    public double? Read(Sample sample) => _read(sample);

    /// <summary>Several values as one; null when all are.</summary>
    /// <param name="samples">At least one, oldest first.</param>
    public double? Reduce(IReadOnlyList<Sample> samples) =>
        Aggregate switch
        {
            MetricAggregate.Mean => samples.Average(_read),
            MetricAggregate.Highest => samples.Max(_read),
            _ => _read(samples[^1]),
        };

    private static MetricField Mean(
        Expression<Func<Sample, double?>> value,
        MetricUnit unit,
        string? exportedAs = null,
        string? help = null
    ) => new(value, unit, MetricAggregate.Mean, exportedAs, help);

    private static MetricField Highest(
        Expression<Func<Sample, double?>> value,
        MetricUnit unit,
        string? exportedAs = null,
        string? help = null
    ) => new(value, unit, MetricAggregate.Highest, exportedAs, help);
}
