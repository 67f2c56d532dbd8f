using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Maintenance.Jobs;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>A file that was sent to us, in the data folder until the job on it has ended, whoever still waits for that.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Name">What its sender calls it.</param>
internal sealed record StoredUpload(string Path, string Name)
{
    /// <summary>Most bytes that are taken.</summary>
    public const long SizeLimit = 16L * 1024 * 1024 * 1024;

    /// <summary>Takes a stream. The file is removed again when that breaks off.</summary>
    /// <exception cref="IOException">The disk is full, or the sender went away.</exception>
    public static async Task<StoredUpload> TakeAsync(DataFolder folder, Stream source, string? name, CancellationToken cancellation)
    {
        var stored = new StoredUpload(System.IO.Path.Combine(folder.Backups, $".upload-{Guid.NewGuid():N}.part"), string.IsNullOrEmpty(name) ? "upload" : name);
        await stored.TakeAsync("", source, cancellation).ConfigureAwait(false);
        return stored;
    }

    /// <summary>Takes a journal of it too. All is removed again when that breaks off.</summary>
    /// <param name="suffix">How its name goes on after the database's; empty for the database itself.</param>
    /// <param name="source">Its bytes.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="IOException">The disk is full, or the sender went away.</exception>
    public async Task TakeAsync(string suffix, Stream source, CancellationToken cancellation)
    {
        try
        {
            var target = File.Create(Path + suffix);
            await using (target.ConfigureAwait(false))
                await source.CopyToAsync(target, cancellation).ConfigureAwait(false);
        }
        catch
        {
            Remove();
            throw;
        }
    }

    /// <summary>Removes it, with its journals.</summary>
    public void Remove() => DatabaseBackup.DeleteWithCompanions(Path);

    /// <summary>Starts a job on it, which removes it at its end; at once where no job can start.</summary>
    public Result<StartedJob<T>> Start<T>(DatabaseJobs jobs, string kind, Func<StoredUpload, IProgress<WorkStep>, CancellationToken, Task<Result<T>>> use)
    {
        var started = jobs.Start<T>(kind, async (progress, token) =>
        {
            try
            {
                if (SourceSnapshot.HasJournal(Path) && SourceSnapshot.Settle(Path) is { } unusable)
                    return unusable;
                return await use(this, progress, token).ConfigureAwait(false);
            }
            finally
            {
                Remove();
            }
        });
        if (started.Failure is not null)
            Remove();
        return started;
    }
}
