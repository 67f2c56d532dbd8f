using LlamaBlazor.Web.Engines.Connections;
using LlamaBlazor.Web.Engines.Processes;

namespace LlamaBlazor.Web.Engines;

/// <summary>What waiting for readiness led to.</summary>
internal enum ReadinessOutcome
{
    /// <summary><c>/health</c> answered 200.</summary>
    Ready,

    /// <summary>The process ended, or nobody waits any more.</summary>
    Ended,

    /// <summary>The limit has passed.</summary>
    TimedOut,
}

/// <summary>Asks an engine for its health: every 10 ms at first, so that a small model is used at once, then slower.</summary>
internal sealed class ReadinessProbe(EngineClient client, TimeProvider clock)
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    /// <summary>Waits until the engine is ready, its process ends, or the limit passes.</summary>
    public async Task<ReadinessOutcome> WaitAsync(
        EngineAddress engine,
        RunningEngine process,
        int port,
        TimeSpan limit,
        CancellationToken cancellation
    )
    {
        var started = clock.GetTimestamp();
        var exited = process.Exited;
        while (!exited.IsCompleted && !cancellation.IsCancellationRequested)
        {
            if (await IsHealthyAsync(engine, cancellation).ConfigureAwait(false) && process.OwnsPort(port))
                return exited.IsCompleted ? ReadinessOutcome.Ended : ReadinessOutcome.Ready;
            var elapsed = clock.GetElapsedTime(started);
            if (elapsed >= limit)
                return ReadinessOutcome.TimedOut;
            var pause = elapsed.TotalSeconds switch
            {
                < 2 => 10,
                < 10 => 25,
                < 60 => 100,
                _ => 500,
            };
            await Task.WhenAny(exited, Task.Delay(TimeSpan.FromMilliseconds(pause), clock, cancellation)).ConfigureAwait(false);
        }

        return ReadinessOutcome.Ended;
    }

    private async Task<bool> IsHealthyAsync(EngineAddress engine, CancellationToken cancellation)
    {
        try
        {
            return await client.IsHealthyAsync(engine, AnswerLimit, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false; // nobody waits any more, which the loop sees
        }
    }
}
