using LlamaBlazor.Domain.Instances;

namespace LlamaBlazor.Web.Instances;

/// <summary>How instances are run: configuration section <c>LlamaBlazor:Instances</c> (product.md 16).</summary>
internal sealed class InstanceOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "LlamaBlazor:Instances";

    /// <summary>Idle seconds after which an instance is stopped; 0 is never.</summary>
    public int TtlSeconds { get; init; }

    /// <summary>Seconds between asking an engine to end and forcing it.</summary>
    public int StopGraceSeconds { get; init; }

    /// <summary>Seconds within which an engine must be ready.</summary>
    public int StartLimitSeconds { get; init; }

    /// <summary>Launches until an engine was ready once.</summary>
    public int StartAttempts { get; init; }

    /// <summary>Restarts of an engine that was ready, within ten minutes.</summary>
    public int RestartAttempts { get; init; }

    /// <summary>Seconds without a success after which the watchdog asks for a token; 0 is never.</summary>
    public int HangProbeSeconds { get; init; }

    /// <summary>Whether models marked for it are started with the dashboard.</summary>
    public bool Preload { get; set; }

    /// <summary>Configuration key of <see cref="MinimumWarm"/>, which the endpoint keeps to as well.</summary>
    public const string WarmKey = "LlamaBlazor:Proxy:MinimumWarmSeconds";

    /// <summary>How long a model that is ready runs at least before it gives way.</summary>
    public TimeSpan MinimumWarm { get; internal set; }

    /// <summary>The restart policy of a model.</summary>
    /// <param name="mode">The model's own mode, or null.</param>
    public RestartPolicy Policy(string? mode) => new(mode ?? RestartPolicy.OnFailure, StartAttempts, RestartAttempts);
}
