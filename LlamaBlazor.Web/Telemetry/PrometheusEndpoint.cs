using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Statistics;

namespace LlamaBlazor.Web.Telemetry;

/// <summary><c>GET /metrics</c> for Prometheus.</summary>
internal static class PrometheusEndpoint
{
    private const double MiB = 1048576;

    /// <summary>Maps the endpoint.</summary>
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet(
                "/metrics",
                (MetricWindow window, DatabaseWriter writer, StatsBuffer statistics) =>
                    Results.Text(Write(window.Latest, writer.Dropped, statistics.Dropped), PrometheusText.ContentType)
            )
            .WithTags("Telemetry");

    /// <summary>The newest sample in the text format; units are Prometheus' own: bytes, seconds, ratios as percent in the name.</summary>
    internal static string Write(Sample? sample, long droppedRows, long droppedRequests)
    {
        var text = new PrometheusText();
        if (sample is not null)
        {
            WriteMachine(text, sample);
            WriteGpus(text, sample.Gpus);
            WriteInstances(text, sample.Instances);
        }

        return text.Counter("llamablazor_database_rows_dropped_total", "Rows that could not be written to the database", droppedRows)
            .Counter(
                "llamablazor_statistics_dropped_total",
                "Requests that could not be recorded, because too many waited for the database",
                droppedRequests
            )
            .ToString();
    }

    private static void WriteMachine(PrometheusText text, Sample sample)
    {
        foreach (var field in MetricField.All.Where(field => field.ExportedAs is not null))
            text.Gauge($"llamablazor_{field.ExportedAs}", field.Help!, field.Read(sample));
    }

    private static void WriteGpus(PrometheusText text, IReadOnlyList<GpuSample> gpus)
    {
        Write("llamablazor_gpu_usage_percent", "Load of the GPU", gpu => gpu.Usage);
        Write("llamablazor_gpu_memory_used_bytes", "Memory of the GPU in use", gpu => gpu.MemoryUsed * MiB);
        Write("llamablazor_gpu_memory_total_bytes", "Memory of the GPU", gpu => gpu.MemoryTotal * MiB);
        Write("llamablazor_gpu_temperature_celsius", "Temperature of the GPU", gpu => gpu.Temperature);
        Write("llamablazor_gpu_power_watts", "Power the GPU draws", gpu => gpu.Power);

        void Write(string name, string help, Func<GpuSample, double?> value) =>
            text.Gauges(
                name,
                help,
                gpus.Select(gpu => ((IReadOnlyList<(string, string)>)[("gpu", gpu.Id), ("name", gpu.Name)], value(gpu)))
            );
    }

    private static void WriteInstances(PrometheusText text, IReadOnlyList<InstanceSample> instances)
    {
        Write("llamablazor_instance_cpu_percent", "Processor of the engine, percent of one core", instance => instance.Cpu);
        Write("llamablazor_instance_memory_bytes", "Resident memory of the engine", instance => instance.Memory * MiB);
        Write("llamablazor_instance_tokens_per_second", "Tokens generated a second", instance => instance.TokensPerSecond);
        Write("llamablazor_instance_slots_busy", "Slots at work", instance => instance.SlotsBusy);
        Write("llamablazor_instance_slots", "Slots", instance => instance.SlotsTotal);
        Write("llamablazor_instance_context_usage_percent", "Context of the slots in use", instance => instance.KvUsage);
        Write("llamablazor_instance_queued_requests", "Requests that wait for a slot", instance => instance.Queued);

        void Write(string name, string help, Func<InstanceSample, double?> value) =>
            text.Gauges(
                name,
                help,
                instances.Select(instance => ((IReadOnlyList<(string, string)>)[("model", instance.Model)], value(instance)))
            );
    }
}
