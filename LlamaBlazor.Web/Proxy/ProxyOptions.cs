using LlamaBlazor.Domain.Proxy;

namespace LlamaBlazor.Web.Proxy;

/// <summary>Limits of the endpoint: configuration section <c>LlamaBlazor:Proxy</c> (product.md 16).</summary>
internal sealed class ProxyOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "LlamaBlazor:Proxy";

    /// <summary>Largest body in MiB.</summary>
    public int BodyLimitMb { get; init; }

    /// <summary>Memory in MiB that all bodies together may take; what is above goes to files in the data folder.</summary>
    public int BodyMemoryMb { get; init; }

    /// <summary>Requests that may wait for one model.</summary>
    public int QueueSize { get; init; }

    /// <summary>Seconds a request may wait, loading included.</summary>
    public int QueueWaitSeconds { get; init; }

    /// <summary>Seconds between the comments that keep a waiting stream open; 0 sends none, to 600.</summary>
    public int KeepAliveSeconds { get; init; }

    /// <summary>Whether a waiting chat is told so in its stream, as thoughts that clients show; else it gets comments, which they do
    /// not.</summary>
    public bool LoadingStatus { get; init; }

    /// <summary>Seconds an engine may say nothing.</summary>
    public int IdleTimeoutSeconds { get; init; }

    /// <summary>Seconds after which a model that waits for its turn has the running one drained.</summary>
    public int StarvationSeconds { get; init; }

    /// <summary>Seconds a model that is ready runs at least before it gives way to another: starts keep to it too.</summary>
    public int MinimumWarmSeconds { get; init; }

    /// <summary>Bytes of <see cref="BodyLimitMb"/>.</summary>
    public long BodyLimit => (long)BodyLimitMb << 20;

    /// <summary>The queue of each model.</summary>
    public RequestQueuePolicy Queue => new(QueueSize, TimeSpan.FromSeconds(QueueWaitSeconds));

    /// <summary>How models that share the machine take turns.</summary>
    public SwapPolicy Swap => new(TimeSpan.FromSeconds(StarvationSeconds), TimeSpan.FromSeconds(MinimumWarmSeconds));
}
