using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared.Files;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Models.Library;

/// <summary>
/// Deletes copies of files that are there more than once. The library may list one file in two places, so before anything is deleted
/// another file is
/// opened that is really another one and still has the same content.
/// </summary>
internal sealed class LibraryCopies(IDbContextFactory<LlamaDbContext> contexts, LibraryFiles files)
{
    /// <summary>As <see cref="LibraryFiles.DeleteAsync"/>, but refuses to delete the last copy of anything.</summary>
    public async Task<Result<long>> DeleteAsync(IReadOnlyCollection<long> ids, CancellationToken cancellation = default)
    {
        var rows = await RowsAsync(ids, cancellation).ConfigureAwait(false);
        var lonely = await Task.Run(
                () =>
                    rows.GroupBy(row => row.Fingerprint)
                        .Select(group => FindLonely([.. group], ids, cancellation))
                        .FirstOrDefault(path => path is not null),
                cancellation
            )
            .ConfigureAwait(false);
        return lonely is null
            ? await files.DeleteAsync(ids, cancellation).ConfigureAwait(false)
            : Failure.Conflict(
                $"No other file with the content of '{lonely}' can be read: nothing was deleted. Scan the folders, and look again."
            );
    }

    private async Task<List<Copy>> RowsAsync(IReadOnlyCollection<long> ids, CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync(
                async context =>
                {
                    var fingerprints = context.Models.Where(model => ids.Contains(model.Id)).Select(model => model.Fingerprint);
                    return await context
                        .Models.Where(model => model.ModelPath != null && fingerprints.Contains(model.Fingerprint))
                        .Select(model => new Copy(model.Id, model.ModelPath!, model.Fingerprint))
                        .ToListAsync(cancellation)
                        .ConfigureAwait(false);
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    // A path to be deleted without which the content is lost, or null.
    private static string? FindLonely(List<Copy> copies, IReadOnlyCollection<long> ids, CancellationToken cancellation)
    {
        var leaving = copies.Where(copy => ids.Contains(copy.Id)).Select(copy => copy.Path).ToHashSet();
        var lost = leaving.SelectMany(Identities).ToHashSet();
        var stays = copies
            .Where(copy => !leaving.Contains(copy.Path))
            .DistinctBy(copy => copy.Path)
            .Any(copy =>
                copy.Fingerprint is not null
                && Identities(copy.Path) is { Count: > 0 } own
                && !own.Any(lost.Contains)
                && FingerprintOf(copy.Path, cancellation) == copy.Fingerprint
            );
        return stays ? null : leaving.First();
    }

    private static List<string> Identities(string path)
    {
        try
        {
            return File.Exists(path)
                ? [.. DiskEntry.Of(path).Files.SelectMany(file => new[] { FileIdentity.Of(file.Path), RealPath.Of(file.Path) })]
                : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string? FingerprintOf(string path, CancellationToken cancellation)
    {
        try
        {
            return ScannedModel.Read(DiskEntry.Of(path), cancellation) is { IsSuccess: true } read ? read.Value.Fingerprint : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private sealed record Copy(long Id, string Path, string? Fingerprint);
}
