using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Web.Shared.Configuration;

namespace LlamaBlazor.Web.Instances.Admission;

/// <summary>The thresholds of starts: configuration section <c>LlamaBlazor:Admission</c> (product.md 16).</summary>
internal static class AdmissionOptions
{
    private const string Section = "LlamaBlazor:Admission";

    /// <summary>Reads and checks the section. Simulated engines need nothing, so that a demo has no limits.</summary>
    /// <exception cref="StartupException">A value is out of bounds; the message names its key.</exception>
    public static AdmissionLimits Read(IConfiguration configuration)
    {
        if (configuration.GetValue<bool>(DashboardHost.DemoKey))
            return AdmissionLimits.None;
        var usual = new AdmissionLimits();
        return new AdmissionLimits(
            Number(configuration, nameof(AdmissionLimits.MaxMemoryPercent), usual.MaxMemoryPercent, 1, 100),
            Number(configuration, nameof(AdmissionLimits.MinFreeMemoryGb), usual.MinFreeMemoryGb, 0, 4096),
            Optional(configuration, nameof(AdmissionLimits.MaxCpuPercent), 1, 100),
            Optional(configuration, nameof(AdmissionLimits.MaxLoadPerCore), 0.1, 1000)
        );
    }

    private static double Number(IConfiguration configuration, string key, double usual, double min, double max) =>
        Optional(configuration, key, min, max) ?? usual;

    private static double? Optional(IConfiguration configuration, string key, double min, double max)
    {
        var text = configuration[$"{Section}:{key}"];
        if (string.IsNullOrWhiteSpace(text))
            return null;
        return double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw new StartupException($"{Section}:{key} is '{text}'. It must be a number from {min} to {max}.");
    }
}
