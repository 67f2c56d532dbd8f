using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Domain.Models.Downloads;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared.Api;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Downloads;

/// <summary>The rows of <c>downloads</c>.</summary>
internal sealed class DownloadStore(IDbContextFactory<LlamaDbContext> contexts, DatabaseWriter writer, TimeProvider clock)
{
    /// <summary>Files that may be waiting or running.</summary>
    public const int ActiveBound = 2000;

    private const int FinishedBound = 200; // rows kept of those that are done

    /// <summary>One page, newest first.</summary>
    public async Task<ListPage<DownloadRow>> PageAsync(string? status, long? before, int limit, CancellationToken cancellation = default)
    {
        return await contexts
            .ReadAsync(
                async context =>
                {
                    var rows = await context
                        .Set<DownloadRow>()
                        .Where(row => (status == null || row.Status == status) && (before == null || row.Id < before))
                        .OrderByDescending(row => row.Id)
                        .Take(limit + 1)
                        .ToListAsync(cancellation)
                        .ConfigureAwait(false);
                    return new ListPage<DownloadRow>([.. rows.Take(limit)], rows.Count > limit ? rows[limit - 1].Id.ToString() : null);
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>A row, or null.</summary>
    public async Task<DownloadRow?> FindAsync(long id, CancellationToken cancellation = default)
    {
        return await contexts
            .ReadAsync(context => context.Set<DownloadRow>().FirstOrDefaultAsync(row => row.Id == id, cancellation), cancellation)
            .ConfigureAwait(false);
    }

    /// <summary>The newest row of a target, or null.</summary>
    public async Task<DownloadRow?> FindTargetAsync(string target, CancellationToken cancellation = default)
    {
        return await contexts
            .ReadAsync(
                context =>
                    context
                        .Set<DownloadRow>()
                        .Where(row => row.TargetPath == target)
                        .OrderByDescending(row => row.Id)
                        .FirstOrDefaultAsync(cancellation),
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>Adds files to the queue, all or none, but for those that are in it already. A target that a row of another address means is
    /// a conflict.</summary>
    public Task<Result<IReadOnlyList<DownloadRow>>> AddAsync(IReadOnlyList<DownloadItem> items, CancellationToken cancellation) =>
        writer.ExecuteAsync<Result<IReadOnlyList<DownloadRow>>>(
            async (context, token) =>
            {
                var open = context.Set<DownloadRow>().Where(row => row.Status != DownloadStatus.Done);
                if (await open.CountAsync(token).ConfigureAwait(false) + items.Count > ActiveBound)
                    return Failure.Conflict($"{ActiveBound:N0} downloads are waiting already. Remove some first.");
                var targets = items.Select(item => item.TargetPath).ToList();
                var taken = await open.Where(row => targets.Contains(row.TargetPath))
                    .Select(row => new
                    {
                        row.Id,
                        row.Url,
                        row.TargetPath,
                        row.Status,
                    })
                    .ToListAsync(token)
                    .ConfigureAwait(false);
                var rows = items
                    .Where(item => !taken.Exists(row => row.TargetPath == item.TargetPath && row.Url == item.Url))
                    .Select(Row)
                    .ToList(); // two quantisations share a projector
                if (taken.Find(row => rows.Count == 0 || rows.Exists(other => other.TargetPath == row.TargetPath)) is { } first)
                    return Failure.Conflict(
                        $"'{first.TargetPath}' is being downloaded already: number {first.Id}, {first.Status}. Resume or remove that one."
                    );
                context.Set<DownloadRow>().AddRange(rows);
                foreach (var row in rows)
                    context.Note(
                        "download.create",
                        "download",
                        Path.GetFileName(row.TargetPath),
                        new
                        {
                            url = SecretWords.Replace("url", new Uri(row.Url).GetLeftPart(UriPartial.Path), _ => "***"),
                            path = row.TargetPath,
                        }
                    );
                await context.SaveChangesAsync(token).ConfigureAwait(false);
                var old = context
                    .Set<DownloadRow>()
                    .Where(row => row.Status == DownloadStatus.Done)
                    .OrderByDescending(row => row.Id)
                    .Skip(FinishedBound)
                    .Select(row => row.Id);
                await context.Set<DownloadRow>().Where(row => old.Contains(row.Id)).ExecuteDeleteAsync(token).ConfigureAwait(false);
                return rows;
            },
            cancellation
        );

    /// <summary>Takes the next of the queue, oldest first, or null.</summary>
    public Task<DownloadRow?> TakeNextAsync(CancellationToken cancellation) =>
        writer.ExecuteAsync(
            async (context, token) =>
            {
                var row = await context
                    .Set<DownloadRow>()
                    .Where(row => row.Status == DownloadStatus.Queued)
                    .OrderBy(row => row.Id)
                    .FirstOrDefaultAsync(token)
                    .ConfigureAwait(false);
                if (row is not null)
                    (row.Status, row.Error, row.UpdatedAt) = (DownloadStatus.Running, null, Now());
                return row;
            },
            cancellation
        );

    /// <summary>Changes the state of a row where it has one of the states before. False when it had not.</summary>
    public Task<bool> MoveAsync(long id, Func<string, bool> from, string to, string? error, CancellationToken cancellation = default) =>
        writer.ExecuteAsync(
            async (context, token) =>
            {
                if (await context.Set<DownloadRow>().FindAsync([id], token).ConfigureAwait(false) is not { } row || !from(row.Status))
                    return false;
                (row.Status, row.Error, row.ReceivedBytes, row.UpdatedAt) = (to, error, Received(row, to), Now());
                if (to is DownloadStatus.Cancelled or DownloadStatus.Queued)
                    context.Note(
                        to == DownloadStatus.Queued ? "download.resume" : "download.cancel",
                        "download",
                        Path.GetFileName(row.TargetPath)
                    );
                return true;
            },
            cancellation
        );

    /// <summary>Notes what a server said, so that the download can go on after a crash.</summary>
    public Task NoteAsync(DownloadJob job, CancellationToken cancellation) =>
        writer.ExecuteAsync(
            async (context, token) =>
            {
                if (await context.Set<DownloadRow>().FindAsync([job.Id], token).ConfigureAwait(false) is { } row)
                    (row.TotalBytes, row.Etag, row.UpdatedAt) = (job.TotalBytes, job.Etag, Now());
            },
            cancellation
        );

    /// <summary>What ran or waited when the dashboard ended is paused now. Returns how many.</summary>
    public Task<int> PauseInterruptedAsync(CancellationToken cancellation) =>
        writer.ExecuteAsync(
            async (context, token) =>
            {
                var rows = await context
                    .Set<DownloadRow>()
                    .Where(row => row.Status == DownloadStatus.Running || row.Status == DownloadStatus.Queued)
                    .ToListAsync(token)
                    .ConfigureAwait(false);
                foreach (var row in rows)
                    (row.Status, row.Error, row.ReceivedBytes, row.UpdatedAt) = (
                        DownloadStatus.Paused,
                        "The dashboard was stopped meanwhile. Resume it when you like.",
                        Received(row, DownloadStatus.Paused),
                        Now()
                    );
                return rows.Count;
            },
            cancellation
        );

    /// <summary>Removes a row. False when there was none.</summary>
    public Task<bool> RemoveAsync(long id, CancellationToken cancellation) =>
        writer.ExecuteAsync(
            async (context, token) =>
            {
                if (await context.Set<DownloadRow>().FindAsync([id], token).ConfigureAwait(false) is not { } row)
                    return false;
                context.Remove(row);
                context.Note("download.delete", "download", Path.GetFileName(row.TargetPath));
                return true;
            },
            cancellation
        );

    /// <summary>Removes the rows of files that are complete. Returns how many.</summary>
    public Task<int> ClearAsync(CancellationToken cancellation) =>
        writer.ExecuteAsync(
            async (context, token) =>
            {
                var removed = await context
                    .Set<DownloadRow>()
                    .Where(row => row.Status == DownloadStatus.Done)
                    .ExecuteDeleteAsync(token)
                    .ConfigureAwait(false);
                context.Note("download.clear", "download", null, new { removed });
                return removed;
            },
            cancellation
        );

    private static long Received(DownloadRow row, string status) =>
        status == DownloadStatus.Done ? row.TotalBytes ?? row.ReceivedBytes : PartFile.LengthOf(row.TargetPath);

    private DownloadRow Row(DownloadItem item) =>
        new()
        {
            Url = item.Url,
            TargetPath = item.TargetPath,
            Status = DownloadStatus.Queued,
            TotalBytes = item.TotalBytes,
            Sha256 = item.Sha256,
            CreatedAt = Now(),
            UpdatedAt = Now(),
        };

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>A file to download.</summary>
/// <param name="Url">Absolute, http or https.</param>
/// <param name="TargetPath">Absolute; must not exist.</param>
/// <param name="TotalBytes">As a list tells, or null.</param>
/// <param name="Sha256">Expected, or null.</param>
internal sealed record DownloadItem(string Url, string TargetPath, long? TotalBytes, string? Sha256);
