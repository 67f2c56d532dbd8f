using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Shared.Api;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Settings;

/// <summary>
/// The launch settings in force: what the environment or the command line sets is locked, else what was saved in the dashboard, else
/// <c>appsettings.json</c>.
/// </summary>
internal sealed class LaunchSettingsStore(
    IConfiguration configuration,
    IDbContextFactory<LlamaDbContext> contexts,
    DatabaseState database,
    DatabaseWriter writer,
    Broadcast<LaunchSettings> changes,
    TimeProvider clock
)
{
    private const string Key = "config";
    private const string Section = "LlamaBlazor:";
    private LaunchSettings? _current;

    /// <summary>Which programs may be run as engines.</summary>
    public EnginePathRules EnginePaths { get; } = new(configuration);

    /// <summary>Tells of each change.</summary>
    public Broadcast<LaunchSettings> Changes => changes;

    /// <summary>Names of the settings that cannot be changed here because the environment or the command line sets them.</summary>
    public IReadOnlySet<string> Locked { get; } = LaunchSettingsSources.Locked(configuration);

    /// <summary>The settings in force as far as they are known: until the database was read, what is configured.</summary>
    public LaunchSettings Known => _current ?? Merge(null);

    /// <summary>The settings in force. Reads the database the first time.</summary>
    public async Task<LaunchSettings> GetAsync(CancellationToken cancellation = default)
    {
        if (_current is { } known)
            return known;
        await database.Ready.WaitAsync(cancellation).ConfigureAwait(false);
        var context = await contexts.CreateDbContextAsync(cancellation).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
        {
            var json = await context
                .LaunchSettings.AsNoTracking()
                .Where(row => row.Key == Key)
                .Select(row => row.Value)
                .FirstOrDefaultAsync(cancellation)
                .ConfigureAwait(false);
            return _current = Merge(json is null ? null : JsonSerializer.Deserialize<LaunchSettings>(json, ApiJson.Options));
        }
    }

    /// <summary>Reads the database again and tells everybody: it was replaced, or another one's settings were taken over.</summary>
    public async Task ReloadAsync(CancellationToken cancellation = default)
    {
        _current = null;
        changes.Publish(await GetAsync(cancellation).ConfigureAwait(false));
    }

    /// <summary>Saves the settings; locked ones keep their value.</summary>
    public async Task<Result<LaunchSettings>> SaveAsync(LaunchSettings settings, CancellationToken cancellation = default)
    {
        if (LaunchSettingsRules.Check(settings, EnginePaths) is { } failure)
            return failure;
        var json = JsonSerializer.Serialize(settings, ApiJson.Options);
        await writer
            .ExecuteAsync(
                async (context, token) =>
                {
                    var row = await context.LaunchSettings.FindAsync([Key], token).ConfigureAwait(false);
                    if (row is null)
                        context.LaunchSettings.Add(row = new LaunchSettingsRow { Key = Key });
                    (row.Value, row.UpdatedAt) = (json, clock.GetUtcNow().ToUnixTimeMilliseconds());
                },
                cancellation
            )
            .ConfigureAwait(false);
        var merged = Merge(settings);
        _current = merged;
        changes.Publish(merged);
        return merged;
    }

    private LaunchSettings Merge(LaunchSettings? saved)
    {
        var configured = new LaunchSettings
        {
            ModelDirectories = configuration.GetSection(Section + nameof(LaunchSettings.ModelDirectories)).Get<string[]>() ?? [],
            EnginePath = configuration[Section + nameof(LaunchSettings.EnginePath)],
            PortRange = configuration[Section + nameof(LaunchSettings.PortRange)] ?? new LaunchSettings().PortRange,
        };
        if (saved is null)
            return configured;
        return new LaunchSettings
        {
            ModelDirectories = Locked.Contains("model_directories") ? configured.ModelDirectories : saved.ModelDirectories,
            EnginePath = Locked.Contains("engine_path") ? configured.EnginePath : saved.EnginePath,
            PortRange = Locked.Contains("port_range") ? configured.PortRange : saved.PortRange,
        };
    }
}
