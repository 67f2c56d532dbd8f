namespace LlamaBlazor.Domain.Instances;

/// <summary>Where one instance stands. Each maps to a status and a finer runtime status (product.md 10).</summary>
public enum InstancePhase
{
    /// <summary>No process, and none is wanted.</summary>
    Stopped,

    /// <summary>A process is being started or loads its weights.</summary>
    Loading,

    /// <summary>It answers <c>/health</c> with 200.</summary>
    Running,

    /// <summary>It was told to end and has not yet.</summary>
    Stopping,

    /// <summary>It failed; the next attempt waits for its time.</summary>
    Backoff,

    /// <summary>It failed and nothing more is tried on its own.</summary>
    Failed,
}

/// <summary>What a start waits for before a process is made.</summary>
public enum StartWait
{
    /// <summary>A place: memory, a GPU, or a number of models.</summary>
    Pending,

    /// <summary>The end of those that were stopped for it.</summary>
    Evicting,
}

/// <summary>The words of the phases.</summary>
public static class InstancePhases
{
    /// <summary>Word of an instance: stopped, loading, running, stopping or error.</summary>
    public static string Status(this InstancePhase phase) =>
        phase switch
        {
            InstancePhase.Stopped => "stopped",
            InstancePhase.Loading => "loading",
            InstancePhase.Running => "running",
            InstancePhase.Stopping => "stopping",
            _ => "error",
        };

    /// <summary>Finer word for <c>runtime_status</c>.</summary>
    public static string RuntimeStatus(this InstancePhase phase) =>
        phase switch
        {
            InstancePhase.Stopped => "stopped",
            InstancePhase.Loading => "loading",
            InstancePhase.Running => "ready",
            InstancePhase.Stopping => "stopping",
            InstancePhase.Backoff => "backoff",
            _ => "failed",
        };

    /// <summary>Word for <c>runtime_status</c>.</summary>
    public static string Word(this StartWait wait) => wait is StartWait.Pending ? "pending" : "evicting";

    /// <summary>Whether it failed, now or until the next attempt.</summary>
    public static bool IsError(this InstancePhase phase) => phase is InstancePhase.Backoff or InstancePhase.Failed;

    /// <summary>Word of <c>container_instances.status</c>, which says starting where others say loading.</summary>
    public static string RowStatus(this InstancePhase phase) => phase is InstancePhase.Loading ? "starting" : phase.Status();

    /// <summary>Word of <c>models.status</c>, which knows no stopping: until its memory is free, a model that ends counts as
    /// running.</summary>
    public static string ModelStatus(this InstancePhase phase) =>
        phase is InstancePhase.Stopping ? Models.ModelStatus.Running : phase.Status();
}
