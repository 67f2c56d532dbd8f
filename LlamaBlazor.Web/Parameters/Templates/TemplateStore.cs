using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Shared.Api;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Parameters.Templates;

/// <summary>Templates: the four built in and the user's own.</summary>
internal sealed class TemplateStore(
    IDbContextFactory<LlamaDbContext> contexts,
    DatabaseWriter writer,
    ParameterStore store,
    ParameterCatalogue catalogue,
    TimeProvider clock
)
{
    /// <summary>Templates of the user that can be kept.</summary>
    public const int Bound = 200;

    private const int NameBound = 80;
    private const string ForcedKey = "forced"; // no section is called so

    /// <summary>All of them, built in first.</summary>
    public async Task<IReadOnlyList<ParameterTemplate>> ListAsync(CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync<IReadOnlyList<ParameterTemplate>>(
                async context =>
                {
                    var rows = await context
                        .Set<ParameterTemplateRow>()
                        .OrderBy(row => row.Name)
                        .Take(Bound)
                        .ToListAsync(cancellation)
                        .ConfigureAwait(false);
                    return
                    [
                        .. ParameterTemplate.Standard,
                        .. rows.Select(row => new ParameterTemplate(row.Id, row.Name, row.Description, Read(row.ValuesJson))
                        {
                            Forced = ReadForced(row.ValuesJson),
                        }),
                    ];
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>The template with an id or a name, or null.</summary>
    public async Task<ParameterTemplate?> FindAsync(string key, CancellationToken cancellation)
    {
        var all = await ListAsync(cancellation).ConfigureAwait(false);
        return all.FirstOrDefault(template => template.Name.Equals(key, StringComparison.OrdinalIgnoreCase))
            ?? all.FirstOrDefault(template => template.Id?.ToString() == key);
    }

    /// <summary>Saves a template under its name; an own one of the same name is replaced.</summary>
    public async Task<Result<ParameterTemplate>> SaveAsync(ParameterTemplate template, CancellationToken cancellation)
    {
        if (Check(template) is { } failure)
            return failure;
        var json = JsonSerializer.Serialize(
            template
                .Values.ToDictionary(
                    pair => pair.Key,
                    object (pair) =>
                        pair.Value.ToDictionary(
                            value => value.Key,
                            value => ConfigJson.Write(catalogue.FindColumn(value.Key)!, value.Value)
                        )
                )
                .Append(new KeyValuePair<string, object>(ForcedKey, template.Forced))
                .ToDictionary(),
            ApiJson.Options
        );
        return await writer
            .ExecuteAsync<Result<ParameterTemplate>>(
                async (context, token) =>
                {
                    var rows = context.Set<ParameterTemplateRow>();
                    var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
                    var row = await rows.FirstOrDefaultAsync(known => known.Name == template.Name, token).ConfigureAwait(false);
                    if (row is null && await rows.CountAsync(token).ConfigureAwait(false) >= Bound)
                        return Failure.Conflict($"{Bound} templates are kept. Delete one first.");
                    if (row is null)
                        rows.Add(row = new ParameterTemplateRow { Name = template.Name, CreatedAt = now });
                    (row.Description, row.ValuesJson, row.UpdatedAt) = (template.Description, json, now);
                    await context.SaveChangesAsync(token).ConfigureAwait(false);
                    return template with { Id = row.Id };
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>Deletes one of the user's own.</summary>
    public async Task<Result<bool>> DeleteAsync(long id, CancellationToken cancellation)
    {
        var removed = await writer
            .ExecuteAsync(
                async (context, token) =>
                {
                    var row = await context.Set<ParameterTemplateRow>().FindAsync([id], token).ConfigureAwait(false);
                    if (row is not null)
                        context.Remove(row);
                    return row is not null;
                },
                cancellation
            )
            .ConfigureAwait(false);
        return removed ? true : Failure.NotFound($"There is no template with the id {id}. Those built in cannot be deleted.");
    }

    /// <summary>Applies a template to a model, as one save. Returns the number of settings it names.</summary>
    public async Task<Result<int>> ApplyAsync(long modelId, ParameterTemplate template, CancellationToken cancellation)
    {
        var saved = await store.SaveAsync(modelId, [.. Changes(template)], cancellation).ConfigureAwait(false);
        return saved.IsSuccess ? template.Values.Sum(section => section.Value.Count) : saved.Failure!;
    }

    /// <summary>Values by section from JSON; what the catalogue no longer knows, or cannot read, is left out.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, object?>> Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document
            .RootElement.EnumerateObject()
            .Where(section => ConfigSection.OfModel.Contains(section.Name))
            .ToDictionary(
                section => section.Name,
                IReadOnlyDictionary<string, object?> (section) =>
                    section
                        .Value.EnumerateObject()
                        .Select(pair => (pair.Name, Definition: catalogue.FindColumn(pair.Name), pair.Value))
                        .Where(pair => pair.Definition is not null && ParameterInput.FromJson(pair.Definition, pair.Value).Error is null)
                        .ToDictionary(pair => pair.Name, pair => ParameterInput.FromJson(pair.Definition!, pair.Value).Value)
            );
    }

    private static string[] ReadForced(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.TryGetProperty(ForcedKey, out var forced)
            ? [.. forced.EnumerateArray().Select(column => column.GetString()!)]
            : [];
    }

    private static IEnumerable<SectionChange> Changes(ParameterTemplate template) =>
        template.Values.Select(pair => new SectionChange(pair.Key, pair.Value)
        {
            Forced = [.. template.Forced.Where(pair.Value.ContainsKey)],
            MergeForced = true,
        });

    private Failure? Check(ParameterTemplate template)
    {
        if (string.IsNullOrWhiteSpace(template.Name) || template.Name.Length > NameBound || template.Name.Any(char.IsControl))
            return Failure.Invalid("name", $"Give the template a name of at most {NameBound} characters.");
        if (ParameterTemplate.Standard.Any(known => known.Name.Equals(template.Name, StringComparison.OrdinalIgnoreCase)))
            return Failure.Invalid("name", $"'{template.Name}' comes with the dashboard. Choose another name.");
        if (template.Values.Sum(section => section.Value.Count) == 0)
            return Failure.Invalid("values", "The template sets nothing. Set something on the model first.");
        var errors = new Dictionary<string, string[]>();
        foreach (
            var (field, messages) in Changes(template).SelectMany(change => SectionRules.Check(catalogue, ofModel: true, change, _ => null))
        )
            errors[field] = messages;
        if (template.Forced.FirstOrDefault(column => !template.Values.Any(section => section.Value.ContainsKey(column))) is { } stray)
            errors["forced"] = [$"{stray} is forced, but the template does not set it."];
        return errors.Count == 0 ? null : Failure.Invalid(errors);
    }
}
