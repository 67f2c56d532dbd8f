using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Web.Shared.Configuration;

namespace LlamaBlazor.Web.Proxy;

/// <summary>Limits of the endpoint: configuration section <c>LlamaBlazor:Proxy</c> (product.md 16).</summary>
internal sealed class ProxyOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "LlamaBlazor:Proxy";

    /// <summary>Largest body in MiB; 1 to 1024.</summary>
    public int BodyLimitMb { get; init; } = 64;

    /// <summary>Memory in MiB that all bodies together may take; what is above goes to files in the data folder. 1 to 65536.</summary>
    public int BodyMemoryMb { get; init; } = 64;

    /// <summary>Requests that may wait for one model; 1 to 10000.</summary>
    public int QueueSize { get; init; } = 64;

    /// <summary>Seconds a request may wait, loading included; 1 to 86400.</summary>
    public int QueueWaitSeconds { get; init; } = 300;

    /// <summary>Seconds between the comments that keep a waiting stream open; 0 sends none, to 600.</summary>
    public int KeepAliveSeconds { get; init; } = 5;

    /// <summary>Whether a waiting chat is told so in its stream, as thoughts that clients show; else it gets comments, which they do
    /// not.</summary>
    public bool LoadingStatus { get; init; }

    /// <summary>Seconds an engine may say nothing; 1 to 86400.</summary>
    public int IdleTimeoutSeconds { get; init; } = 600;

    /// <summary>Seconds after which a model that waits for its turn has the running one drained; 0 to 86400.</summary>
    public int StarvationSeconds { get; init; } = 30;

    /// <summary>How long a model answers at least before it is drained for another: <see cref="WarmTime"/>.</summary>
    public TimeSpan MinimumWarm { get; internal set; }

    /// <summary>Bytes of <see cref="BodyLimitMb"/>.</summary>
    public long BodyLimit => (long)BodyLimitMb << 20;

    /// <summary>The queue of each model.</summary>
    public RequestQueuePolicy Queue => new(QueueSize, TimeSpan.FromSeconds(QueueWaitSeconds));

    /// <summary>How models that share the machine take turns.</summary>
    public SwapPolicy Swap => new(TimeSpan.FromSeconds(StarvationSeconds), MinimumWarm);

    /// <summary>Reads and checks the section.</summary>
    /// <exception cref="StartupException">A value is out of bounds; the message names its key.</exception>
    public static ProxyOptions Read(IConfiguration configuration)
    {
        var options = OptionSection.Read<ProxyOptions>(
            configuration,
            Section,
            [
                new(nameof(BodyLimitMb), options => options.BodyLimitMb, 1, 1024),
                new(nameof(BodyMemoryMb), options => options.BodyMemoryMb, 1, 65_536),
                new(nameof(QueueSize), options => options.QueueSize, 1, 10_000),
                new(nameof(QueueWaitSeconds), options => options.QueueWaitSeconds, 1, 86_400),
                new(nameof(KeepAliveSeconds), options => options.KeepAliveSeconds, 0, 600),
                new(nameof(IdleTimeoutSeconds), options => options.IdleTimeoutSeconds, 1, 86_400),
                new(nameof(StarvationSeconds), options => options.StarvationSeconds, 0, 86_400),
            ]
        );
        options.MinimumWarm = WarmTime.Read(configuration);
        return options;
    }
}
