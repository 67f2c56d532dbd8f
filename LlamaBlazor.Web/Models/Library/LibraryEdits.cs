using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Models.Library;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Models.Library;

/// <summary>Changes of the library that people ask for: add one file, copy a model with its settings, remove models without a
/// file.</summary>
internal sealed class LibraryEdits(
    IDbContextFactory<LlamaDbContext> contexts,
    DatabaseWriter writer,
    InstanceRegistry instances,
    ModelStore store,
    LaunchSettingsAccess settings,
    TimeProvider clock
)
{
    /// <summary>Adds a file, or a split set by any of its parts, from anywhere on this machine. A file that is there already is a
    /// conflict.</summary>
    public async Task<Result<Model>> AddAsync(string path, string? name, CancellationToken cancellation = default)
    {
        if (name is not null && ModelRules.NameError(name) is { } wrong)
            return Failure.Invalid("name", wrong);
        var found = EntryOf(path);
        if (!found.IsSuccess)
            return found.Failure!;
        var entry = found.Value;
        var scanned = await Task.Run(() => ScannedModel.Read(entry, cancellation), cancellation).ConfigureAwait(false);
        if (!scanned.IsSuccess)
            return Failure.Invalid("path", $"'{entry.Path}': {scanned.Failure!.Message}");
        return Tell(
            await writer
                .ExecuteAsync<Result<Model>>(
                    async (context, token) =>
                    {
                        if (
                            await context.Models.FirstOrDefaultAsync(model => model.ModelPath == entry.Path, token).ConfigureAwait(false) is
                            { } known
                        )
                            return Failure.Conflict(
                                $"'{entry.Path}' is in the library already, as '{known.Name}'. To run it with other settings, "
                                    + "duplicate that model."
                            );
                        var names = await ModelNames.LoadAsync(context, token).ConfigureAwait(false);
                        if (name is not null && names.Refuse(name) is { } taken)
                            return Failure.Invalid("name", taken);
                        var model = ModelRows.New(name?.Trim() ?? names.Take(entry.Path), Now());
                        scanned.Value.Apply(model);
                        await context.IgnoredFiles.Where(file => file.Path == entry.Path).ExecuteDeleteAsync(token).ConfigureAwait(false);
                        await ModelRows.AddAsync(context, [model], token).ConfigureAwait(false);
                        return model;
                    },
                    cancellation
                )
                .ConfigureAwait(false),
            ModelChanged.Added
        );
    }

    /// <summary>Copies a model with all its settings but its aliases under a free name, so that one file can run in two ways.</summary>
    public async Task<Result<Model>> DuplicateAsync(string key, string? name, CancellationToken cancellation = default)
    {
        if (name is not null && ModelRules.NameError(name) is { } wrong)
            return Failure.Invalid("name", wrong);
        return Tell(
            await writer
                .ExecuteAsync<Result<Model>>(
                    async (context, token) =>
                    {
                        if (await ModelStore.FindAsync(context.Models, key, token).ConfigureAwait(false) is not { } original)
                            return ModelStore.Unknown(key);
                        var names = await ModelNames.LoadAsync(context, token).ConfigureAwait(false);
                        if (name is not null && names.Refuse(name) is { } taken)
                            return Failure.Invalid("name", taken);
                        var fresh = ModelRows.New(name?.Trim() ?? names.FreeOrNumbered($"{original.Name}-copy"), Now());
                        var copy = (Model)context.Entry(original).CurrentValues.ToObject();
                        (copy.Id, copy.Uid, copy.Name, copy.CreatedAt, copy.UpdatedAt, copy.FirstSeenAt) = (
                            0,
                            fresh.Uid,
                            fresh.Name,
                            fresh.CreatedAt,
                            fresh.UpdatedAt,
                            fresh.FirstSeenAt
                        );
                        (copy.Status, copy.RuntimeStatus, copy.Favorite, copy.LastUsedAt, copy.Alias, copy.Revision) = (
                            ModelStatus.Stopped,
                            null,
                            false,
                            null,
                            null,
                            0
                        );
                        (copy.FitParamsAvailable, copy.LastFitParamsCheck) = (false, null);
                        context.Models.Add(copy);
                        await context.SaveChangesAsync(token).ConfigureAwait(false);
                        await CopyConfigsAsync(context, original.Id, copy.Id, token).ConfigureAwait(false);
                        return copy;
                    },
                    cancellation
                )
                .ConfigureAwait(false),
            ModelChanged.Added
        );
    }

    /// <summary>What <see cref="CleanupAsync"/> would do. Models of a folder that is not there, or is empty, as on a disk that is not
    /// mounted, stay.</summary>
    public async Task<CleanupPlan> PlanCleanupAsync(CancellationToken cancellation = default)
    {
        var active = instances.Active.Select(instance => instance.ModelId).ToHashSet();
        var folders = (await settings.GetAsync(cancellation).ConfigureAwait(false)).ModelDirectories;
        return await contexts
            .ReadAsync(
                async context =>
                {
                    var marked = await context
                        .Models.Where(model => model.FileMissing && model.ModelPath != null)
                        .Select(model => new { model.Id, Path = model.ModelPath! })
                        .ToListAsync(cancellation)
                        .ConfigureAwait(false);
                    return await Task.Run(
                            () =>
                            {
                                var unavailable = UnavailableFolders.Among(folders);
                                var gone = marked
                                    .Where(model => !active.Contains(model.Id) && DiskEntry.IsGone(model.Path))
                                    .Select(model => (model.Id, Reason: unavailable.Of(model.Path)))
                                    .ToList(); // it may have come back since the scan
                                var kept = gone.Where(model => model.Reason is not null).ToList();
                                return new CleanupPlan(
                                    [.. gone.Where(model => model.Reason is null).Select(model => model.Id)],
                                    kept.Count,
                                    [.. kept.Select(model => model.Reason!).Distinct()]
                                );
                            },
                            cancellation
                        )
                        .ConfigureAwait(false);
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>Removes every model whose file is gone and that is not running, in one transaction.</summary>
    /// <returns>How many, and what stays.</returns>
    public async Task<(int Removed, CleanupPlan Plan)> CleanupAsync(CancellationToken cancellation = default)
    {
        var plan = await PlanCleanupAsync(cancellation).ConfigureAwait(false);
        var removed = await writer
            .ExecuteAsync(
                async (context, token) =>
                {
                    var count = 0;
                    foreach (var chunk in plan.Removable.Chunk(500))
                        count += (
                            await ModelRows
                                .DeleteAsync(
                                    context,
                                    await context
                                        .Models.Where(model => chunk.Contains(model.Id) && model.FileMissing)
                                        .Select(model => model.Id)
                                        .ToArrayAsync(token)
                                        .ConfigureAwait(false),
                                    Now(),
                                    token
                                )
                                .ConfigureAwait(false)
                        ).Count;
                    return count;
                },
                cancellation
            )
            .ConfigureAwait(false);
        if (removed > 0)
            store.Changes.Publish(new ModelChanged(0, ModelChanged.Library));
        return (removed, plan);
    }

    private static Result<LibraryEntry> EntryOf(string path)
    {
        if (string.IsNullOrWhiteSpace(path) || !Path.IsPathFullyQualified(path))
            return Failure.Invalid("path", "Give the absolute path of a .gguf file on this machine.");
        if (path.Contains('\0'))
            return Failure.Invalid("path", "A path cannot hold the character of the code 0.");
        try
        {
            return File.Exists(path) || new FileInfo(path).LinkTarget is not null
                ? DiskEntry.Of(path)
                : Failure.Invalid(
                    "path",
                    DiskEntry.IsShut(path)
                        ? $"'{path}' cannot be reached: the dashboard may not enter a folder above it. Give its user access."
                        : $"There is no file '{path}'."
                );
        }
        catch (FileNotFoundException)
        {
            return Failure.Invalid("path", $"The link '{path}' leads to a file that does not exist.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Failure.Invalid("path", $"'{path}': {FolderWalker.Explain(error)}");
        }
    }

    private async Task CopyConfigsAsync(LlamaDbContext context, long from, long to, CancellationToken cancellation)
    {
        await CopyAsync<SamplingConfig>(context, from, to, cancellation).ConfigureAwait(false);
        await CopyAsync<MemoryConfig>(context, from, to, cancellation).ConfigureAwait(false);
        await CopyAsync<GpuConfig>(context, from, to, cancellation).ConfigureAwait(false);
        await CopyAsync<AdvancedConfig>(context, from, to, cancellation).ConfigureAwait(false);
        await CopyAsync<LoraConfig>(context, from, to, cancellation).ConfigureAwait(false);
        await CopyAsync<MultimodalConfig>(context, from, to, cancellation).ConfigureAwait(false);
        await CopyAsync<ServerOverride>(context, from, to, cancellation).ConfigureAwait(false);
        (await CopyAsync<RuntimeConfig>(context, from, to, cancellation).ConfigureAwait(false)).Aliases = null; // a name has one owner
        context.Add(
            new FitParams
            {
                ModelId = to,
                CreatedAt = Now(),
                UpdatedAt = Now(),
            }
        );
    }

    private async Task<T> CopyAsync<T>(LlamaDbContext context, long from, long to, CancellationToken cancellation)
        where T : ModelConfigRecord, new()
    {
        var row =
            await context.Set<T>().AsNoTracking().FirstOrDefaultAsync(config => config.ModelId == from, cancellation).ConfigureAwait(false)
            ?? new T();
        (row.Id, row.ModelId, row.Revision, row.CreatedAt, row.UpdatedAt) = (0, to, 0, Now(), Now());
        context.Add(row);
        return row;
    }

    private Result<Model> Tell(Result<Model> result, string kind)
    {
        if (result.IsSuccess)
            store.Changes.Publish(new ModelChanged(result.Value.Id, kind));
        return result;
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
