using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Maintenance.Jobs;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>What a file that is sent to us must be, told by its first bytes.</summary>
internal enum UploadForm
{
    /// <summary>An SQLite database.</summary>
    Database,

    /// <summary>SQL statements.</summary>
    Statements,
}

/// <summary>A file that was sent to us, in the data folder until the job on it has ended, whoever still waits for that.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Name">What its sender calls it.</param>
/// <param name="Space">What its bytes are counted in.</param>
internal sealed record StoredUpload(string Path, string Name, UploadSpace Space)
{
    /// <summary>Most bytes that are taken, of the database and its journal together.</summary>
    public const long SizeLimit = 16L * 1024 * 1024 * 1024;

    /// <summary>Files that may be here at once: one with a job, and those that come meanwhile.</summary>
    private const int MostAtOnce = 4;

    private const int HeadLength = 16;
    private const int BlockSize = 80 << 10;
    private const string Prefix = ".upload-";

    private long _bytes;

    /// <summary>Takes a stream whose first bytes are those of its form. The file is removed again when that breaks off.</summary>
    /// <param name="space">Where it is stored and counted.</param>
    /// <param name="source">The stream.</param>
    /// <param name="name">What its sender calls it.</param>
    /// <param name="form">What it must be.</param>
    /// <param name="length">Bytes that its sender says will come, with all that comes after it; 0 where that is not known.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Invalid when the first bytes are wrong, of which nothing is stored; a conflict while too many others are here; unavailable
    /// while there is no room.</returns>
    /// <exception cref="IOException">There is no more room, or the sender went away.</exception>
    public static async Task<Result<StoredUpload>> TakeAsync(
        UploadSpace space,
        Stream source,
        string? name,
        UploadForm form,
        long length,
        CancellationToken cancellation
    )
    {
        if (Directory.EnumerateFiles(space.Folder, Prefix + "*.part").Take(MostAtOnce).Count() == MostAtOnce)
            return Failure.Conflict($"{MostAtOnce} files are being taken already. Wait until one of them is done.");
        var head = new byte[HeadLength];
        var read = await source.ReadAtLeastAsync(head, HeadLength, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        if (Wrong(head.AsSpan(0, read), form) is { } wrong)
            return Failure.Invalid("file", $"{(string.IsNullOrEmpty(name) ? "The file" : name)} {wrong} Nothing was changed.");
        if (space.Refuse(length) is { } reason)
            return Failure.Unavailable($"{reason} Nothing was changed.");
        var stored = new StoredUpload(
            System.IO.Path.Combine(space.Folder, $"{Prefix}{Guid.NewGuid():N}.part"),
            string.IsNullOrEmpty(name) ? "upload" : name,
            space
        );
        await stored.TakeAsync("", head.AsMemory(0, read), source, cancellation).ConfigureAwait(false);
        return stored;
    }

    /// <summary>Takes a journal of it too. All is removed again when that breaks off.</summary>
    /// <param name="suffix">How its name goes on after the database's.</param>
    /// <param name="source">Its bytes.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="IOException">There is no more room, or the sender went away.</exception>
    public Task TakeAsync(string suffix, Stream source, CancellationToken cancellation) => TakeAsync(suffix, default, source, cancellation);

    private async Task TakeAsync(string suffix, ReadOnlyMemory<byte> head, Stream source, CancellationToken cancellation)
    {
        try
        {
            var target = PrivateFile.Create(Path + suffix);
            await using (target.ConfigureAwait(false))
            {
                await WriteAsync(target, head, cancellation).ConfigureAwait(false);
                var block = new byte[BlockSize];
                while (await source.ReadAsync(block, cancellation).ConfigureAwait(false) is > 0 and var read)
                    await WriteAsync(target, block.AsMemory(0, read), cancellation).ConfigureAwait(false);
            }
        }
        catch
        {
            Remove();
            throw;
        }
    }

    private ValueTask WriteAsync(FileStream target, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        _bytes += bytes.Length;
        Space.Take(bytes.Length);
        return target.WriteAsync(bytes, cancellation);
    }

    private static string? Wrong(ReadOnlySpan<byte> head, UploadForm form) =>
        (form, DatabaseCandidate.IsHead(head)) switch
        {
            (UploadForm.Database, false) => "is not an SQLite database.",
            (UploadForm.Statements, true) => "is a database, not SQL statements: import or restore it.",
            (UploadForm.Statements, false) when head.Contains((byte)0) => "holds no SQL statements: it is not text.",
            _ => null,
        };

    /// <summary>Removes it, with its journals.</summary>
    public void Remove()
    {
        DatabaseBackup.DeleteWithCompanions(Path);
        Space.Return(Interlocked.Exchange(ref _bytes, 0));
    }

    /// <summary>Starts a job on it, which removes it at its end; at once where no job can start.</summary>
    public Result<StartedJob<T>> Start<T>(
        DatabaseJobs jobs,
        string kind,
        Func<StoredUpload, IProgress<WorkStep>, CancellationToken, Task<Result<T>>> use
    )
    {
        var started = jobs.Start<T>(
            kind,
            async (progress, token) =>
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
            }
        );
        if (started.Failure is not null)
            Remove();
        return started;
    }
}
