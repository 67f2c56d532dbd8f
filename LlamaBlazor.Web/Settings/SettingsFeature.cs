using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared.Api;
using LlamaBlazor.Web.Shared.Configuration;

namespace LlamaBlazor.Web.Settings;

/// <summary>The settings of the dashboard and preferences.</summary>
internal static class SettingsFeature
{
    /// <summary>Checks what is configured, before anything is done by it.</summary>
    /// <exception cref="StartupException">Values are wrong; the message names each key.</exception>
    public static WebApplicationBuilder CheckSettings(this WebApplicationBuilder builder)
    {
        ConfigurationCheck.Require(builder.Configuration);
        return builder;
    }

    /// <summary>Reads what was saved, as far as that can be done at once, and registers the stores.</summary>
    public static WebApplicationBuilder AddSettings(this WebApplicationBuilder builder)
    {
        SavedSettings.ReadEarly(DataFolder.Peek(DataFeature.Locate(builder)).Database, builder.Configuration);
        builder.Services.AddSingleton(SavedConfiguration.Of(builder.Configuration) ?? new SavedConfiguration());
        builder.Services.AddSingleton<SettingValues>();
        builder.Services.AddSingleton<SavedSettings>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<SavedSettings>());
        builder.Services.AddSingleton<SettingStore>();
        builder.Services.AddHostedService<ConfigurationCheck>();
        builder.Services.AddSingleton<EnginePathRules>();
        builder.Services.AddSingleton<LaunchSettingsAccess>();
        builder.Services.AddSingleton<PreferenceStore>();
        builder.Services.AddSingleton<RequestKeepingAccess>();
        builder.Services.AddSingleton<CacheSwitchAccess>();
        return builder;
    }

    /// <summary>Maps <c>/api/settings</c>, <c>/api/launch-settings</c>, <c>/api/request-settings</c>, <c>/api/metadata</c> and
    /// <c>/api/config</c>.</summary>
    public static IEndpointRouteBuilder MapSettings(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/launch-settings").WithTags("Server");
        group.MapGet(
            "",
            async (LaunchSettingsAccess store, CancellationToken cancellation) =>
                Answer(await store.GetAsync(cancellation).ConfigureAwait(false), store)
        );
        group.MapPut(
            "",
            async (LaunchSettingsBody body, LaunchSettingsAccess store, CancellationToken cancellation) =>
                (await store.SaveAsync(body.Settings, cancellation).ConfigureAwait(false)).ToApi(saved => Results.Ok(Answer(saved, store)))
        );
        app.MapPreferences();
        app.MapRequestSettings();
        SettingEndpoints.Map(app);
        return app;
    }

    private static LaunchSettingsAnswer Answer(LaunchSettings settings, LaunchSettingsAccess store) =>
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
