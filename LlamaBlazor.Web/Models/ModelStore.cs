using System.Globalization;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Models;

/// <summary>The rows of <c>models</c>, one at a time. Lists are read by <see cref="ModelQueries"/>, files by the library scan.</summary>
internal sealed class ModelStore(
    IDbContextFactory<LlamaDbContext> contexts,
    DatabaseWriter writer,
    InstanceBoard instances,
    Broadcast<ModelChanged> changes,
    TimeProvider clock)
{
    /// <summary>Tells of each change, also of those that scans make.</summary>
    public Broadcast<ModelChanged> Changes => changes;

    /// <summary>The model with this id, uid or name (without regard to case), in this order; null when there is none.</summary>
    /// <param name="key">Integer id, uid or name.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<Model?> FindAsync(string key, CancellationToken cancellation = default)
    {
        var context = await contexts.CreateDbContextAsync(cancellation).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
            return await FindAsync(context.Models.AsNoTracking(), key, cancellation).ConfigureAwait(false);
    }

    /// <summary>Changes some columns of a model: null and missing ones stay.</summary>
    public async Task<Result<Model>> PatchAsync(string key, ModelPatch patch, CancellationToken cancellation = default)
    {
        if (ModelRules.Check(patch) is { } invalid)
            return invalid;
        var result = await writer.ExecuteAsync<Result<Model>>(async (context, token) =>
        {
            if (await FindAsync(context.Models, key, token).ConfigureAwait(false) is not { } model)
                return Unknown(key);
            if (patch.Name?.Trim() is { } name && await context.Models.AnyAsync(other => other.Name == name && other.Id != model.Id, token).ConfigureAwait(false))
                return Failure.Invalid("name", $"Another model is already called '{name}'. Choose another name.");
            ModelRules.Apply(patch, model);
            Touch(model);
            return model;
        }, cancellation).ConfigureAwait(false);
        return Tell(result, ModelChanged.Updated);
    }

    /// <summary>Marks or unmarks a favourite; without a value it toggles.</summary>
    public async Task<Result<Model>> SetFavoriteAsync(string key, bool? favorite, CancellationToken cancellation = default)
    {
        var result = await writer.ExecuteAsync<Result<Model>>(async (context, token) =>
        {
            if (await FindAsync(context.Models, key, token).ConfigureAwait(false) is not { } model)
                return Unknown(key);
            model.Favorite = favorite ?? !model.Favorite;
            Touch(model);
            return model;
        }, cancellation).ConfigureAwait(false);
        return Tell(result, ModelChanged.Updated);
    }

    /// <summary>Removes a model with its configuration, never its file. With <paramref name="ignore"/> scans leave the file out from now on.</summary>
    public async Task<Result<Model>> DeleteAsync(string key, bool ignore, CancellationToken cancellation = default)
    {
        var result = await writer.ExecuteAsync<Result<Model>>(async (context, token) =>
        {
            if (await FindAsync(context.Models, key, token).ConfigureAwait(false) is not { } model)
                return Unknown(key);
            if (instances.Find(model.Id) is { IsActive: true } instance)
                return Failure.Conflict($"'{model.Name}' is {instance.Status}. Stop it first, then delete it.");
            context.Models.Remove(model);
            if (ignore && model.ModelPath is { } path && !await context.IgnoredFiles.AnyAsync(file => file.Path == path, token).ConfigureAwait(false))
                context.IgnoredFiles.Add(new IgnoredFileRow { Path = path, CreatedAt = Now() });
            return model;
        }, cancellation).ConfigureAwait(false);
        if (result.IsSuccess)
            instances.Remove(result.Value.Id);
        return Tell(result, ModelChanged.Deleted);
    }

    /// <summary>The answer for a key that is no model.</summary>
    public static Failure Unknown(string key) => Failure.NotFound($"There is no model '{key}'. GET /api/models lists all of them.");

    /// <summary>As <see cref="FindAsync(string, CancellationToken)"/>, inside an edit.</summary>
    public static async Task<Model?> FindAsync(IQueryable<Model> models, string key, CancellationToken cancellation)
    {
        if (long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && await models.FirstOrDefaultAsync(model => model.Id == id, cancellation).ConfigureAwait(false) is { } found)
            return found;
        return await models.FirstOrDefaultAsync(model => model.Uid == key, cancellation).ConfigureAwait(false)
            ?? await models.FirstOrDefaultAsync(model => model.Name == key, cancellation).ConfigureAwait(false) // the column compares without regard to case
            ?? (key.Contains("%2F", StringComparison.OrdinalIgnoreCase) // routes leave the slash of a name encoded
                ? await FindAsync(models, key.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase), cancellation).ConfigureAwait(false)
                : null);
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
