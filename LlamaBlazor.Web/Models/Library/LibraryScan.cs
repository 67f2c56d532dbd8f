using LlamaBlazor.Domain.Models.Library;
using LlamaBlazor.Web.Shared.Files;

namespace LlamaBlazor.Web.Models.Library;

/// <summary>One scan: finds the files, reads the headers of new and changed ones, and hands the difference to
/// <see cref="LibraryUpdate"/>.</summary>
internal sealed class LibraryScan(LibraryUpdate update, TimeProvider clock)
{
    /// <summary>Headers in one transaction.</summary>
    private const int BatchBound = 200;

    /// <summary>Files read at once: disks answer a few requests in parallel, more only queue.</summary>
    private static readonly int Readers = Math.Clamp(Environment.ProcessorCount, 2, 4);

    /// <summary>Scans the folders.</summary>
    /// <param name="folders">Absolute.</param>
    /// <param name="report">Told after each header; may be called from several threads.</param>
    /// <param name="cancellation">Ends the scan; what is saved by then stays.</param>
    public async Task<ScanResult> RunAsync(IReadOnlyList<string> folders, Action<ScanProgress> report, CancellationToken cancellation)
    {
        var started = clock.GetTimestamp();
        report(new ScanProgress(0, 0, null));
        var errors = new ScanErrors();

        // 1. What is on disk.
        var files = await Task.Run(() => new FolderWalker(errors, cancellation).Walk(folders), cancellation).ConfigureAwait(false);
        var ignored = await update.IgnoredAsync(cancellation).ConfigureAwait(false);
        var entries = LibraryEntry.Group(files).Where(entry => !ignored.Contains(entry.Path)).ToList();

        // 2. What the library knows.
        var known = await update.KnownAsync(cancellation).ConfigureAwait(false);
        var byPath = known.ToLookup(file => file.Path);
        var changed = entries
            .Where(entry =>
                !byPath[entry.Path].Any() || byPath[entry.Path].Any(file => file.Size != entry.Size || file.ModifiedAt != entry.ModifiedAt)
            )
            .ToList();

        // 3. The files that are gone, and those that are back. A new file may be one of the gone, elsewhere.
        var present = entries.Select(entry => entry.Path).ToHashSet();
        var hub = entries
            .Select(entry => entry.Path)
            .Where(path => !byPath[path].Any() && HubPlace.Parse(path) is not null)
            .ToLookup(path => HubPlace.Parse(path)! with { Revision = "" });
        var gone = known
            .Where(file => !present.Contains(file.Path) && (DiskEntry.IsGone(file.Path) || IsOtherSnapshot(file.Path, hub)))
            .ToList();
        var back = known
            .Where(file => file.Missing && (present.Contains(file.Path) || File.Exists(file.Path)))
            .Select(file => file.Id)
            .ToList();

        // 4. New and changed headers, saved batch by batch.
        var counts = await ReadAsync(changed, gone, errors, report, cancellation).ConfigureAwait(false);
        Explain(folders, gone, errors);
        var missing = await update.FinishAsync(gone, back, folders, cancellation).ConfigureAwait(false);
        return new ScanResult(
            entries.Count - counts.Failed,
            counts.Added,
            counts.Updated + back.Count,
            missing,
            errors.ToList(),
            (long)clock.GetElapsedTime(started).TotalMilliseconds
        );
    }

    // The cache of Hugging Face has a newer snapshot of the very same blob: that model has moved there.
    private static bool IsOtherSnapshot(string path, ILookup<HubPlace, string> found)
    {
        try
        {
            return HubPlace.Parse(path) is { } place
                && found[place with { Revision = "" }].FirstOrDefault() is { } other
                && RealPath.Of(path) == RealPath.Of(other);
        }
        catch (IOException)
        {
            return false; // links in a circle
        }
    }

    // A folder that is there, but has lost everything, looks like a disk that is not mounted.
    private static void Explain(IReadOnlyList<string> folders, List<KnownFile> gone, ScanErrors errors)
    {
        foreach (var folder in gone.Count == 0 ? [] : folders.Where(Directory.Exists))
        {
            var unavailable = UnavailableFolders.Among([folder]);
            var reasons = gone.Select(file => unavailable.Of(file.Path)).OfType<string>().ToList();
            if (reasons.Count > 0)
                errors.Add(
                    folder,
                    $"{reasons[0]}, but "
                        + $"{(reasons.Count == 1 ? "1 model of the library lies" : $"{reasons.Count:N0} models of the library lie")} "
                        + "in it. If a disk belongs there, mount it and scan again: they are kept until then."
                );
        }
    }

    private async Task<(int Added, int Updated, int Failed)> ReadAsync(
        List<LibraryEntry> changed,
        List<KnownFile> gone,
        ScanErrors errors,
        Action<ScanProgress> report,
        CancellationToken cancellation
    )
    {
        var (done, added, updated, failed) = (0, 0, 0, 0);
        foreach (var batch in changed.Chunk(BatchBound))
        {
            var read = new ScannedModel?[batch.Length];
            await Parallel
                .ForAsync(
                    0,
                    batch.Length,
                    new ParallelOptions { MaxDegreeOfParallelism = Readers, CancellationToken = cancellation },
                    (i, token) =>
                    {
                        var result = ScannedModel.Read(batch[i], token);
                        if (result.IsSuccess)
                            read[i] = result.Value;
                        else
                            errors.Add(batch[i].Path, result.Failure!.Message);
                        report(new ScanProgress(Interlocked.Increment(ref done), changed.Count, batch[i].Path));
                        return ValueTask.CompletedTask;
                    }
                )
                .ConfigureAwait(false);
            var good = read.OfType<ScannedModel>().ToList();
            var saved = await update.SaveAsync(good, gone, cancellation).ConfigureAwait(false);
            (added, updated, failed) = (added + saved.Added, updated + saved.Updated, failed + batch.Length - good.Count);
        }

        return (added, updated, failed);
    }
}
