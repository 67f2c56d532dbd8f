using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Telemetry.Storage;

namespace LlamaBlazor.Web.Telemetry;

/// <summary>Takes the samples of the last ten minutes out of the database at the start.</summary>
internal sealed partial class SampleRestore(
    DatabaseState database,
    MetricsReader history,
    MetricWindow window,
    MetricsRecorder recorder,
    TimeProvider clock,
    ILogger<SampleRestore> logger
)
{
    /// <summary>Charts go on where they were before the restart. Without a database they begin anew.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            await database.Ready.WaitAsync(cancellation).ConfigureAwait(false);
            var stored = await history.RecentAsync(clock.GetUtcNow().ToUnixTimeMilliseconds(), cancellation).ConfigureAwait(false);
            foreach (var sample in stored)
            {
                window.Add(sample);
                recorder.Replay(sample);
            }
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            LogNotRestored(error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The last ten minutes could not be restored from the database: {Reason}")]
    private partial void LogNotRestored(string reason);
}
