namespace LlamaBlazor.Web.Instances;

/// <summary>What the proxy knows of one model's use.</summary>
/// <param name="Busy">Requests at work, and those about to be handed to the engine.</param>
/// <param name="CompletedAgo">How long ago the last one ended, however, or null for never.</param>
/// <param name="SucceededAgo">How long ago the engine last sent something of use, or null for never.</param>
internal readonly record struct InstanceLoad(int Busy, TimeSpan? CompletedAgo, TimeSpan? SucceededAgo = null);

/// <summary>Tells the use of a model; registered by whoever hands out requests, idle otherwise.</summary>
internal delegate InstanceLoad ReadLoad(long modelId);

/// <summary>Tells that a model has nothing to do any more: somebody may wait for its place.</summary>
internal sealed class LoadSignal
{
    private Action? _idle;

    /// <summary>Says who is told; one listener.</summary>
    public void Listen(Action idle) => Volatile.Write(ref _idle, idle);

    /// <summary>A model has become idle.</summary>
    public void Raise() => Volatile.Read(ref _idle)?.Invoke();
}
