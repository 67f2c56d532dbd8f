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
        var path = System.IO.Path.Combine(folder.Backups, $".upload-{Guid.NewGuid():N}.part");
        try
        {
            var target = File.Create(path);
            await using (target.ConfigureAwait(false))
                await source.CopyToAsync(target, cancellation).ConfigureAwait(false);
            return new StoredUpload(path, string.IsNullOrEmpty(name) ? "upload" : name);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Starts a job on it, which removes it at its end; at once where no job can start.</summary>
    public Result<StartedJob<T>> Start<T>(DatabaseJobs jobs, string kind, Func<StoredUpload, IProgress<WorkStep>, CancellationToken, Task<Result<T>>> use)
    {
        var started = jobs.Start<T>(kind, async (progress, token) =>
        {
            try
            {
                return await use(this, progress, token).ConfigureAwait(false);
            }
            finally
            {
                File.Delete(Path);
            }
        });
        if (started.Failure is not null)
            File.Delete(Path);
        return started;
    }
}
