using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Shared.Published;

namespace LlamaBlazor.Web.Instances;

/// <summary>What a restart of a model would change.</summary>
/// <param name="Running">True while it loads or runs; otherwise nothing can be pending.</param>
/// <param name="RestartNeeded">True when at least one argument differs.</param>
/// <param name="Changes">The arguments that differ.</param>
/// <param name="Warnings">Settings that the new command leaves out, and why.</param>
internal sealed record PendingAnswer(
    bool Running,
    bool RestartNeeded,
    IReadOnlyList<ArgumentChangeAnswer> Changes,
    IReadOnlyList<string> Warnings
)
{
    /// <summary>Nothing runs.</summary>
    public static PendingAnswer Nothing { get; } = new(false, false, [], []);
}

/// <summary>One difference between the command an engine runs with and the one a start would use now.</summary>
/// <param name="Kind">added, removed or changed.</param>
/// <param name="Flag">The flag, the name of a variable, or "engine".</param>
/// <param name="Before">Its value while it runs; null where it has none. Secrets are masked.</param>
/// <param name="After">Its value after a restart; null where it has none. Secrets are masked.</param>
public sealed record ArgumentChangeAnswer(string Kind, string Flag, string? Before, string? After)
{
    /// <summary>The answer for a difference.</summary>
    /// <param name="change">The difference.</param>
    public static ArgumentChangeAnswer Of(ArgumentChange change) => new(change.Kind, change.Flag, change.Before, change.After);
}

/// <summary>Compares what an engine runs with to what is set now, and restarts it only where that differs.</summary>
internal sealed class PendingChanges(
    InstanceRegistry registry,
    InstanceSupervisor supervisor,
    Reservations places,
    LaunchCommandFactory commands
)
{
    /// <summary>What a restart would change now.</summary>
    public async Task<Result<PendingAnswer>> FindAsync(long modelId, CancellationToken cancellation)
    {
        if (registry.Find(modelId) is not { Command: { } running, Phase: InstancePhase.Loading or InstancePhase.Running })
            return PendingAnswer.Nothing;
        var next = await commands.PreviewAsync(modelId, cancellation, places.GpusOf(modelId)).ConfigureAwait(false);
        if (next.Failure is { } failure)
            return failure;
        var changes = ArgumentDiff.Compare(running, next.Value);
        return new PendingAnswer(true, changes.Count > 0, [.. changes.Select(ArgumentChangeAnswer.Of)], next.Value.Warnings);
    }

    /// <summary>Restarts a running model whose arguments differ; leaves any other alone and tells its state.</summary>
    public async Task<Result<InstanceSnapshot>> ApplyAsync(long modelId, CancellationToken cancellation)
    {
        var pending = await FindAsync(modelId, cancellation).ConfigureAwait(false);
        if (pending.Failure is { } failure)
            return failure;
        if (pending.Value.RestartNeeded)
            return await supervisor.RestartAsync(modelId, cancellation).ConfigureAwait(false);
        return registry.Find(modelId) is { } snapshot
            ? snapshot
            : new InstanceSnapshot
            {
                Id = 0,
                ModelId = modelId,
                Model = "",
                Phase = InstancePhase.Stopped,
            };
    }
}
