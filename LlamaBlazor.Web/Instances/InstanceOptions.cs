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

    /// <summary>The restart policy of a model.</summary>
    /// <param name="mode">The model's own mode, or null.</param>
    public RestartPolicy Policy(string? mode) => new(mode ?? RestartPolicy.OnFailure, StartAttempts, RestartAttempts);

    /// <summary>Reads and checks the section.</summary>
    /// <exception cref="StartupException">A value is out of bounds; the message names its key.</exception>
    public static InstanceOptions Read(IConfiguration configuration)
    {
        try
        {
            var options = configuration.GetSection(Section).Get<InstanceOptions>() ?? new InstanceOptions();
            Check(nameof(TtlSeconds), options.TtlSeconds, 0, 31_536_000);
            Check(nameof(StopGraceSeconds), options.StopGraceSeconds, 0, 600);
            Check(nameof(StartLimitSeconds), options.StartLimitSeconds, 1, 86_400);
            Check(nameof(StartAttempts), options.StartAttempts, 1, 100);
            Check(nameof(RestartAttempts), options.RestartAttempts, 0, 100);
            Check(nameof(HangProbeSeconds), options.HangProbeSeconds, 0, 86_400);
            return options;
        }
        catch (InvalidOperationException error)
        {
            throw new StartupException($"{Section}: {error.InnerException?.Message ?? error.Message} Whole numbers are expected.");
        }
    }

    private static void Check(string key, int value, int min, int max)
    {
        if (value < min || value > max)
            throw new StartupException($"{Section}:{key} is {value}. It must be from {min} to {max}.");
    }
}
