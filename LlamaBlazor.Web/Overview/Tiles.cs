using LlamaBlazor.Domain.Telemetry;
using MudBlazor;

namespace LlamaBlazor.Web.Overview;

/// <summary>The tiles of the overview in their order.</summary>
internal static class Tiles
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<TileSpec> All { get; } =
    [
        new("cpu_usage", "CPU", Icons.Material.Outlined.Memory, HasBar: true),
        new("memory_usage", "Memory", Icons.Material.Outlined.SdStorage, HasBar: true),
        new("swap_usage", "Swap", Icons.Material.Outlined.SwapHoriz, HasBar: true, When: "swap"),
        new("disk_usage", "Disk", Icons.Material.Outlined.Storage, HasBar: true),
        new("gpu_usage", "GPU", Icons.Material.Outlined.DeveloperBoard, HasBar: true, When: "gpu"),
        new("gpu_memory_used", "VRAM", Icons.Material.Outlined.Dns, HasBar: true, When: "gpu", Total: "gpu_memory_total"),
        new("gpu_temperature", "Temperature", Icons.Material.Outlined.Thermostat, When: "gpu"),
        new("gpu_power_usage", "Power", Icons.Material.Outlined.Bolt, When: "gpu"),
        new("active_models", "Active models", Icons.Material.Outlined.ViewInAr),
        new("requests_per_minute", "Requests/min", Icons.Material.Outlined.SwapCalls),
        new("tokens_per_second", "Tokens/s", Icons.Material.Outlined.Speed),
        new("uptime", "Uptime", Icons.Material.Outlined.Schedule, HasFigures: false),
    ];
}

/// <summary>One tile.</summary>
/// <param name="Field">Name of its value, see <see cref="MetricField"/>.</param>
/// <param name="Title">Its name.</param>
/// <param name="Icon">SVG of its icon.</param>
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
