using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Web.Shared.Published;

namespace LlamaBlazor.Web.Instances;

/// <summary>Tells of instances what their actors say: the registry at once, the table behind, the log where a phase is new.</summary>
internal sealed partial class InstancePublisher(
    InstanceRegistry registry,
    InstanceStore store,
    ReadLoad load,
    ILogger<InstancePublisher> logger
)
{
    /// <summary>Requests at work for a model, and those about to be handed to its engine.</summary>
    public int BusyOf(long modelId) => load(modelId).Busy;

    /// <summary>Another row for the next process of an instance.</summary>
    /// <param name="row">The one it has, or 0.</param>
    public long RenewRow(long row) => store.Renew(row);

    /// <summary>Shows a state to all that read the registry; nothing is written.</summary>
    public void Show(InstanceSnapshot snapshot) => registry.Publish(snapshot);

    /// <summary>Shows a state, and has it written.</summary>
    /// <param name="snapshot">The state.</param>
    /// <param name="facts">The model.</param>
    /// <param name="uid">Uid of the instance.</param>
    /// <param name="run">Its run, or null.</param>
    /// <param name="isNewPhase">Whether the log is told.</param>
    public void Record(InstanceSnapshot snapshot, InstanceDefinition facts, string uid, EngineRun? run, bool isNewPhase)
    {
        registry.Publish(snapshot);
        store.Record(snapshot, facts, uid, run);
        if (isNewPhase)
            LogPhase(
                snapshot.Phase is InstancePhase.Failed or InstancePhase.Backoff ? LogLevel.Warning : LogLevel.Information,
                facts.Name,
                snapshot.RuntimeStatus!,
                snapshot.Reason
            );
    }

    [LoggerMessage(Message = "{Model}: {Phase} {Reason}")]
    private partial void LogPhase(LogLevel level, string model, string phase, string? reason);
}
