namespace LlamaBlazor.Web.Telemetry;

/// <summary>The feature Telemetry: live readings of the machine.</summary>
internal static class TelemetryFeature
{
    /// <summary>Registers its services.</summary>
    public static WebApplicationBuilder AddTelemetry(this WebApplicationBuilder builder) => builder;

    /// <summary>Maps its endpoints.</summary>
    public static WebApplication MapTelemetry(this WebApplication app) => app;
}
