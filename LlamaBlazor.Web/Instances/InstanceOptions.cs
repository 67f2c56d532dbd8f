using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Web.Shared.Configuration;

namespace LlamaBlazor.Web.Instances;

/// <summary>How instances are run: configuration section <c>LlamaBlazor:Instances</c> (product.md 16).</summary>
internal sealed class InstanceOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "LlamaBlazor:Instances";

    /// <summary>Idle seconds after which an instance is stopped; 0 is never.</summary>
    public int TtlSeconds { get; init; }

    /// <summary>Seconds between asking an engine to end and forcing it; 0 to 600.</summary>
    public int StopGraceSeconds { get; init; } = 10;

    /// <summary>Seconds within which an engine must be ready; 1 to 86400.</summary>
    public int StartLimitSeconds { get; init; } = 300;

    /// <summary>Launches until an engine was ready once; 1 to 100.</summary>
    public int StartAttempts { get; init; } = 3;

    /// <summary>Restarts of an engine that was ready, within ten minutes; 0 to 100.</summary>
    public int RestartAttempts { get; init; } = 5;

    /// <summary>Seconds without a success after which the watchdog asks for a token; 0 is never.</summary>
    public int HangProbeSeconds { get; init; } = 60;

    /// <summary>Whether models marked for it are started with the dashboard.</summary>
    public bool Preload { get; init; } = true;

    /// <summary>How long a model runs at least before it gives way: <see cref="WarmTime"/>.</summary>
    public TimeSpan MinimumWarm { get; private set; }

    /// <summary>The restart policy of a model.</summary>
    /// <param name="mode">The model's own mode, or null.</param>
    public RestartPolicy Policy(string? mode) => new(mode ?? RestartPolicy.OnFailure, StartAttempts, RestartAttempts);

    /// <summary>Reads and checks the section.</summary>
    /// <exception cref="StartupException">A value is out of bounds; the message names its key.</exception>
    public static InstanceOptions Read(IConfiguration configuration)
    {
        var options = OptionSection.Read<InstanceOptions>(
            configuration,
            Section,
            [
                new(nameof(TtlSeconds), options => options.TtlSeconds, 0, 31_536_000),
                new(nameof(StopGraceSeconds), options => options.StopGraceSeconds, 0, 600),
                new(nameof(StartLimitSeconds), options => options.StartLimitSeconds, 1, 86_400),
                new(nameof(StartAttempts), options => options.StartAttempts, 1, 100),
                new(nameof(RestartAttempts), options => options.RestartAttempts, 0, 100),
                new(nameof(HangProbeSeconds), options => options.HangProbeSeconds, 0, 86_400),
            ]
        );
        options.MinimumWarm = WarmTime.Read(configuration);
        return options;
    }
}
