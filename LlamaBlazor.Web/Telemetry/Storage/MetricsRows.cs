using System.Text.Json;
using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Telemetry.Storage;

/// <summary>Samples as rows and back.</summary>
internal static class MetricsRows
{
    /// <summary>A sample as a row of <c>metrics_history</c>.</summary>
    public static MetricsHistoryRow ToHistory(Sample sample, long createdAt)
    {
        return new MetricsHistoryRow
        {
            Timestamp = sample.Timestamp,
            CpuUsage = sample.CpuUsage,
            MemoryUsage = sample.MemoryUsage,
            DiskUsage = sample.DiskUsage,
            GpuUsage = sample.GpuUsage,
            GpuTemperature = sample.GpuTemperature,
            GpuMemoryUsed = sample.GpuMemoryUsed,
            GpuMemoryTotal = sample.GpuMemoryTotal,
            GpuPowerUsage = sample.GpuPowerUsage,
            ActiveModels = sample.ActiveModels,
            Uptime = sample.Uptime,
            RequestsPerMinute = sample.RequestsPerMinute,
            SwapUsage = sample.SwapUsage,
            Load1Min = sample.Load1Min,
            NetRx = sample.NetRx,
            NetTx = sample.NetTx,
            TokensPerSecond = sample.TokensPerSecond,
            GpusJson = sample.Gpus.Count == 0 ? null : JsonSerializer.Serialize(sample.Gpus, ApiJson.Options),
            CreatedAt = createdAt,
        };
    }

    /// <summary>A row of <c>metrics_history</c> as a sample. Instances of then are not kept.</summary>
    public static Sample ToSample(MetricsHistoryRow row)
    {
        return new Sample
        {
            Timestamp = row.Timestamp,
            CpuUsage = row.CpuUsage,
            MemoryUsage = row.MemoryUsage,
            DiskUsage = row.DiskUsage,
            GpuUsage = row.GpuUsage,
            GpuTemperature = row.GpuTemperature,
            GpuMemoryUsed = row.GpuMemoryUsed,
            GpuMemoryTotal = row.GpuMemoryTotal,
            GpuPowerUsage = row.GpuPowerUsage,
            ActiveModels = (int)row.ActiveModels,
            Uptime = row.Uptime,
            RequestsPerMinute = row.RequestsPerMinute,
            SwapUsage = row.SwapUsage,
            Load1Min = row.Load1Min,
            NetRx = row.NetRx,
            NetTx = row.NetTx,
            TokensPerSecond = row.TokensPerSecond,
            Gpus = ReadGpus(row.GpusJson),
        };
    }

    private static GpuSample[] ReadGpus(string? json)
    {
        try
        {
            return json is null ? [] : JsonSerializer.Deserialize<GpuSample[]>(json, ApiJson.Options) ?? [];
        }
        catch (JsonException)
        {
            return []; // written by another program: the totals of the row still count
        }
    }
}
