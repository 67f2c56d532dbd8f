using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Parameters.Import;

/// <summary>One model to make.</summary>
/// <param name="Name">The name to give; null for the plan's, else the file's.</param>
/// <param name="Plan">Its settings.</param>
internal sealed record ImportEntry(string? Name, ImportPlan Plan);

/// <summary>What became of one model.</summary>
/// <param name="Model">The row, or null.</param>
/// <param name="Plan">What was set; values that were refused are in its reports.</param>
/// <param name="Failure">Why it was not made, or null.</param>
internal sealed record ImportOutcome(Model? Model, ImportPlan Plan, Failure? Failure);

/// <summary>
/// Makes models of plans in one transaction. A dry run does the same and takes it back, so that both say the same. A file that is in the
/// library becomes a
/// further model, or takes the row of the scan that nobody has touched.
/// </summary>
internal sealed class ModelImport(
    SectionWriter sections,
    DatabaseWriter writer,
    ModelStore models,
    ParameterStore store,
    UntouchedModels untouched,
    TimeProvider clock
)
{
    private const string DrySavepoint = "dry";
    private const string EntrySavepoint = "entry";
    private const string NoSource = "It names no model file, repository or address that can be used, so it could never start.";

    /// <summary>Makes the models. Each stands for itself: one that cannot be made is told, and the others are made.</summary>
    /// <param name="entries">The models in order.</param>
    /// <param name="dryRun">True to change nothing.</param>
    /// <param name="cancellation">Gives up before the writing begins.</param>
    public async Task<IReadOnlyList<ImportOutcome>> RunAsync(
        IReadOnlyList<ImportEntry> entries,
        bool dryRun,
        CancellationToken cancellation
    )
    {
        var files = await Task.Run(() => ImportedFiles.Read(entries.Select(entry => entry.Plan.ModelPath), cancellation), cancellation)
            .ConfigureAwait(false);
        var (outcomes, revisions) = await writer
            .ExecuteAsync(
                async (context, token) =>
                {
                    var transaction = context.Database.CurrentTransaction!;
                    await transaction.CreateSavepointAsync(DrySavepoint, token).ConfigureAwait(false);
                    var run = new Run(context, files, await ModelNames.LoadAsync(context, token).ConfigureAwait(false));
                    foreach (var entry in entries)
                        await AddAsync(run, entry, token).ConfigureAwait(false);
                    if (!dryRun)
                        return (run.Outcomes, run.Revisions);
                    context.ChangeTracker.Clear();
                    await transaction.RollbackToSavepointAsync(DrySavepoint, token).ConfigureAwait(false);
                    return (run.Outcomes.ConvertAll(outcome => outcome with { Model = null }), []);
                },
                cancellation
            )
            .ConfigureAwait(false);
        var made = outcomes.Where(outcome => outcome.Model is not null).ToList();
        foreach (var outcome in made.Take(made.Count == 1 ? 1 : 0))
            models.Changes.Publish(new ModelChanged(outcome.Model!.Id, ModelChanged.Added));
        if (made.Count > 1)
            models.Changes.Publish(new ModelChanged(0, ModelChanged.Library));
        foreach (var changed in revisions)
            store.Changes.Publish(changed);
        return outcomes;
    }

    private async Task AddAsync(Run run, ImportEntry entry, CancellationToken cancellation)
    {
        var transaction = run.Context.Database.CurrentTransaction!;
        await transaction.CreateSavepointAsync(EntrySavepoint, cancellation).ConfigureAwait(false);
        var outcome = await MakeAsync(run, entry, cancellation).ConfigureAwait(false);
        run.Outcomes.Add(outcome);
        run.Context.ChangeTracker.Clear(); // or each save would look at all rows of those before it
        if (outcome.Failure is null)
            return;
        await transaction.RollbackToSavepointAsync(EntrySavepoint, cancellation).ConfigureAwait(false);
        run.Names = await ModelNames.LoadAsync(run.Context, cancellation).ConfigureAwait(false);
    }

    private async Task<ImportOutcome> MakeAsync(Run run, ImportEntry entry, CancellationToken cancellation)
    {
        var plan = entry.Plan;
        if (Refuse(run, plan) is { } refused)
            return new ImportOutcome(null, plan, refused);
        var file = plan.ModelPath is { } path ? run.Files.Find(path) : null;
        var given = entry.Name ?? plan.Name;
        if (given is not null && ModelRules.NameError(given) is { } wrong)
            return new ImportOutcome(null, plan, Failure.Invalid("name", wrong));
        var model = file is null ? null : await untouched.FindAsync(run.Context, file, run.Taken, cancellation).ConfigureAwait(false);
        if (given is not null && run.Names.Refuse(given, model?.Id ?? 0) is { } taken)
            return new ImportOutcome(null, plan, Failure.Invalid("name", taken));
        model = model is null
            ? await CreateAsync(run, plan, file, given, cancellation).ConfigureAwait(false)
            : await RenameAsync(run, model, given, cancellation).ConfigureAwait(false);
        run.Taken.Add(model.Id);
        if (file is not null && plan.ModelPath != model.ModelPath)
            plan = plan.With(ConfigSection.Model, "model_path", model.ModelPath);
        plan = await SaveAsync(run, model.Id, plan, cancellation).ConfigureAwait(false);
        plan = await AddVariantsAsync(run, model, plan, cancellation).ConfigureAwait(false);
        await run.Context.SaveChangesAsync(cancellation).ConfigureAwait(false);
        return plan.HasSource || model.ModelPath is not null
            ? new ImportOutcome(model, plan, null)
            : new ImportOutcome(
                null,
                plan,
                Failure.Invalid(plan.Errors.Count > 0 ? plan.Errors : new Dictionary<string, string[]> { ["model_path"] = [NoSource] })
            );
    }

    private static Failure? Refuse(Run run, ImportPlan plan)
    {
        if (plan.Refused is { } other)
            return other;
        if (!plan.HasSource)
            return Failure.Invalid("model_path", plan.Errors.GetValueOrDefault("model_path") is [var reason, ..] ? reason : NoSource);
        return plan.ModelPath is { } path && run.Files.Problem(path) is { } problem ? Failure.Invalid("path", problem) : null;
    }

    private async Task<Model> CreateAsync(Run run, ImportPlan plan, ScannedModel? file, string? given, CancellationToken cancellation)
    {
        var name = given?.Trim() ?? run.Names.FreeOrNumbered(NameOf(plan));
        var model = ModelRows.New(name, Now());
        if (file is not null)
            file.Apply(model);
        else
            model.FileMissing = plan.ModelPath is not null && plan.Find("model_url") is null && plan.Find("hf_repo") is null;
        if (file is not null)
            await run
                .Context.IgnoredFiles.Where(ignored => ignored.Path == file.Entry.Path)
                .ExecuteDeleteAsync(cancellation)
                .ConfigureAwait(false);
        await ModelRows.AddAsync(run.Context, [model], cancellation).ConfigureAwait(false);
        await run.Context.SaveChangesAsync(cancellation).ConfigureAwait(false);
        run.Names.Add(name, new NameOwner(model.Id, name, false));
        return model;
    }

    private async Task<Model> RenameAsync(Run run, Model model, string? given, CancellationToken cancellation)
    {
        if (given is null || given.Trim() == model.Name)
            return model;
        (model.Name, model.UpdatedAt, model.Revision) = (given.Trim(), Now(), model.Revision + 1);
        await run.Context.SaveChangesAsync(cancellation).ConfigureAwait(false);
        run.Names = await ModelNames.LoadAsync(run.Context, cancellation).ConfigureAwait(false); // the old name is free
        return model;
    }

    // A value that is refused only here (a name that somebody has, a project that is not there, an engine that is not allowed) is left
    // out, and the rest saved.
    private async Task<ImportPlan> SaveAsync(Run run, long modelId, ImportPlan plan, CancellationToken cancellation)
    {
        foreach (var section in plan.Changes.Select(change => change.Section).ToList())
        {
            while (plan.Changes.FirstOrDefault(change => change.Section == section) is { } change)
            {
                var planned = await sections.PlanAsync(run.Context, modelId, change, cancellation).ConfigureAwait(false);
                if (planned.Failure is null)
                {
                    var revision = await sections.ApplyAsync(run.Context, modelId, planned, cancellation).ConfigureAwait(false);
                    await run.Context.SaveChangesAsync(cancellation).ConfigureAwait(false);
                    run.Revisions.Add(new ConfigChanged(modelId, section, revision));
                    break;
                }

                if (change.Values.Keys.FirstOrDefault(column => planned.Failure.Errors?.ContainsKey(column) ?? false) is not { } refused)
                    // The row was made in this transaction: nobody else can have changed it.
                    throw new InvalidOperationException(planned.Failure.Message);
                plan =
                    WithoutTaken(run, modelId, plan, section, refused)
                    ?? plan.Without(section, refused, string.Join(' ', planned.Failure.Errors![refused]));
            }
        }

        foreach (var name in ModelNames.Aliases(plan.Find("alias") as string, plan.Find("aliases") as string))
            run.Names.Add(name, new NameOwner(modelId, name, true));
        return plan;
    }

    // A name that somebody has takes no other name along. Null where it is not for a name that the values were refused.
    private static ImportPlan? WithoutTaken(Run run, long modelId, ImportPlan plan, string section, string column)
    {
        if (!SectionWriter.NameColumns.Contains(column) || plan.Find(column) is not string text)
            return null;
        var names = column == "alias" ? ModelNames.Aliases(text, null) : ModelNames.Aliases(null, text);
        var taken = names
            .Select(name => (Name: name, Reason: run.Names.Refuse(name, modelId)))
            .Where(name => name.Reason is not null)
            .ToList();
        if (taken.Count == 0)
            return null;
        string[] free = [.. names.Except(taken.Select(name => name.Name))];
        var left =
            free.Length == 0 ? null
            : column == "alias" ? string.Join(',', free)
            : ItemList.Write(free);
        return plan.With(section, column, left) with
        {
            NotUnderstood = [.. plan.NotUnderstood, .. taken.Select(name => new NotUnderstood(name.Name, name.Reason!, column))],
        };
    }

    private async Task<ImportPlan> AddVariantsAsync(Run run, Model model, ImportPlan plan, CancellationToken cancellation)
    {
        foreach (var variant in plan.Variants)
        {
            var problem = AliasRules.Check(variant.Name, variant.Parameters) is { } wrong
                ? string.Join(' ', wrong.Errors!.SelectMany(error => error.Value))
                : run.Names.Refuse(variant.Name);
            if (problem is not null)
            {
                plan = plan with { NotUnderstood = [.. plan.NotUnderstood, new NotUnderstood(variant.Name, problem, "aliases")] };
                continue;
            }

            run.Context.Add(
                new ModelAliasRow
                {
                    Name = variant.Name.Trim(),
                    ModelId = model.Id,
                    ParametersJson = variant.Parameters,
                    CreatedAt = Now(),
                    UpdatedAt = Now(),
                }
            );
            run.Names.Add(variant.Name, new NameOwner(model.Id, model.Name, true));
        }

        await run.Context.SaveChangesAsync(cancellation).ConfigureAwait(false);
        return plan;
    }

    /// <summary>The name that a plan suggests: of its file or repository.</summary>
    public static string NameOf(ImportPlan plan)
    {
        var source = ImportPlan.Sources.Select(plan.Find).OfType<string>().FirstOrDefault() ?? "model";
        var file = ForeignPath.FileName(source.Contains("://", StringComparison.Ordinal) ? source.Split('?', '#')[0] : source);
        var name = file.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) ? file[..^5] : file;
        return name.Length == 0 ? "model" : name.Replace(':', '-');
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();

    // What one import has done so far.
    private sealed class Run(LlamaDbContext context, ImportedFiles files, ModelNames names)
    {
        public LlamaDbContext Context => context;

        public ImportedFiles Files => files;

        public ModelNames Names { get; set; } = names;

        public HashSet<long> Taken { get; } = [];

        public List<ImportOutcome> Outcomes { get; } = [];

        public List<ConfigChanged> Revisions { get; } = [];
    }
}
