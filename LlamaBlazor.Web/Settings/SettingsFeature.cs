namespace LlamaBlazor.Web.Settings;

/// <summary>The feature Settings: launch settings and preferences.</summary>
internal static class SettingsFeature
{
    /// <summary>Registers its services.</summary>
    public static WebApplicationBuilder AddSettings(this WebApplicationBuilder builder) => builder;

    /// <summary>Maps its endpoints.</summary>
    public static WebApplication MapSettings(this WebApplication app) => app;
}
