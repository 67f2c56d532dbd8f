using System.Globalization;
using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Files;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Models.Library;

/// <summary>
/// Deletes files of models, which nothing else in the dashboard does, and only where a person chose that very file: inside the models
/// folders, with all parts
/// of a set, while nothing runs from it. Each deletion is in <c>audit_log</c>.
/// </summary>
internal sealed class LibraryFiles(
    IDbContextFactory<LlamaDbContext> contexts,
    DatabaseWriter writer,
    ModelStore store,
    InstanceRegistry instances,
    LaunchSettingsAccess settings,
    ForeignFolders foreign,
    TimeProvider clock
)
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
        if (paths.Select(path => Refusal(path, folders)).FirstOrDefault(refusal => refusal is not null) is { } refused)
            return refused;
        long freed = 0;
        foreach (var path in paths)
        {
            var deleted = await Task.Run(() => DeleteFiles(path), cancellation).ConfigureAwait(false);
            var users = sharing.Where(model => model.Path == path).Select(model => model.Id).ToList();
            await AuditAsync(path, users, deleted, cancellation).ConfigureAwait(false);
            if (deleted.Failure is { } failure)
                return failure;
            freed += deleted.Value;
            var removed = await store.DeleteManyAsync(users, ignore: false, cancellation).ConfigureAwait(false);
            if (removed.Failure is { } trouble)
                return trouble;
        }

        return freed;
    }

    private async Task<List<(long Id, string Path)>> SharingAsync(IReadOnlyCollection<long> ids, CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync(
                async context =>
                {
                    var paths = context
                        .Models.Where(model => ids.Contains(model.Id) && model.ModelPath != null)
                        .Select(model => model.ModelPath);
                    var rows = await context
                        .Models.Where(model => paths.Contains(model.ModelPath))
                        .Select(model => new { model.Id, model.ModelPath })
                        .ToListAsync(cancellation)
                        .ConfigureAwait(false);
                    return rows.ConvertAll(row => (row.Id, row.ModelPath!));
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    private Failure? Refusal(string path, IReadOnlyList<string> folders)
    {
        try
        {
            var place = RealPath.OfEntry(path);
            if (foreign.Of(path) is { } owner)
                return Failure.Conflict(
                    $"'{path}' belongs to another program ({owner.Owner}): the dashboard does not delete it. Delete it there."
                );
            return folders.Any(folder => RealPath.IsInside(place, folder))
                ? null
                : Failure.Conflict(
                    $"'{path}' {(place == path ? "is" : $"is really '{place}', which is")} in none of the models folders: the "
                        + "dashboard does not delete it. Delete it with the program it belongs to."
                );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Failure.Conflict($"'{path}' is not deleted: {error.Message}");
        }
    }

    private Task AuditAsync(string path, IReadOnlyList<long> users, Result<long> deleted, CancellationToken cancellation) =>
        writer.ExecuteAsync(
            (context, _) =>
            {
                context.Audit.Add(
                    new AuditRow
                    {
                        Action = "model.delete_file",
                        ResourceType = "model",
                        ResourceId = string.Join(',', users.Take(100).Select(id => id.ToString(CultureInfo.InvariantCulture))),
                        Details = JsonSerializer.Serialize(
                            new
                            {
                                path,
                                bytes = deleted.IsSuccess ? deleted.Value : 0,
                                error = deleted.Failure?.Message,
                            }
                        ),
                        CreatedAt = clock.GetUtcNow().ToUnixTimeMilliseconds(),
                    }
                );
                return Task.CompletedTask;
            },
            cancellation
        );

    private static Result<long> DeleteFiles(string path)
    {
        long freed = 0;
        var file = path;
        try
        {
            if (!File.Exists(path) && new FileInfo(path).LinkTarget is null)
                return 0; // gone already
            foreach (var part in Parts(path))
            {
                file = part;
                // of a link only the link goes
                var size = new FileInfo(part) is { Exists: true, LinkTarget: null } plain ? plain.Length : 0;
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

    // A link that leads nowhere goes alone.
    private static IEnumerable<string> Parts(string path) =>
        File.Exists(path) ? DiskEntry.Of(path).Files.Select(part => part.Path) : [path];
}
