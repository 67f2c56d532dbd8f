using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Parameters.History;
using LlamaBlazor.Web.Settings;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Parameters;

/// <summary>One section of one save: first planned, then, when all plans hold, applied.</summary>
/// <param name="Edit">The edits.</param>
/// <param name="Row">The row to change, tracked; null when it must not be changed.</param>
/// <param name="Failure">Why it cannot be saved, or null.</param>
internal sealed record SectionPlan(SectionChange Edit, IConfigRecord? Row, Failure? Failure);

/// <summary>Changes the row of a section inside the writer's transaction and records what changed.</summary>
internal sealed class SectionWriter(
    ParameterCatalogue catalogue,
    SecretProtector secrets,
    AllowedPaths paths,
    EnginePathRules engines,
    TimeProvider clock
)
{
    /// <summary>Revisions kept of each section.</summary>
    public const int KeptRevisions = 50;

    /// <summary>Columns with further names of a model.</summary>
    public static readonly IReadOnlyList<string> NameColumns = ["alias", "aliases"];

    /// <summary>Finds the row and checks the edits against it.</summary>
    public async Task<SectionPlan> PlanAsync(LlamaDbContext context, long? modelId, SectionChange edit, CancellationToken cancellation)
    {
        var row = await FindOrCreateAsync(context, modelId, edit.Section, cancellation).ConfigureAwait(false);
        if (row is null)
            return new SectionPlan(edit, null, Failure.NotFound($"There is no model with the id {modelId}."));
        if (edit.Revision is { } seen && seen != row.Revision)
            return new SectionPlan(
                edit,
                null,
                Failure.Conflict(
                    $"The {edit.Section} settings were saved by somebody else meanwhile (revision {row.Revision}, yours is {seen}). "
                        + "Read them again, then repeat your change."
                )
            );
        var errors = SectionRules.Check(
            catalogue,
            modelId is not null,
            edit,
            column => ColumnMap.For(row.GetType()) is var map && map.Contains(column) ? map.Get(row, column) : null
        );
        if (
            row is RuntimeConfig runtime
            && await UnknownProjectAsync(context, runtime, edit, cancellation).ConfigureAwait(false) is { } unknown
        )
            errors.TryAdd("project", [unknown]);
        AddForbidden(edit, row, errors);
        AddUnsafe(edit, row, errors);
        if (modelId is { } owner)
            await AddTakenAsync(context, owner, edit, row, errors, cancellation).ConfigureAwait(false);
        return new SectionPlan(edit, row, errors.Count == 0 ? null : Failure.Invalid(errors));
    }

    /// <summary>Writes the values that differ and a revision with before and after. Returns the section's revision.</summary>
    public async Task<long> ApplyAsync(LlamaDbContext context, long? modelId, SectionPlan plan, CancellationToken cancellation)
    {
        var (edit, row) = (plan.Edit, plan.Row!);
        var before = new Dictionary<string, object?>();
        var after = new Dictionary<string, object?>();
        var map = ColumnMap.For(row.GetType());
        var edits = edit.Values.Select(pair => Complete(map.Get(row, pair.Key), pair));
        foreach (var (column, value) in edits.Where(pair => Differs(map.Get(row, pair.Key), pair)))
        {
            before[column] = map.Get(row, column);
            after[column] = secrets.Close(catalogue.FindColumn(column), value);
            map.Set(row, column, after[column]);
        }

        var forced = ForcedAfter(edit, row.ForcedColumns);
        if (forced != row.ForcedColumns)
            (before["forced"], after["forced"], row.ForcedColumns) = (row.ForcedColumns, forced, forced);
        if (after.Count == 0)
            return row.Revision;
        if (context.Entry(row).State == EntityState.Detached)
            context.Add(row); // only now: a refused or empty save leaves nothing behind
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        (row.UpdatedAt, row.Revision) = (now, row.Revision + 1);
        context
            .Set<ConfigRevisionRow>()
            .Add(
                new ConfigRevisionRow
                {
                    ModelId = modelId,
                    Section = edit.Section,
                    Revision = row.Revision,
                    BeforeJson = JsonSerializer.Serialize(before),
                    AfterJson = JsonSerializer.Serialize(after),
                    CreatedAt = now,
                }
            );
        await ForgetOldAsync(context, modelId, edit.Section, cancellation).ConfigureAwait(false);
        return row.Revision;
    }

    // What an engine runs must be ours: the program itself, and the libraries it looks for.
    private void AddUnsafe(SectionChange edit, IConfigRecord row, Dictionary<string, string[]> errors)
    {
        var known = (row as RuntimeConfig)?.EnginePath;
        if (edit.Values.GetValueOrDefault("engine_path") is string path && path != known && engines.Refuse(path) is { } refusal)
            errors.TryAdd("engine_path", [refusal]);
        if (
            edit.Values.GetValueOrDefault(EngineVariables.Column) is string variables
            && engines.RefuseLibraries(EngineVariables.Read(variables)) is { } place
        )
            errors.TryAdd(EngineVariables.Column, [place]);
    }

    // Nobody's limits would count: the start would be refused, but only then. One that was set before its project was removed does not
    // stand in the way of other edits.
    private static async Task<string?> UnknownProjectAsync(
        LlamaDbContext context,
        RuntimeConfig stored,
        SectionChange edit,
        CancellationToken cancellation
    )
    {
        if (
            edit.Values.GetValueOrDefault("project") is not string name
            || name == stored.Project
            || ProjectQuota.Default.Equals(name, StringComparison.OrdinalIgnoreCase)
        )
            return null;
        return await context.Set<ProjectQuotaRow>().AnyAsync(row => row.ProjectPath == name, cancellation).ConfigureAwait(false)
            ? null
            : $"There is no project '{name}'. Make it on the Resources page first, or leave the field empty for "
                + $"'{ProjectQuota.Default}', which has no limits.";
    }

    // A path that was set before the rule came does not stand in the way of other edits; the start looks at it.
    private void AddForbidden(SectionChange edit, IConfigRecord row, Dictionary<string, string[]> errors)
    {
        var map = ColumnMap.For(row.GetType());
        var changed = edit
            .Values.Where(pair => map.Contains(pair.Key) && !Equals(map.Get(row, pair.Key), pair.Value))
            .Select(pair => catalogue.FindColumn(pair.Key))
            .OfType<ParameterDefinition>();
        foreach (var (column, reason) in paths.Refused(changed, definition => edit.Values[definition.Column]))
            errors.TryAdd(column, [reason]);
    }

    // A name has one owner. Those a model has already do not stand in the way of other edits.
    private static async Task AddTakenAsync(
        LlamaDbContext context,
        long modelId,
        SectionChange edit,
        IConfigRecord row,
        Dictionary<string, string[]> errors,
        CancellationToken cancellation
    )
    {
        foreach (var column in NameColumns.Where(column => edit.Values.GetValueOrDefault(column) is string && !errors.ContainsKey(column)))
        {
            IReadOnlyList<string> Names(object? value) =>
                ModelNames.Aliases(column == "alias" ? value as string : null, column == "alias" ? null : value as string);
            var fresh = Names(edit.Values[column])
                .Except(Names(ColumnMap.For(row.GetType()).Get(row, column)), StringComparer.OrdinalIgnoreCase)
                .ToList();
            var known = fresh.Count == 0 ? null : await ModelNames.LoadAsync(context, cancellation).ConfigureAwait(false);
            if (fresh.Select(name => known!.Refuse(name, modelId)).OfType<string>().ToArray() is { Length: > 0 } taken)
                errors[column] = taken;
        }
    }

    private static string? ForcedAfter(SectionChange edit, string? stored)
    {
        if (edit.Forced is not { } given)
            return stored;
        var kept = edit.MergeForced && stored is not null ? ItemList.Read(stored).Where(column => !edit.Values.ContainsKey(column)) : [];
        string[] all = [.. kept.Union(given).Order(StringComparer.Ordinal)];
        return all.Length == 0 ? null : ItemList.Write(all);
    }

    private bool Differs(object? stored, KeyValuePair<string, object?> edit)
    {
        var definition = catalogue.FindColumn(edit.Key)!;
        if (definition.Secret && edit.Value is ShellText.Mask)
            return false; // what stands for the secret is not the secret
        return !Equals(secrets.Open(definition, stored), edit.Value);
    }

    // Among free entries, too, what stands for a secret is not the secret.
    private KeyValuePair<string, object?> Complete(object? stored, KeyValuePair<string, object?> edit) =>
        catalogue.FindColumn(edit.Key) is { } definition && SecretEntries.AreIn(definition) && edit.Value is string json
            ? KeyValuePair.Create(edit.Key, (object?)SecretEntries.Restore(json, secrets.Open(definition, stored) as string))
            : edit;

    private async Task<IConfigRecord?> FindOrCreateAsync(
        LlamaDbContext context,
        long? modelId,
        string section,
        CancellationToken cancellation
    )
    {
        var row = modelId is { } id
            ? await ConfigRows.FindAsync(context, id, section, cancellation).ConfigureAwait(false)
            : await ConfigRows.FindServerAsync(context, cancellation).ConfigureAwait(false);
        if (row is not null || section == ConfigSection.Model)
            return row;
        if (modelId is null)
        {
            row = new ServerConfig { Id = 1 };
        }
        else
        {
            if (!await context.Models.AnyAsync(model => model.Id == modelId, cancellation).ConfigureAwait(false))
                return null;
            var made = (ModelConfigRecord)Activator.CreateInstance(ConfigSection.RowType(section))!;
            made.ModelId = modelId.Value;
            row = made;
        }

        row.CreatedAt = row.UpdatedAt = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return row;
    }

    private static Task<int> ForgetOldAsync(LlamaDbContext context, long? modelId, string section, CancellationToken cancellation)
    {
        // The new revision is not in the table yet, so one less is kept.
        var kept = context.Set<ConfigRevisionRow>().Where(revision => revision.ModelId == modelId && revision.Section == section);
        return kept.Where(revision => !kept.OrderByDescending(other => other.Id).Take(KeptRevisions - 1).Contains(revision))
            .ExecuteDeleteAsync(cancellation);
    }
}
