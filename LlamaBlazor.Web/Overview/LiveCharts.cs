namespace LlamaBlazor.Web.Overview;

/// <summary>The live charts of the overview in their order.</summary>
internal static class LiveCharts
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<LiveChartSpec> All { get; } =
    [
        new("cpu", "CPU", "cpu_usage", "percent"),
        new("memory", "Memory", "memory_usage", "percent"),
        new("tokens", "Tokens per second", "tokens_per_second", "decimal"),
        new("requests", "Requests per minute", "requests_per_minute", "count"),
        new("gpu", "GPU", "gpu_usage", "percent", "gpu"),
        new("vram", "VRAM", "gpu_memory_used", "mib", "gpu"),
        new("network", "Network", "net_rx", "rate"),
        new("load", "Load average", "load_1min", "decimal", "load"),
    ];
}

/// <summary>One chart.</summary>
/// <param name="Key">Its word in charts.js.</param>
/// <param name="Title">Its name.</param>
/// <param name="Field">The value of a sample shown in its corner.</param>
/// <param name="Format">How charts.js writes that value.</param>
/// <param name="When">The condition it is shown under, or null for always.</param>
internal sealed record LiveChartSpec(string Key, string Title, string Field, string Format, string? When = null);
