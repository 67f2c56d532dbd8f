using System.Text.Json;
using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Telemetry.Storage;

/// <summary>Samples as rows of <c>metrics_history</c> and back.</summary>
internal static class MetricsRows
{
    /// <summary>A sample as a row.</summary>
    public static MetricsHistoryRow ToHistory(Sample sample, long createdAt) =>
        MetricValues.Of(
            new MetricsHistoryRow
            {
                GpusJson = sample.Gpus.Count == 0 ? null : JsonSerializer.Serialize(sample.Gpus, ApiJson.Options),
                CreatedAt = createdAt,
            },
            sample
        );

    /// <summary>A row as a sample. Instances of then are not kept.</summary>
    public static Sample ToSample(MetricsHistoryRow row) => row.ToSample() with { Gpus = ReadGpus(row.GpusJson) };

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
