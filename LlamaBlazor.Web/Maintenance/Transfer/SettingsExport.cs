using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Api;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Maintenance.Transfer;

/// <summary>Writes settings and models as JSON. Secrets are left out unless a pass phrase seals them; keys of clients are never in
/// it.</summary>
internal sealed class SettingsExport(
    IDbContextFactory<LlamaDbContext> contexts,
    ParameterStore store,
    ParameterCatalogue catalogue,
    LaunchSettingsAccess launch,
    AuditTrail audit,
    TimeProvider clock
)
{
    /// <summary>Models in one file.</summary>
    public const int ModelBound = 10_000;

    private static readonly JsonSerializerOptions Indented = new(ApiJson.Options)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The file as text.</summary>
    /// <param name="phrase">Seals the secrets; null leaves them out.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<Result<string>> WriteAsync(
        string? phrase,
        IProgress<WorkStep>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var secrets = SettingsSecrets.None;
        var server = (await store.ReadServerAsync(cancellation).ConfigureAwait(false));
        var (open, secret) = SecretSplit.Split(catalogue.Section(ConfigSection.Server), server.Values);
        foreach (var (column, value) in secret)
            secrets.Server[column] = value;
        var file = new SettingsFile
        {
            Format = SettingsFile.KnownFormat,
            Version = SettingsFile.KnownVersion,
            CreatedAt = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            LaunchSettings = await launch.GetAsync(cancellation).ConfigureAwait(false),
            ServerConfig = new SectionValues(open, Forced(server.Row)),
            Preferences = await PreferencesAsync(secrets, cancellation).ConfigureAwait(false),
            Templates = await TemplatesAsync(cancellation).ConfigureAwait(false),
            Models = await ModelsAsync(secrets, progress, cancellation).ConfigureAwait(false),
        };
        audit.Note("settings_exported", "database", null, new { models = file.Models.Count, secrets = phrase is not null });
        if (phrase is null)
            return JsonSerializer.Serialize(file, Indented);
        return SealedText
            .Seal(JsonSerializer.Serialize(secrets, ApiJson.Options), phrase)
            .Match<Result<string>>(box => JsonSerializer.Serialize(file with { Sealed = box }, Indented), failure => failure);
    }

    private static IReadOnlyList<string>? Forced(IConfigRecord? row) => row?.ForcedColumns is { } forced ? ItemList.Read(forced) : null;

    private async Task<IReadOnlyDictionary<string, JsonElement>> PreferencesAsync(SettingsSecrets secrets, CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync(
                async context =>
                {
                    var all = await context
                        .Configs.OrderBy(row => row.Key)
                        .Select(row => new { row.Key, row.Value })
                        .ToListAsync(cancellation)
                        .ConfigureAwait(false);
                    foreach (var row in all.Where(row => SecretWords.IsSecret(row.Key)))
                        secrets.Preferences[row.Key] = JsonElement.Parse(row.Value);
                    return all.Where(row => !SecretWords.IsSecret(row.Key))
                        .ToDictionary(row => row.Key, row => JsonElement.Parse(row.Value));
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<TemplateValues>> TemplatesAsync(CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync(
                async context =>
                {
                    var rows = await context
                        .Set<ParameterTemplateRow>()
                        .OrderBy(row => row.Name)
                        .ToListAsync(cancellation)
                        .ConfigureAwait(false);
                    return rows.ConvertAll(row => new TemplateValues(row.Name, row.Description, JsonElement.Parse(row.ValuesJson)));
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<ModelValues>> ModelsAsync(
        SettingsSecrets secrets,
        IProgress<WorkStep>? progress,
        CancellationToken cancellation
    )
    {
        var (ids, aliases) = await contexts
            .ReadAsync(
                async context =>
                {
                    var ids = await context
                        .Models.Where(model => model.Role == ModelRole.Model)
                        .OrderBy(model => model.Name)
                        .Take(ModelBound)
                        .Select(model => model.Id)
                        .ToListAsync(cancellation)
                        .ConfigureAwait(false);
                    var rows = await context
                        .Set<ModelAliasRow>()
                        .OrderBy(row => row.Name)
                        .Select(row => new
                        {
                            row.ModelId,
                            row.Name,
                            row.ParametersJson,
                        })
                        .ToListAsync(cancellation)
                        .ConfigureAwait(false);
                    var aliases = rows.ToLookup(
                        row => row.ModelId,
                        row => new AliasValues(row.Name, row.ParametersJson is null ? null : JsonElement.Parse(row.ParametersJson))
                    );
                    return (ids, aliases);
                },
                cancellation
            )
            .ConfigureAwait(false);

        var models = new List<ModelValues>(ids.Count);
        foreach (var id in ids)
        {
            progress?.Report(new WorkStep("Reading models", (double)models.Count / ids.Count));
            if (await store.ReadAsync(id, cancellation).ConfigureAwait(false) is { } configuration)
                models.Add(Describe(configuration, [.. aliases[id]], secrets));
        }

        return models;
    }

    private ModelValues Describe(ModelConfiguration configuration, IReadOnlyList<AliasValues> aliases, SettingsSecrets secrets)
    {
        var (model, sections) = (configuration.Model, new Dictionary<string, SectionValues>());
        foreach (var section in ConfigSection.OfModel)
        {
            var (open, secret) = SecretSplit.Split(catalogue.SectionOfModel(section), configuration.Own);
            var forced = Forced(configuration.Rows.GetValueOrDefault(section));
            if (open.Count > 0 || forced is not null)
                sections[section] = new SectionValues(open, forced);
            if (secret.Count == 0)
                continue;
            if (!secrets.Models.TryGetValue(model.Name, out var ofModel))
                secrets.Models[model.Name] = ofModel = [];
            ofModel[section] = secret;
        }

        return new ModelValues(
            model.Name,
            model.Type,
            model.Favorite,
            model.Tags,
            model.Notes,
            sections,
            aliases.Count == 0 ? null : aliases
        );
    }
}
