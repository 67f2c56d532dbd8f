using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Parameters.Templates;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Maintenance.Transfer;

/// <summary>One import of settings, inside the writer's transaction.</summary>
internal sealed class SettingsImportRun(
    SettingsFile file,
    SettingsSecrets secrets,
    TransferOptions options,
    TransferReport report,
    SectionWriter sections,
    ParameterCatalogue catalogue,
    long now
)
{
    private const int ValueLimit = 64 * 1024;
    private const int KeyLimit = 200;

    // of models that are taken, at most those of the file
    private readonly List<(long Id, string Name, IReadOnlyList<AliasValues> Aliases)> _aliases = [];
    private LlamaDbContext _context = null!;
    private ModelNames _names = null!;

    /// <summary>Sections that were changed.</summary>
    public List<ConfigChanged> Changed { get; } = [];

    /// <summary>Applies all of it; the caller commits or takes it back.</summary>
    public async Task ApplyAsync(LlamaDbContext context, IProgress<WorkStep>? progress, CancellationToken cancellation)
    {
        _context = context;
        cancellation.ThrowIfCancellationRequested();
        progress?.Report(new WorkStep("Taking settings"));
        await PreferencesAsync(cancellation).ConfigureAwait(false);
        await TemplatesAsync(cancellation).ConfigureAwait(false);
        if (
            await SectionAsync(null, ConfigSection.Server, file.ServerConfig, secrets.Server, "server_config", cancellation)
                .ConfigureAwait(false)
        )
            report.Settings.Add("server_config");
        var models = file.Models ?? [];
        _names = await ModelNames.LoadAsync(context, cancellation).ConfigureAwait(false);
        for (var i = 0; i < models.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new WorkStep("Taking models", (double)i / models.Count));
            await ModelAsync(models[i], cancellation).ConfigureAwait(false);
            await context.SaveChangesAsync(cancellation).ConfigureAwait(false);
            context.ChangeTracker.Clear(); // a thousand models with nine rows each would slow every save down
            if (models[i].Sections?.Values.Any(section => section.Values?.Keys.Any(SectionWriter.NameColumns.Contains) == true) == true)
                _names = await ModelNames.LoadAsync(context, cancellation).ConfigureAwait(false); // its other names are taken now
        }

        var aliases = new AliasImport(context, options, report, now);
        foreach (var (id, name, theirs) in _aliases) // after all models: their names go first
        {
            cancellation.ThrowIfCancellationRequested();
            await aliases.TakeAsync(id, name, theirs, cancellation).ConfigureAwait(false);
        }
    }

    private async Task ModelAsync(ModelValues theirs, CancellationToken cancellation)
    {
        var name = theirs.Name?.Trim() ?? "";
        var patch = new ModelPatch
        {
            Name = name,
            Type = theirs.Type,
            Favorite = theirs.Favorite,
            Tags = theirs.Tags,
            Notes = theirs.Notes,
        };
        if (ModelRules.Check(patch) is { } wrong)
        {
            report.Problems.Add(new TransferProblem($"models.{name}", string.Join(' ', wrong.Errors!.SelectMany(error => error.Value))));
            return;
        }

        var model = await _context.Models.FirstOrDefaultAsync(known => known.Name == name, cancellation).ConfigureAwait(false);
        if (model is not null && !options.Update)
        {
            report.Kept.Add(name);
            return;
        }

        if (model is null && _names.Refuse(name) is { } taken)
        {
            report.Problems.Add(new TransferProblem($"models.{name}", taken));
            return;
        }

        (model is null ? report.Added : report.Updated).Add(name);
        model ??= await NewAsync(name, theirs, cancellation).ConfigureAwait(false);
        if (theirs.Aliases is { Count: > 0 } aliases)
            _aliases.Add((model.Id, name, aliases));
        ModelRules.Apply(patch with { Favorite = theirs.Favorite || model.Favorite }, model);
        foreach (var section in ConfigSection.OfModel)
        {
            var hidden = secrets.Models.GetValueOrDefault(name)?.GetValueOrDefault(section) ?? [];
            await SectionAsync(
                    model.Id,
                    section,
                    theirs.Sections?.GetValueOrDefault(section),
                    hidden,
                    $"models.{name}.{section}",
                    cancellation
                )
                .ConfigureAwait(false);
        }
    }

    private async Task<Model> NewAsync(string name, ModelValues theirs, CancellationToken cancellation)
    {
        var model = ModelRows.New(name, now);
        var path = theirs.Sections?.GetValueOrDefault(ConfigSection.Model)?.Values?.GetValueOrDefault("model_path")
            is { ValueKind: JsonValueKind.String } file
            ? file.GetString()
            : null;
        model.FileMissing = path is not null && !File.Exists(path);
        await ModelRows.AddAsync(_context, [model], cancellation).ConfigureAwait(false);
        await _context.SaveChangesAsync(cancellation).ConfigureAwait(false);
        return model;
    }

    // What does not pass is left out, named, and the rest is tried again: at most as often as there are columns.
    private async Task<bool> SectionAsync(
        long? modelId,
        string section,
        SectionValues? theirs,
        Dictionary<string, JsonElement> hidden,
        string where,
        CancellationToken cancellation
    )
    {
        var definitions = modelId is null ? catalogue.Section(section) : catalogue.SectionOfModel(section);
        var body = new Dictionary<string, object?>(
            (theirs?.Values ?? [])
                .Concat(hidden)
                .GroupBy(pair => pair.Key)
                .Select(group => KeyValuePair.Create(group.Key, (object?)group.Last().Value))
        );
        if (theirs?.Forced is { Count: > 0 } forced)
            body["forced"] = forced;
        if (body.Count == 0)
            return false;
        var change = ConfigJson.Read(section, definitions, JsonSerializer.SerializeToElement(body), out var errors) with
        {
            Revision = null,
        };
        Report(where, errors);
        while (change.Values.Count > 0 || change.Forced is not null)
        {
            var plan = await sections
                .PlanAsync(
                    _context,
                    modelId,
                    Unset(change, await OursAsync(modelId, section, cancellation).ConfigureAwait(false)),
                    cancellation
                )
                .ConfigureAwait(false);
            if (plan.Failure is null)
            {
                var revision = await sections.ApplyAsync(_context, modelId, plan, cancellation).ConfigureAwait(false);
                Changed.Add(new ConfigChanged(modelId, section, revision));
                return plan.Edit.Values.Count > 0;
            }

            if (plan.Failure.Errors is not { Count: > 0 } refused)
                break;
            Report(where, refused);
            var left = change.Values.Where(pair => !refused.ContainsKey(pair.Key)).ToDictionary();
            if (left.Count == change.Values.Count && !(refused.ContainsKey("forced") && change.Forced is not null))
                break;
            change = change with { Values = left, Forced = refused.ContainsKey("forced") ? null : change.Forced };
        }

        return false;
    }

    // The server settings are merged column by column: without update, what is set here stays.
    private SectionChange Unset(SectionChange change, IConfigRecord? ours)
    {
        if (options.Update || ours is null)
            return change;
        var map = ColumnMap.For(ours.GetType());
        return change with
        {
            Values = change.Values.Where(pair => !map.Contains(pair.Key) || map.Get(ours, pair.Key) is null).ToDictionary(),
        };
    }

    private async Task<IConfigRecord?> OursAsync(long? modelId, string section, CancellationToken cancellation) =>
        modelId is null && section == ConfigSection.Server
            ? await _context.ServerConfigs.FirstOrDefaultAsync(cancellation).ConfigureAwait(false)
            : null;

    private void Report(string where, Dictionary<string, string[]> errors) => Report(where, (IReadOnlyDictionary<string, string[]>)errors);

    private void Report(string where, IReadOnlyDictionary<string, string[]> errors)
    {
        foreach (var (column, words) in errors)
            report.Problems.Add(new TransferProblem($"{where}.{column}", string.Join(' ', words)));
    }

    private async Task PreferencesAsync(CancellationToken cancellation)
    {
        foreach (var (key, value) in (file.Preferences ?? new Dictionary<string, JsonElement>()).Concat(secrets.Preferences))
        {
            var json = value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? null : value.GetRawText();
            if (json is null || json.Length > ValueLimit || key.Length is 0 or > KeyLimit || key.Any(char.IsControl))
            {
                report.Problems.Add(new TransferProblem($"preferences.{key}", "Empty, or too long."));
                continue;
            }

            var row = await _context.Configs.FindAsync([key], cancellation).ConfigureAwait(false);
            if (row is not null && (!options.Update || row.Value == json))
                continue;
            if (row is null)
                _context.Configs.Add(row = new ConfigRow { Key = key, CreatedAt = now });
            (row.Value, row.ValueType, row.UpdatedAt) = (json, TypeOf(value), now);
            report.Settings.Add($"preferences.{key}");
        }
    }

    private async Task TemplatesAsync(CancellationToken cancellation)
    {
        var rows = _context.Set<ParameterTemplateRow>();
        var count = await rows.CountAsync(cancellation).ConfigureAwait(false);
        foreach (var template in file.Templates ?? [])
        {
            var row = await rows.FirstOrDefaultAsync(known => known.Name == template.Name, cancellation).ConfigureAwait(false);
            if (row is not null && !options.Update)
                continue;
            if (
                string.IsNullOrWhiteSpace(template.Name)
                || template.Values.ValueKind != JsonValueKind.Object
                || (row is null && count++ >= TemplateStore.Bound)
            )
            {
                report.Problems.Add(
                    new TransferProblem(
                        $"templates.{template.Name}",
                        $"It has no name or no values, or there are {TemplateStore.Bound} already."
                    )
                );
                continue;
            }

            if (row is null)
                rows.Add(row = new ParameterTemplateRow { Name = template.Name, CreatedAt = now });
            (row.Description, row.ValuesJson, row.UpdatedAt) = (template.Description, template.Values.GetRawText(), now);
            report.Settings.Add($"templates.{template.Name}");
        }
    }

    private static string TypeOf(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => "str",
            JsonValueKind.True or JsonValueKind.False => "bool",
            JsonValueKind.Number => value.TryGetInt64(out _) ? "int" : "float",
            _ => "json",
        };
}
