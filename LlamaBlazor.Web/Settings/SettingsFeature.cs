using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Settings;

/// <summary>Launch settings and preferences.</summary>
internal static class SettingsFeature
{
    /// <summary>Registers the stores.</summary>
    public static WebApplicationBuilder AddSettings(this WebApplicationBuilder builder)
    {
        ConfigurationCheck.Require(builder.Configuration);
        builder.Services.AddHostedService<ConfigurationCheck>();
        builder.Services.AddSingleton(CacheOptions.Read(builder.Configuration));
        builder.Services.AddSingleton(PrivacyOptions.Read(builder.Configuration));
        builder.Services.AddSingleton<LaunchSettingsStore>();
        builder.Services.AddSingleton(provider => provider.GetRequiredService<LaunchSettingsStore>().EnginePaths);
        builder.Services.AddSingleton<PreferenceStore>();
        builder.Services.AddSingleton<RequestKeepingStore>();
        builder.Services.AddSingleton<CacheSwitch>();
        return builder;
    }

    /// <summary>Maps <c>/api/launch-settings</c>, <c>/api/request-settings</c>, <c>/api/metadata</c> and <c>/api/config</c>.</summary>
    public static WebApplication MapSettings(this WebApplication app)
    {
        var group = app.MapGroup("/api/launch-settings").WithTags("Server");
        group.MapGet(
            "",
            async (LaunchSettingsStore store, CancellationToken cancellation) => Answer(await store.GetAsync(cancellation), store)
        );
        group.MapPut(
            "",
            async (LaunchSettingsBody body, LaunchSettingsStore store, CancellationToken cancellation) =>
                (await store.SaveAsync(body.Settings, cancellation)).ToApi(saved => Results.Ok(Answer(saved, store)))
        );
        app.MapPreferences();
        app.MapRequestSettings();
        return app;
    }

    private static LaunchSettingsAnswer Answer(LaunchSettings settings, LaunchSettingsStore store) =>
        new(settings.ModelDirectories, settings.EnginePath, settings.PortRange, [.. store.Locked]);
}

/// <summary>The settings in force and the names of those that are locked.</summary>
internal sealed record LaunchSettingsAnswer(
    IReadOnlyList<string> ModelDirectories,
    string? EnginePath,
    string PortRange,
    IReadOnlyList<string> Locked
);

/// <summary>Body of <c>PUT /api/launch-settings</c>: what <c>GET</c> answers may be sent back.</summary>
internal sealed record LaunchSettingsBody
{
    private static readonly LaunchSettings Usual = new();

    /// <summary>Folders with models, absolute.</summary>
    public IReadOnlyList<string> ModelDirectories { get; init; } = Usual.ModelDirectories;

    /// <summary>The llama-server to run, or null.</summary>
    public string? EnginePath { get; init; }

    /// <summary>Ports for instances.</summary>
    public string PortRange { get; init; } = Usual.PortRange;

    /// <summary>Names of the settings that are locked; only answered, and left as they are.</summary>
    public IReadOnlyList<string>? Locked { get; init; }

    internal LaunchSettings Settings =>
        new()
        {
            ModelDirectories = ModelDirectories,
            EnginePath = EnginePath,
            PortRange = PortRange,
        };
}
