namespace LlamaBlazor.Web.Engines.Processes;

/// <summary>An engine that was started: a process of ours, or a container.</summary>
internal abstract class RunningEngine
{
    /// <summary>Process id, or null where the runtime does not tell.</summary>
    public abstract int? Pid { get; }

    /// <summary>See <see cref="ProcessTable.StartTime"/>.</summary>
    public abstract long? StartTime { get; }

    /// <summary>Id of its container, or null for a process.</summary>
    public virtual string? ContainerId => null;

    /// <summary>The exit code, 128 + n for signal n, once it has ended, nothing of it is left and its output is read.</summary>
    public abstract Task<int> Exited { get; }

    /// <summary>True unless another program listens on the port: its answer to a health check would be taken for ours.</summary>
    public abstract bool OwnsPort(int port);

    /// <summary>Asks it to end, waits, then forces it.</summary>
    /// <param name="grace">How long to wait.</param>
    /// <param name="clock">The time.</param>
    public abstract Task StopAsync(TimeSpan grace, TimeProvider clock);

    /// <summary>Forces it to end.</summary>
    public abstract void Kill();
}
