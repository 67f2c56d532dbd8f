using LlamaBlazor.Web.Engines.Containers;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Shared.Published;

namespace LlamaBlazor.Web.Instances;

/// <summary>
/// Starts, once, the models that are to start with the dashboard. A drive may be mounted later than that: a model whose file or engine is
/// not there yet is
/// waited for.
/// </summary>
internal sealed partial class Preloader(
    PreloadedModels models,
    InstanceSupervisor supervisor,
    InstanceRegistry registry,
    LibraryService library,
    ContainerReconciler containers,
    TimeProvider clock,
    ILogger<Preloader> logger
)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    // Not for each other's sake: what does not fit beside the others waits a while, since a machine that has just started is busy.
    private static readonly StartOptions Wish = new(Force: false, MayEvict: false, Patience);

    /// <summary>Starts them, and returns once none is waited for any more.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await containers.Reconciled.WaitAsync(cancellation).ConfigureAwait(false);
        var late = new List<Task>();
        foreach (var model in await models.ListAsync(cancellation).ConfigureAwait(false))
        {
            if (await models.LookAsync(model, cancellation).ConfigureAwait(false) is { Absent: { } absent } found)
            {
                LogAwaited(found.Name, absent);
                late.Add(StartOnceThereAsync(model, cancellation));
            }
            else
            {
                await StartAsync(model, cancellation).ConfigureAwait(false);
            }
        }

        await Task.WhenAll(late).ConfigureAwait(false);
    }

    private async Task StartOnceThereAsync(long modelId, CancellationToken cancellation)
    {
        var isMarkLifted = false;
        for (var started = clock.GetTimestamp(); clock.GetElapsedTime(started) < Patience; )
        {
            await Task.Delay(LookAgain, clock, cancellation).ConfigureAwait(false);
            if (registry.Find(modelId) is not null || await models.LookAsync(modelId, cancellation).ConfigureAwait(false) is not { } found)
                return; // somebody took it in hand, or does not want it any more
            if (found.Absent is null)
                break;
            if (found.IsOnlyMarked && !isMarkLifted)
            {
                isMarkLifted = true;
                await library.ScanAsync(cancellation).ConfigureAwait(false);
            }
        }

        await StartAsync(modelId, cancellation).ConfigureAwait(false); // after all that time too: then the model says what is wrong
    }

    private async Task StartAsync(long modelId, CancellationToken cancellation)
    {
        var result = await supervisor.StartAsync(modelId, Wish, cancellation).ConfigureAwait(false);
        if (result.Failure is { } failure)
            LogNotPreloaded(failure.Message);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Model}, which is to start with the dashboard, is waited for: {Absent}")]
    private partial void LogAwaited(string model, string absent);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A model was not preloaded. {Reason}")]
    private partial void LogNotPreloaded(string reason);
}
