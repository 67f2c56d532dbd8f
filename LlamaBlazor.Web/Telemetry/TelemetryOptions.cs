using System.Globalization;
using LlamaBlazor.Web.Shared.Configuration;

namespace LlamaBlazor.Web.Telemetry;

/// <summary>How often the machine is read.</summary>
/// <param name="Interval">Time between two samples, 1 to 60 seconds.</param>
internal sealed record TelemetryOptions(TimeSpan Interval)
{
    /// <summary>Configuration key of the interval.</summary>
    public const string IntervalKey = "LlamaBlazor:Telemetry:IntervalMs";

    /// <summary>Reads the options.</summary>
    /// <exception cref="StartupException">The value is no number of milliseconds from 1000 to 60000.</exception>
    public static TelemetryOptions Read(IConfiguration configuration)
    {
        var text = configuration[IntervalKey];
        if (string.IsNullOrWhiteSpace(text))
            return new TelemetryOptions(TimeSpan.FromSeconds(1));
        return
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds is >= 1000 and <= 60_000
            ? new TelemetryOptions(TimeSpan.FromMilliseconds(milliseconds))
            : throw new StartupException(
                $"{IntervalKey} is '{text}', but must be a whole number of milliseconds from 1000 to 60000. Correct it in "
                    + "appsettings.json, in the environment "
                    + $"({IntervalKey.Replace(":", "__", StringComparison.Ordinal).ToUpperInvariant()}) or on the command line."
            );
    }
}
