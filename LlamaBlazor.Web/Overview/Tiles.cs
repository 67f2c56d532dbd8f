using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Web.Overview;

/// <summary>The tiles of the overview in their order.</summary>
internal static class Tiles
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<TileSpec> All { get; } =
    [
        new("cpu_usage", "CPU", "memory", HasBar: true),
        new("memory_usage", "Memory", "memory_alt", HasBar: true),
        new("swap_usage", "Swap", "swap_horiz", HasBar: true, When: "swap"),
        new("disk_usage", "Disk", "hard_drive", HasBar: true),
        new("gpu_usage", "GPU", "developer_board", HasBar: true, When: "gpu"),
        new("gpu_memory_used", "VRAM", "dns", HasBar: true, When: "gpu", Total: "gpu_memory_total"),
        new("gpu_temperature", "Temperature", "thermostat", When: "gpu"),
        new("gpu_power_usage", "Power", "bolt", When: "gpu"),
        new("active_models", "Active models", "deployed_code"),
        new("requests_per_minute", "Requests/min", "swap_calls"),
        new("tokens_per_second", "Tokens/s", "speed"),
        new("uptime", "Uptime", "schedule", HasFigures: false),
    ];
}

/// <summary>One tile.</summary>
/// <param name="Field">Name of its value, see <see cref="MetricField"/>.</param>
/// <param name="Title">Its name.</param>
/// <param name="Icon">A Material symbol.</param>
/// <param name="HasBar">True where the value is a share.</param>
/// <param name="When">The condition it is shown under, or null for always.</param>
/// <param name="Total">What the value is a share of, or null for percent.</param>
/// <param name="HasFigures">True where mean and maximum mean something.</param>
internal sealed record TileSpec(
    string Field,
    string Title,
    string Icon,
    bool HasBar = false,
    string? When = null,
    string? Total = null,
    bool HasFigures = true
)
{
    /// <summary>How charts.js writes the value.</summary>
    public string Format => MetricField.Find(Field).Format;
}
