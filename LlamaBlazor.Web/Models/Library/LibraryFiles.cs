using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Settings;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Models.Library;

/// <summary>
/// Deletes files of models, which nothing else in the dashboard does, and only where a person chose that very file: inside the models folders, with all parts
/// of a set, while nothing runs from it.
/// </summary>
internal sealed class LibraryFiles(IDbContextFactory<LlamaDbContext> contexts, ModelStore store, InstanceBoard instances, LaunchSettingsStore settings, ForeignFolders foreign)
{
    /// <summary>Deletes the files of these models from the disk, and every model that uses them from the library.</summary>
    /// <returns>Bytes freed; a failure names the first file that could not be deleted: what was deleted before is gone.</returns>
    public async Task<Result<long>> DeleteAsync(IReadOnlyCollection<long> ids, CancellationToken cancellation = default)
    {
        var folders = (await settings.GetAsync(cancellation).ConfigureAwait(false)).ModelDirectories;
        var sharing = await SharingAsync(ids, cancellation).ConfigureAwait(false);
        if (sharing.Select(model => instances.Find(model.Id)).FirstOrDefault(instance => instance is { IsActive: true }) is { } active)
            return Failure.Conflict($"'{active.Model}' is {active.Status}. Stop it first, then delete its file.");
        var paths = sharing.Select(model => model.Path).Distinct().ToList();
        if (paths.Select(path => (Path: path, Place: foreign.Of(path))).FirstOrDefault(pair => pair.Place is not null) is { Place: { } place } owned)
            return Failure.Conflict($"'{owned.Path}' belongs to another program ({place.Owner}): the dashboard does not delete it. Delete it there.");
        if (paths.Find(path => !folders.Any(folder => IsInside(path, folder))) is { } outside)
            return Failure.Conflict($"'{outside}' is in none of the models folders: the dashboard does not delete it. Delete it with the program it belongs to.");
        long freed = 0;
        foreach (var path in paths)
        {
            var deleted = await Task.Run(() => DeleteFiles(path), cancellation).ConfigureAwait(false);
            if (deleted.Failure is { } failure)
                return failure;
            freed += deleted.Value;
            var removed = await store.DeleteManyAsync([.. sharing.Where(model => model.Path == path).Select(model => model.Id)], ignore: false, cancellation).ConfigureAwait(false);
            if (removed.Failure is { } trouble)
                return trouble;
        }

        return freed;
    }

    private async Task<List<(long Id, string Path)>> SharingAsync(IReadOnlyCollection<long> ids, CancellationToken cancellation)
    {
        var context = await contexts.CreateDbContextAsync(cancellation).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
        {
            var paths = context.Models.Where(model => ids.Contains(model.Id) && model.ModelPath != null).Select(model => model.ModelPath);
            var rows = await context.Models.AsNoTracking().Where(model => paths.Contains(model.ModelPath)).Select(model => new { model.Id, model.ModelPath }).ToListAsync(cancellation).ConfigureAwait(false);
            return rows.ConvertAll(row => (row.Id, row.ModelPath!));
        }
    }

    private static bool IsInside(string path, string folder) => Path.GetFullPath(path).StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static Result<long> DeleteFiles(string path)
    {
        long freed = 0;
        var file = path;
        try
        {
            foreach (var part in Parts(path))
            {
                file = part;
                var size = new FileInfo(part) is { Exists: true, LinkTarget: null } plain ? plain.Length : 0; // of a link only the link goes
                File.Delete(part);
                freed += size;
            }

            return freed;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Failure.Conflict($"'{file}' could not be deleted: {error.Message}");
        }
    }

    private static IEnumerable<string> Parts(string path) => SplitName.Parse(Path.GetFileName(path)) is { } split
        ? Enumerable.Range(1, split.Count).Select(part => Path.Combine(Path.GetDirectoryName(path)!, split.FileName(part)))
        : [path];
}
