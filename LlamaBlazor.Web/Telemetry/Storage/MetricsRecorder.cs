using System.Globalization;
using System.Text.Json;
using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Shared.Api;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Telemetry.Storage;

/// <summary>
/// Writes samples: each to <c>metrics_history</c>, the mean of each minute to <c>metrics</c>, and every 30 seconds a row of
/// <c>system_snapshots</c>. Nothing here is waited for. Samples older than ten minutes leave at most ten seconds late; all other rows are
/// the retention job's.
/// </summary>
internal sealed partial class MetricsRecorder(DatabaseWriter writer, TimeProvider clock, ILogger<MetricsRecorder> logger)
{
    private static readonly TimeSpan CleanupPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SnapshotPause = TimeSpan.FromSeconds(30);

    private readonly MinuteRollup _rollup = new();
    private Task _tidying = Task.CompletedTask;
    private long? _tidiedAt;
    private long? _snapshotAt;

    /// <summary>Hands a sample over.</summary>
    public void Record(Sample sample, MachineReading machine)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        writer.TryAdd(MetricsRows.ToHistory(sample, now));
        var minute = _rollup.Add(sample);
        if (minute is not null)
            _ = WriteAsync(minute);
        if (IsDue(ref _snapshotAt, SnapshotPause))
            writer.TryAdd(Snapshot(sample, machine));
        if (_tidying.IsCompleted && IsDue(ref _tidiedAt, CleanupPause))
            _tidying = TidyAsync(now);
    }

    /// <summary>Takes a restored sample, so that the minute the program was ended in gets its row.</summary>
    public void Replay(Sample sample)
    {
        if (_rollup.Add(sample) is { } minute)
            _ = WriteAsync(minute);
    }

    // A minute that stands already is the better one: it was made of all its samples.
    private Task WriteAsync(Sample minute) =>
        GuardAsync(
            writer.ExecuteAsync(
                async (context, token) =>
                {
                    if (await context.Set<MetricsRow>().AnyAsync(row => row.Timestamp == minute.Timestamp, token).ConfigureAwait(false))
                        return;
                    context.Set<MetricsRow>().Add(MetricValues.Of(new MetricsRow(), minute));
                    if (await context.Metadata.FindAsync([MetadataKeys.LastMetricsSave], token).ConfigureAwait(false) is not { } saved)
                        context.Metadata.Add(saved = new MetadataRow { Key = MetadataKeys.LastMetricsSave });
                    saved.UpdatedAt = clock.GetUtcNow().ToUnixTimeMilliseconds();
                    saved.Value = saved.UpdatedAt.ToString(CultureInfo.InvariantCulture);
                }
            )
        );

    // Rows of the future were written before the clock was set back.
    private Task TidyAsync(long now) =>
        GuardAsync(
            writer.ExecuteAsync(
                (context, token) =>
                    context
                        .Set<MetricsHistoryRow>()
                        .Where(row => row.Timestamp < now - MetricWindow.LengthMs || row.Timestamp > now + MetricWindow.LengthMs)
                        .ExecuteDeleteAsync(token)
            )
        );

    private static SystemSnapshotRow Snapshot(Sample sample, MachineReading machine) =>
        new()
        {
            Timestamp = sample.Timestamp,
            CpuPercent = machine.CpuUsage,
            CpuCores = Environment.ProcessorCount,
            MemoryTotalGb = Gb(machine.MemoryTotal),
            MemoryUsedGb = Gb(machine.MemoryTotal - machine.MemoryAvailable),
            MemoryAvailableGb = Gb(machine.MemoryAvailable),
            MemoryPercent = machine.MemoryUsage,
            GpuStats = sample.Gpus.Count == 0 ? null : JsonSerializer.Serialize(sample.Gpus, ApiJson.Options),
            Load1Min = machine.Load?.One,
            Load5Min = machine.Load?.Five,
            Load15Min = machine.Load?.Fifteen,
        };

    private static double? Gb(long? bytes) => bytes / 1073741824.0;

    private bool IsDue(ref long? last, TimeSpan pause)
    {
        var now = clock.GetTimestamp();
        if (last is { } before && clock.GetElapsedTime(before, now) < pause)
            return false;
        last = now;
        return true;
    }

    private async Task GuardAsync(Task edit)
    {
        try
        {
            await edit.ConfigureAwait(false);
        }
        catch (Exception error)
        {
            LogFailed(error.InnerException?.Message ?? error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Metrics could not be written or tidied: {Reason}")]
    private partial void LogFailed(string reason);
}
