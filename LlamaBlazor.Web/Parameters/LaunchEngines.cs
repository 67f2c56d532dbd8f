using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances.Containers;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Engines;
using LlamaBlazor.Web.Engines.Containers;

namespace LlamaBlazor.Web.Parameters;

/// <summary>The engine that a model is started with.</summary>
/// <param name="Engine">The program, or the runtime with the image.</param>
/// <param name="Container">How its container is made; null where it is a process.</param>
internal sealed record LaunchEngine(EngineCommand Engine, ContainerPlan? Container);

/// <summary>Chooses the engine of a launch, and knows what it can do.</summary>
internal sealed class LaunchEngines(EngineLocator engines, EngineProbe probe, ContainerCommands containers)
{
    /// <summary>The engine of a model; unavailable where there is none.</summary>
    public async Task<Result<LaunchEngine>> FindAsync(ModelConfiguration configuration, CancellationToken cancellation)
    {
        if (engines.IsDemo || configuration.Runtime?.InstanceKind != ContainerKind.Container)
        {
            var found = await engines.FindAsync(configuration.EnginePath, cancellation).ConfigureAwait(false);
            return found.IsSuccess ? new LaunchEngine(found.Value with { Variables = configuration.Variables }, null) : found.Failure!;
        }

        var planned = await containers.PlanAsync(configuration.Runtime, configuration.Variables, cancellation).ConfigureAwait(false);
        return planned.IsSuccess ? new LaunchEngine(planned.Value.Engine, planned.Value.Plan) : planned.Failure!;
    }

    /// <summary>What it can do, as it said once.</summary>
    public Task<Result<EngineCapabilities>> AskAsync(LaunchEngine engine, CancellationToken cancellation) =>
        probe.ProbeAsync(engine.Engine, again: false, cancellation);
}
