using LlamaBlazor.Domain.Instances.Containers;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Engines;
using LlamaBlazor.Web.Engines.Containers;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Instances;

/// <summary>
/// Starts, once, the models that are to start with the dashboard. A drive may be mounted later than that: a model whose file or engine is
/// not there yet is
/// waited for.
/// </summary>
internal sealed partial class Preloader(
    IDbContextFactory<LlamaDbContext> contexts,
    InstanceSupervisor supervisor,
    InstanceRegistry board,
    EngineLocator engines,
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
        List<long> wanted;
        var context = await contexts.CreateDbContextAsync(cancellation).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
            wanted = await Wanted(context)
                .OrderBy(model => model.Id)
                .Select(model => model.Id)
                .ToListAsync(cancellation)
                .ConfigureAwait(false);

        var late = new List<Task>();
        foreach (var model in wanted)
        {
            if (await LookAsync(model, cancellation).ConfigureAwait(false) is { Absent: { } absent } found)
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

    private static IQueryable<Model> Wanted(LlamaDbContext context) =>
        context
            .Models.AsNoTracking()
            .Where(model =>
                model.Role == ModelRole.Model
                && context.Set<RuntimeConfig>().Any(runtime => runtime.ModelId == model.Id && runtime.Preload == true)
            );

    private async Task StartOnceThereAsync(long modelId, CancellationToken cancellation)
    {
        var isMarkLifted = false;
        for (var started = clock.GetTimestamp(); clock.GetElapsedTime(started) < Patience; )
        {
            await Task.Delay(LookAgain, clock, cancellation).ConfigureAwait(false);
            if (board.Find(modelId) is not null || await LookAsync(modelId, cancellation).ConfigureAwait(false) is not { } found)
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

    // Null where it is not to be started any more.
    private async Task<Candidate?> LookAsync(long modelId, CancellationToken cancellation)
    {
        var context = await contexts.CreateDbContextAsync(cancellation).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
        {
            var query =
                from model in Wanted(context)
                where model.Id == modelId
                from runtime in context.Set<RuntimeConfig>().Where(runtime => runtime.ModelId == model.Id)
                select new
                {
                    model.Name,
                    model.ModelPath,
                    model.FileMissing,
                    runtime.EnginePath,
                    runtime.InstanceKind,
                };
            if (await query.FirstOrDefaultAsync(cancellation).ConfigureAwait(false) is not { } row)
                return null;
            if (row.ModelPath is { } path && (row.FileMissing || !File.Exists(path)))
                return new Candidate(row.Name, $"{path} is not there yet", IsOnlyMarked: File.Exists(path));
            var engine =
                row.InstanceKind == ContainerKind.Container
                    ? null
                    : (await engines.FindAsync(row.EnginePath, cancellation).ConfigureAwait(false)).Failure;
            return new Candidate(row.Name, engine?.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Model}, which is to start with the dashboard, is waited for: {Absent}")]
    private partial void LogAwaited(string model, string absent);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A model was not preloaded. {Reason}")]
    private partial void LogNotPreloaded(string reason);

    /// <summary>A model that is to be started.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Absent">What is not there yet, or null.</param>
    /// <param name="IsOnlyMarked">Its file is there, but was not at the last scan.</param>
    private sealed record Candidate(string Name, string? Absent, bool IsOnlyMarked = false);
}
