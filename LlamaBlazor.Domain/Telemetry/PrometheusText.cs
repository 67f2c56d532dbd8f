using System.Globalization;
using System.Text;

namespace LlamaBlazor.Domain.Telemetry;

/// <summary>Writes the Prometheus text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats). Metrics without a value are left
/// out.</summary>
public sealed class PrometheusText
{
    /// <summary>The content type of the format.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    /// <summary>Writes a gauge without labels.</summary>
    /// <param name="name">Name, in letters, digits and underscores.</param>
    /// <param name="help">What it is, with its unit.</param>
    /// <param name="value">The value, or null.</param>
    public PrometheusText Gauge(string name, string help, double? value) =>
        Gauges(name, help, [((IReadOnlyList<(string, string)>)[], value)]);

    /// <summary>Writes a gauge with one line for each set of labels.</summary>
    /// <param name="name">Name.</param>
    /// <param name="help">What it is.</param>
    /// <param name="values">Labels and value of each line.</param>
    public PrometheusText Gauges(
        string name,
        string help,
        IEnumerable<(IReadOnlyList<(string Name, string Value)> Labels, double? Value)> values
    ) => Write(name, "gauge", help, values);

    /// <summary>Writes a counter without labels.</summary>
    /// <param name="name">Name, ending in <c>_total</c>.</param>
    /// <param name="help">What it counts.</param>
    /// <param name="value">The value, or null.</param>
    public PrometheusText Counter(string name, string help, double? value) => Write(name, "counter", help, [([], value)]);

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private PrometheusText Write(
        string name,
        string type,
        string help,
        IEnumerable<(IReadOnlyList<(string Name, string Value)> Labels, double? Value)> values
    )
    {
        var headed = false;
        foreach (var (labels, value) in values)
        {
            if (value is not { } number)
                continue;
            if (!headed)
                _text
                    .Append("# HELP ")
                    .Append(name)
                    .Append(' ')
                    .Append(Escape(help, quotes: false))
                    .Append("\n# TYPE ")
                    .Append(name)
                    .Append(' ')
                    .Append(type)
                    .Append('\n');
            headed = true;
            _text.Append(name);
            if (labels.Count > 0)
                _text
                    .Append('{')
                    .AppendJoin(',', labels.Select(label => $"{label.Name}=\"{Escape(label.Value, quotes: true)}\""))
                    .Append('}');
            _text.Append(' ').Append(Format(number)).Append('\n');
        }

        return this;
    }

    private static string Escape(string text, bool quotes)
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }

    private static string Format(double value) =>
        value switch
        {
            double.PositiveInfinity => "+Inf",
            double.NegativeInfinity => "-Inf",
            _ => value.ToString("R", CultureInfo.InvariantCulture),
        };
}
