using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Models.Library;

namespace LlamaBlazor.Web.Parameters.Import;

/// <summary>Turns pasted command lines into models, or into settings of a model that is there.</summary>
internal sealed class CommandImport(ParameterCatalogue catalogue, ParameterStore store, ModelStore models, LibraryEdits library,
    AllowedPaths paths, DatabaseWriter writer, TimeProvider clock)
{
    private readonly CommandLineParser _parser = new(catalogue, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));

    /// <summary>Reads a command; invalid when it is empty, too long, or has values that the rules refuse.</summary>
    public Result<ImportPlan> Read(string? command)
    {
        if (string.IsNullOrWhiteSpace(command))
            return Failure.Invalid("command", "Paste a llama-server command line.");
        if (command.Length > ShellWords.MaxLength)
            return Failure.Invalid("command", $"At most {ShellWords.MaxLength:N0} characters are read. Put long grammars and templates into files.");
        return Check(Keep(ImportPlan.From(catalogue, _parser.Parse(command))));
    }

    /// <summary>A plan without the paths that settings may not name, which are told as left out; the rest is kept. Asks the disk.</summary>
    public ImportPlan Keep(ImportPlan plan)
    {
        object? Value(ParameterDefinition definition) =>
            plan.Changes.Select(change => change.Values.GetValueOrDefault(definition.Column)).FirstOrDefault(value => value is not null);
        var refused = paths.Refused(plan.Changes.SelectMany(change => change.Values.Keys)
            .Select(catalogue.FindColumn).OfType<ParameterDefinition>(), Value);
        if (refused.Count == 0)
            return plan;
        var kept = plan.Changes.Select(change => change with
        {
            Values = change.Values.Where(pair => !refused.ContainsKey(pair.Key)).ToDictionary(),
            Forced = change.Forced?.Where(column => !refused.ContainsKey(column)).ToList(),
        });
        return plan with
        {
            Changes = [.. kept.Where(change => change.Values.Count > 0 || change.Forced is { Count: > 0 })],
            NotUnderstood = [.. plan.NotUnderstood,
                .. refused.Select(pair => new NotUnderstood(catalogue.FindColumn(pair.Key)?.Flag ?? pair.Key, pair.Value))],
        };
    }

    /// <summary>Makes a model of a plan.</summary>
    /// <param name="plan">From <see cref="Read"/>.</param>
    /// <param name="name">Name to give, else the line's alias, else the file's.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<Result<Model>> CreateAsync(ImportPlan plan, string? name, CancellationToken cancellation)
    {
        if (Check(plan) is { IsSuccess: false } refused)
            return refused.Failure!;
        var made = await AddAsync(plan, name ?? plan.Name, cancellation).ConfigureAwait(false);
        if (!made.IsSuccess)
            return made;
        var saved = await store.SaveAsync(made.Value.Id, plan.Changes, cancellation).ConfigureAwait(false);
        if (saved.IsSuccess)
            return made;
        await models.DeleteManyAsync([made.Value.Id], ignore: false, cancellation).ConfigureAwait(false); // all or nothing
        return saved.Failure!;
    }

    /// <summary>Applies a plan to a model.</summary>
    public async Task<Result<int>> ApplyAsync(long modelId, ImportPlan plan, CancellationToken cancellation)
    {
        var saved = await store.SaveAsync(modelId, plan.Changes, cancellation).ConfigureAwait(false);
        return saved.IsSuccess ? plan.Changes.Sum(change => change.Values.Count) : saved.Failure!;
    }

    /// <summary>Why a plan would not become a model of this name, or null: values that the rules refuse, and names that are somebody else's.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="name">The name.</param>
    /// <param name="names">Whose each name is; those of the plan are noted.</param>
    public Failure? Refuse(ImportPlan plan, string name, ModelNames names)
    {
        if (Check(plan).Failure is { } wrong)
            return wrong;
        if ((ModelRules.NameError(name) ?? names.Refuse(name)) is { } taken)
            return Failure.Invalid("name", taken);
        string? Value(string column) => plan.Changes.Select(change => change.Values.GetValueOrDefault(column)).OfType<string>().FirstOrDefault();
        var aliases = ModelNames.Aliases(Value("alias"), Value("aliases")).Where(alias => !alias.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList();
        if (aliases.Select(alias => names.Refuse(alias)).OfType<string>().ToArray() is { Length: > 0 } others)
            return Failure.Invalid(new Dictionary<string, string[]> { ["aliases"] = others });
        foreach (var word in aliases.Prepend(name))
            names.Add(word, new NameOwner(0, name, word != name));
        return null;
    }

    private Result<ImportPlan> Check(ImportPlan plan)
    {
        var errors = new Dictionary<string, string[]>();
        foreach (var (field, messages) in plan.Changes.SelectMany(change => SectionRules.Check(catalogue, ofModel: true, change, _ => null)))
            errors[field] = messages;
        return errors.Count == 0 ? plan : Failure.Invalid(errors);
    }

    // A file that is there is added as the library does it, with what its header says; else only the row is made.
    private async Task<Result<Model>> AddAsync(ImportPlan plan, string? name, CancellationToken cancellation)
    {
        if (plan.ModelPath is { } path && Path.IsPathFullyQualified(path) && File.Exists(path))
            return await library.AddAsync(path, name, cancellation).ConfigureAwait(false);
        if (name is not null && ModelRules.NameError(name) is { } wrong)
            return Failure.Invalid("name", wrong);
        var wanted = name ?? NameOf(plan);
        if (wanted is null)
            return Failure.Invalid("name", "The command names no model file or repository. Give the model a name.");
        var result = await writer.ExecuteAsync<Result<Model>>(async (context, token) =>
        {
            var names = await ModelNames.LoadAsync(context, token).ConfigureAwait(false);
            if (name is not null && names.Refuse(name) is { } taken)
                return Failure.Invalid("name", taken);
            var model = ModelRows.New(name?.Trim() ?? names.FreeOrNumbered(wanted), clock.GetUtcNow().ToUnixTimeMilliseconds());
            await ModelRows.AddAsync(context, [model], token).ConfigureAwait(false);
            return model;
        }, cancellation).ConfigureAwait(false);
        if (result.IsSuccess)
            models.Changes.Publish(new ModelChanged(result.Value.Id, ModelChanged.Added));
        return result;
    }

    private static string? NameOf(ImportPlan plan)
    {
        var values = plan.Changes.FirstOrDefault(change => change.Section == ConfigSection.Model)?.Values;
        var source = (values?.GetValueOrDefault("model_path") ?? values?.GetValueOrDefault("hf_repo") ?? values?.GetValueOrDefault("model_url") ?? values?.GetValueOrDefault("docker_repo")) as string;
        return source is null ? null : Path.GetFileNameWithoutExtension(source.Replace('\\', '/').Replace(':', '-'));
    }
}
