using System.Text.Json;
using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Web.Overview;

/// <summary>The live charts of the overview in their order.</summary>
internal static class LiveCharts
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<LiveChartSpec> All { get; } =
    [
        new("cpu", "CPU", ["cpu_usage"]),
        new("memory", "Memory", ["memory_usage", "swap_usage"], ["Memory", "Swap"]),
        new("tokens", "Tokens per second", ["tokens_per_second"], Least: 10),
        new("requests", "Requests per minute", ["requests_per_minute"], Least: 10),
        new("gpu", "GPU", ["gpu_usage"], When: "gpu"),
        new("vram", "VRAM", ["gpu_memory_used"], Least: 1024, When: "gpu"),
        new("network", "Network", ["net_rx", "net_tx"], ["Received", "Sent"], Least: 10_240),
        new("load", "Load average", ["load_1min"], Least: 1, When: "load"),
    ];
}

/// <summary>One chart. Its lines are of one unit, which decides how values are written and the axis is scaled.</summary>
/// <param name="Key">Its word in the page.</param>
/// <param name="Title">Its name.</param>
/// <param name="Fields">Names of the values it draws, see <see cref="MetricField"/>; that of the first is shown in its corner.</param>
/// <param name="Lines">The name of each line, or null where the title says it.</param>
/// <param name="Least">The axis reaches at least this far, in the unit.</param>
/// <param name="When">The condition it is shown under, or null for always.</param>
internal sealed record LiveChartSpec(
    string Key,
    string Title,
    IReadOnlyList<string> Fields,
    IReadOnlyList<string>? Lines = null,
    double? Least = null,
    string? When = null
)
{
    /// <summary>How charts.js writes its values.</summary>
    public string Format => MetricField.Find(Fields[0]).Format;

    /// <summary>Its lines for charts.js: a JSON array of name and field.</summary>
    public string Series =>
        JsonSerializer.Serialize(
            Fields.Select((name, index) => new { name = Lines?[index] ?? Title, @field = MetricField.Find(name).Name })
        );
}
