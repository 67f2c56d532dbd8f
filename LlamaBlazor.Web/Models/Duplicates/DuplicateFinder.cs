using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Models.Library;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Models.Duplicates;

/// <summary>Finds files that are there more than once, by their fingerprints: size, header and samples of the weights.</summary>
internal sealed class DuplicateFinder(IDbContextFactory<LlamaDbContext> contexts)
{
    private const int GroupBound = 1000;

    /// <summary>All groups, those that waste most first. Two models of one file are no duplicates.</summary>
    public async Task<IReadOnlyList<DuplicateGroup>> FindAsync(CancellationToken cancellation = default)
    {
        return await contexts
            .ReadAsync(
                async context =>
                {
                    var files = context.Models.Where(model => model.Fingerprint != null && model.ModelPath != null && !model.FileMissing);
                    var several = files
                        .GroupBy(model => model.Fingerprint)
                        .Where(group => group.Select(model => model.ModelPath).Distinct().Count() > 1)
                        .Select(group => group.Key);
                    var rows = await files
                        .Where(model => several.Contains(model.Fingerprint))
                        .OrderBy(model => model.Id)
                        .Take(GroupBound * 10)
                        .Select(model => new
                        {
                            model.Id,
                            model.Name,
                            model.ModelPath,
                            model.Fingerprint,
                            model.FileSizeBytes,
                            model.LastUsedAt,
                        })
                        .ToListAsync(cancellation)
                        .ConfigureAwait(false);
                    // Two ways to one file are one copy.
                    return await Task.Run(
                            () =>
                                (IReadOnlyList<DuplicateGroup>)
                                    [
                                        .. rows.GroupBy(row => row.Fingerprint!)
                                            .Select(group => new DuplicateGroup(
                                                group.Key,
                                                group.First().FileSizeBytes ?? 0,
                                                [
                                                    .. group
                                                        .GroupBy(row => IdentityOf(row.ModelPath!))
                                                        .Select(file => new DuplicateCopy(
                                                            file.First().Id,
                                                            file.First().ModelPath!,
                                                            [.. file.Select(row => row.Name)],
                                                            file.Max(row => row.LastUsedAt)
                                                        )),
                                                ]
                                            ))
                                            .Where(group => group.Copies.Count > 1)
                                            .OrderByDescending(group => group.WastedBytes)
                                            .ThenBy(group => group.Fingerprint, StringComparer.Ordinal)
                                            .Take(GroupBound),
                                    ],
                            cancellation
                        )
                        .ConfigureAwait(false);
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    private static string IdentityOf(string path)
    {
        try
        {
            return FileIdentity.Of(path);
        }
        catch (IOException)
        {
            return path; // links in a circle since the scan
        }
    }
}

/// <summary>A file that is there several times.</summary>
/// <param name="Fingerprint">What the copies share.</param>
/// <param name="SizeBytes">Of one copy.</param>
/// <param name="Copies">The files, oldest in the library first.</param>
internal sealed record DuplicateGroup(string Fingerprint, long SizeBytes, IReadOnlyList<DuplicateCopy> Copies)
{
    /// <summary>Bytes that all copies but one take.</summary>
    public long WastedBytes => SizeBytes * (Copies.Count - 1);
}

/// <summary>One of the files.</summary>
/// <param name="Id">A model that uses it.</param>
/// <param name="Path">Absolute.</param>
/// <param name="Models">Names of the models that use it.</param>
/// <param name="LastUsedAt">When one of them last answered, in Unix milliseconds, or null.</param>
internal sealed record DuplicateCopy(long Id, string Path, IReadOnlyList<string> Models, long? LastUsedAt);
