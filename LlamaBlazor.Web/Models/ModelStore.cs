using System.Globalization;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Models;

/// <summary>The rows of <c>models</c>, one at a time. Lists are read by <see cref="ModelQueries"/>, files by the library scan.</summary>
internal sealed class ModelStore(
    IDbContextFactory<LlamaDbContext> contexts,
    DatabaseWriter writer,
    InstanceRegistry instances,
    DeletionUndo undo,
    Broadcast<ModelChanged> changes,
    TimeProvider clock
)
{
    /// <summary>Tells of each change, also of those that scans make.</summary>
    public Broadcast<ModelChanged> Changes => changes;

    /// <summary>The model with this id, uid or name (without regard to case), in this order; null when there is none.</summary>
    /// <param name="key">Integer id, uid or name.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<Model?> FindAsync(string key, CancellationToken cancellation = default)
    {
        return await contexts.ReadAsync(context => FindAsync(context.Models, key, cancellation), cancellation).ConfigureAwait(false);
    }

    /// <summary>Changes some columns of a model: null and missing ones stay.</summary>
    public async Task<Result<Model>> PatchAsync(string key, ModelPatch patch, CancellationToken cancellation = default)
    {
        if (ModelRules.Check(patch) is { } invalid)
            return invalid;
        var result = await writer
            .ExecuteAsync<Result<Model>>(
                async (context, token) =>
                {
                    if (await FindAsync(context.Models, key, token).ConfigureAwait(false) is not { } model)
                        return Unknown(key);
                    if (
                        patch.Name is { } name
                        && (await ModelNames.LoadAsync(context, token).ConfigureAwait(false)).Refuse(name, model.Id) is { } taken
                    )
                        return Failure.Invalid("name", taken);
                    ModelRules.Apply(patch, model);
                    Touch(model);
                    return model;
                },
                cancellation
            )
            .ConfigureAwait(false);
        return Tell(result, ModelChanged.Updated);
    }

    /// <summary>Marks or unmarks a favourite; without a value it toggles.</summary>
    public async Task<Result<Model>> SetFavoriteAsync(string key, bool? favorite, CancellationToken cancellation = default)
    {
        var result = await writer
            .ExecuteAsync<Result<Model>>(
                async (context, token) =>
                {
                    if (await FindAsync(context.Models, key, token).ConfigureAwait(false) is not { } model)
                        return Unknown(key);
                    model.Favorite = favorite ?? !model.Favorite;
                    Touch(model);
                    return model;
                },
                cancellation
            )
            .ConfigureAwait(false);
        return Tell(result, ModelChanged.Updated);
    }

    /// <summary>Removes a model with its configuration, never its file. With <paramref name="ignore"/> scans leave the file out from now
    /// on.</summary>
    public async Task<Result<DeletionOutcome>> DeleteAsync(string key, bool ignore, CancellationToken cancellation = default) =>
        await FindAsync(key, cancellation).ConfigureAwait(false) is { } model
            ? await DeleteUndoablyAsync([model.Id], ignore, cancellation).ConfigureAwait(false)
            : Unknown(key);

    /// <summary>As <see cref="DeleteUndoablyAsync"/>, where nobody is asked whether it was meant.</summary>
    public async Task<Result<int>> DeleteManyAsync(IReadOnlyCollection<long> ids, bool ignore, CancellationToken cancellation = default)
    {
        var deleted = await DeleteUndoablyAsync(ids, ignore, cancellation).ConfigureAwait(false);
        return deleted.IsSuccess ? deleted.Value.Removed : deleted.Failure!;
    }

    /// <summary>
    /// Removes models as <see cref="DeleteAsync"/> does, all or none: a running one is a conflict. Those that are gone already count as
    /// removed. It can be
    /// undone for a while.
    /// </summary>
    public async Task<Result<DeletionOutcome>> DeleteUndoablyAsync(
        IReadOnlyCollection<long> ids,
        bool ignore,
        CancellationToken cancellation = default
    )
    {
        if (ids.Select(instances.Find).FirstOrDefault(instance => instance is { IsActive: true }) is { } active)
            return Failure.Conflict($"'{active.Model}' is {active.Status}. Stop it first, then delete it.");
        var bundle = default(ModelBundle);
        var ignored = new List<string>();
        var names = await writer
            .ExecuteAsync(
                async (context, token) =>
                {
                    var gone = new List<string>();
                    bundle = DeletionUndo.Keeps(ids.Count) ? await ModelBundle.ReadAsync(context, ids, token).ConfigureAwait(false) : null;
                    foreach (var chunk in ids.Chunk(500))
                    {
                        if (ignore)
                            ignored.AddRange(await IgnoreAsync(context, chunk, token).ConfigureAwait(false));
                        gone.AddRange(await ModelRows.DeleteAsync(context, chunk, Now(), token).ConfigureAwait(false));
                    }

                    return gone;
                },
                cancellation
            )
            .ConfigureAwait(false);
        foreach (var id in ids)
            instances.Remove(id);
        changes.Publish(new ModelChanged(ids.Count == 1 ? ids.First() : 0, ids.Count == 1 ? ModelChanged.Deleted : ModelChanged.Library));
        return new DeletionOutcome(names.Count, bundle is null || names.Count == 0 ? null : undo.Keep(bundle, names, ignored));
    }

    /// <summary>The answer for a key that is no model.</summary>
    public static Failure Unknown(string key) => Failure.NotFound($"There is no model '{key}'. GET /api/models lists all of them.");

    /// <summary>As <see cref="FindAsync(string, CancellationToken)"/>, inside an edit.</summary>
    public static async Task<Model?> FindAsync(IQueryable<Model> models, string key, CancellationToken cancellation)
    {
        if (
            long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && await models.FirstOrDefaultAsync(model => model.Id == id, cancellation).ConfigureAwait(false) is { } found
        )
            return found;
        return await models.FirstOrDefaultAsync(model => model.Uid == key, cancellation).ConfigureAwait(false)
            // the column compares without regard to case
            ?? await models.FirstOrDefaultAsync(model => model.Name == key, cancellation).ConfigureAwait(false)
            ?? (
                key.Contains("%2F", StringComparison.OrdinalIgnoreCase) // routes leave the slash of a name encoded
                    ? await FindAsync(models, key.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase), cancellation)
                        .ConfigureAwait(false)
                    : null
            );
    }

    // The files that are ignored from now on.
    private async Task<List<string>> IgnoreAsync(LlamaDbContext context, long[] ids, CancellationToken cancellation)
    {
        var paths = await context
            .Models.Where(model => ids.Contains(model.Id) && model.ModelPath != null)
            .Select(model => model.ModelPath!)
            .Distinct()
            .ToListAsync(cancellation)
            .ConfigureAwait(false);
        var known = await context
            .IgnoredFiles.Where(file => paths.Contains(file.Path))
            .Select(file => file.Path)
            .ToListAsync(cancellation)
            .ConfigureAwait(false);
        var fresh = paths.Except(known).ToList();
        context.IgnoredFiles.AddRange(fresh.Select(path => new IgnoredFileRow { Path = path, CreatedAt = Now() }));
        await context.SaveChangesAsync(cancellation).ConfigureAwait(false);
        return fresh;
    }

    private Result<Model> Tell(Result<Model> result, string kind)
    {
        if (result.IsSuccess)
            changes.Publish(new ModelChanged(result.Value.Id, kind));
        return result;
    }

    private void Touch(Model model)
    {
        model.UpdatedAt = Now();
        model.Revision++;
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>What a deletion did.</summary>
/// <param name="Removed">Models that have gone.</param>
/// <param name="Undo">How it can be undone; null where it cannot.</param>
internal sealed record DeletionOutcome(int Removed, Deletion? Undo);
