using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Models.Library;

namespace LlamaBlazor.Web.Parameters.Import;

/// <summary>
/// Makes a model of the columns a program sends (seed S0.26, saveModel): a file, a repository or an address, with any setting of any
/// section. A column that
/// is the dashboard's own, or none at all, is named and nothing is made.
/// </summary>
internal sealed class ModelCreation(
    LibraryEdits library,
    CommandImport import,
    ParameterStore parameters,
    ModelStore store,
    ParameterCatalogue catalogue
)
{
    private static readonly string[] Sources = ["model_path", "hf_repo", "docker_repo", "model_url"];
    private static readonly string[] Described = ["name", "type", "tags", "notes", "favorite"];

    // Columns of the row that nobody sets: what the file says, what the dashboard counts.
    private static readonly HashSet<string> Own = typeof(Model)
        .GetProperties()
        .Select(property => ColumnMap.SnakeCase(property.Name))
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>Makes the model, whole or not at all.</summary>
    public async Task<Result<Model>> CreateAsync(JsonElement body, CancellationToken cancellation)
    {
        if (body.ValueKind != JsonValueKind.Object)
            return Failure.Invalid("body", "Send a JSON object with the columns of the model.");
        var columns = body.EnumerateObject()
            .DistinctBy(property => property.Name)
            .ToDictionary(property => property.Name == "path" ? "model_path" : property.Name, property => property.Value);
        var errors = new Dictionary<string, string[]>();
        var changes = Settings(columns, errors);
        var patch = Patch(columns, errors);
        if (
            !Sources.Any(source =>
                columns.TryGetValue(source, out var value) && value.ValueKind == JsonValueKind.String && value.GetString()!.Length > 0
            )
        )
            errors["path"] = [$"Give the absolute path of a .gguf file on this machine, or one of {string.Join(", ", Sources[1..])}."];
        if (errors.Count > 0)
            return Failure.Invalid(errors);
        return await MakeAsync(new ImportPlan(patch.Name, changes, [], []), patch, cancellation).ConfigureAwait(false);
    }

    private async Task<Result<Model>> MakeAsync(ImportPlan plan, ModelPatch patch, CancellationToken cancellation)
    {
        var added = plan.ModelPath is null
            ? await MakeOfASourceAsync(plan, patch.Name, cancellation).ConfigureAwait(false)
            : await MakeOfAFileAsync(plan, plan.ModelPath, patch.Name, cancellation).ConfigureAwait(false);
        if (!added.IsSuccess)
            return added;
        var id = added.Value.Id;
        var described = patch with { Name = null };
        if (described == new ModelPatch())
            return await store.FindAsync($"{id}", cancellation).ConfigureAwait(false) ?? added; // as it is once its sections were written
        var patched = await store.PatchAsync($"{id}", described, cancellation).ConfigureAwait(false);
        if (!patched.IsSuccess)
            await store.DeleteManyAsync([id], ignore: false, cancellation).ConfigureAwait(false);
        return patched;
    }

    private async Task<Result<Model>> MakeOfAFileAsync(ImportPlan plan, string path, string? name, CancellationToken cancellation)
    {
        var added = await library.AddAsync(path, name, cancellation).ConfigureAwait(false);
        var others = plan
            .Changes.Select(change => change with { Values = change.Values.Where(pair => pair.Key != "model_path").ToDictionary() })
            .Where(change => change.Values.Count > 0)
            .ToList();
        if (!added.IsSuccess || others.Count == 0)
            return added;
        var saved = await parameters.SaveAsync(added.Value.Id, others, cancellation).ConfigureAwait(false);
        if (saved.IsSuccess)
            return added;
        await store.DeleteManyAsync([added.Value.Id], ignore: false, cancellation).ConfigureAwait(false);
        return saved.Failure!;
    }

    // A value that is refused refuses the model; an import would leave it out.
    private async Task<Result<Model>> MakeOfASourceAsync(ImportPlan plan, string? name, CancellationToken cancellation)
    {
        var trial = await import.CreateAsync(plan, name, dryRun: true, cancellation).ConfigureAwait(false);
        if (trial.Failure is null && trial.Plan.Errors.Count > 0)
            return Failure.Invalid(trial.Plan.Errors);
        var made = trial.Failure is null ? await import.CreateAsync(plan, name, dryRun: false, cancellation).ConfigureAwait(false) : trial;
        return made.Model is { } model ? model : made.Failure!;
    }

    private List<SectionChange> Settings(Dictionary<string, JsonElement> columns, Dictionary<string, string[]> errors)
    {
        var changes = new List<SectionChange>();
        var known = new HashSet<string>(Described, StringComparer.Ordinal);
        foreach (var section in ConfigSection.OfModel)
        {
            var definitions = catalogue.SectionOfModel(section);
            var wanted = columns
                .Where(column => !known.Contains(column.Key) && definitions.Any(definition => definition.Column == column.Key))
                .ToDictionary(column => column.Key, column => column.Value);
            known.UnionWith(wanted.Keys);
            if (wanted.Count == 0)
                continue;
            changes.Add(ConfigJson.Read(section, definitions, JsonSerializer.SerializeToElement(wanted), out var wrong));
            foreach (var (field, messages) in wrong)
                errors[field] = messages;
        }

        foreach (var other in columns.Keys.Where(column => !known.Contains(column)))
        {
            errors[other] =
            [
                Own.Contains(other)
                    ? "The dashboard keeps this column itself: leave it out."
                    : "There is no such column. GET /api/models/{id}/config lists the settings of a model.",
            ];
        }

        return changes;
    }

    private static ModelPatch Patch(Dictionary<string, JsonElement> columns, Dictionary<string, string[]> errors)
    {
        var read = ModelPatchReader.Read(
            JsonSerializer.SerializeToElement(columns.Where(column => Described.Contains(column.Key)).ToDictionary())
        );
        foreach (var (field, messages) in read.Failure?.Errors ?? new Dictionary<string, string[]>())
            errors[field] = messages;
        return read.IsSuccess ? read.Value : new ModelPatch();
    }
}
