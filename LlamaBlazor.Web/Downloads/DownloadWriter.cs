using System.Buffers;
using LlamaBlazor.Domain.Common;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Downloads;

/// <summary>The disk's side of a download: room, bytes, the check at the end, and words for what goes wrong.</summary>
internal sealed class DownloadWriter(IOptionsMonitor<DownloadOptions> options, ReadFreeSpace freeSpace, TimeProvider clock)
{
    private const int BufferSize = 256 << 10;
    private const int MagicSize = 4;
    private const long LookEvery = 64 << 20;

    private long Reserve => (long)options.CurrentValue.ReserveMb << 20;

    /// <summary>Why there is no room for the rest of a file, or null.</summary>
    public Failure? CheckSpace(DownloadJob job, long received) => CheckSpace(job.Folder, Math.Max(0, (job.TotalBytes ?? 0) - received));

    /// <summary>Why there is no room for so many bytes, or null.</summary>
    public Failure? CheckSpace(string folder, long bytes) =>
        freeSpace(folder) is { } free && free < bytes + Reserve
            ? Failure.Conflict(
                $"The disk of {folder} has {ByteSize.Text(free)} free; {ByteSize.Text(bytes)} more are needed, and "
                    + $"{ByteSize.Text(Reserve)} stay free. Make room and resume, or choose another folder."
            )
            : null;

    /// <summary>Writes what the server sends to the part.</summary>
    /// <returns>Why it cannot go on, or null when everything has come.</returns>
    /// <exception cref="BrokenConnectionException">The connection ended or stalled before the file was complete.</exception>
    public async Task<Failure?> CopyAsync(DownloadJob job, PartFile part, HttpResponseMessage response, CancellationToken cancellation)
    {
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var timer = clock.CreateTimer(_ => stall.Cancel(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var limit = TimeSpan.FromSeconds(options.CurrentValue.StallSeconds);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            var nextLook = part.Length + LookEvery;
            while (true)
            {
                timer.Change(limit, Timeout.InfiniteTimeSpan);
                var read = await ReadAsync(job, stream, buffer, stall.Token).ConfigureAwait(false);
                if (part.Length == 0 && NotGguf(job, response, buffer.AsSpan(0, read)) is { } foreign)
                    return foreign;
                await part.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
                job.Count(part.Length);
                if (read < MagicSize)
                    return End(job, part.Length);
                if (part.Length >= nextLook && CheckSpace(job.Folder, 0) is { } full)
                    return full;
                nextLook = part.Length >= nextLook ? part.Length + LookEvery : nextLook;
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new BrokenConnectionException($"{job.Address.Host} sent nothing for {options.CurrentValue.StallSeconds} seconds");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Why the content is not what was expected, or null.</summary>
    public static Failure? Check(DownloadJob job, string? sha256) =>
        job.Sha256 is not null && job.Sha256 != sha256
            ? Failure.Conflict(
                $"The SHA-256 of what came is {sha256}, but {job.Sha256} was expected: it was damaged on the way or replaced. What "
                    + "came was thrown away; try again, or check the source."
            )
            : null;

    /// <summary>A trouble of the disk in words.</summary>
    public Failure Explain(DownloadJob job, Exception error) =>
        error switch
        {
            UnauthorizedAccessException => Failure.Conflict(
                $"{job.Folder} cannot be written. Give the dashboard's user write access, or choose another folder."
            ),
            _ when freeSpace(job.Folder) is < BufferSize => Failure.Conflict(
                $"The disk of {job.Folder} is full. Make room, then resume: what came is kept."
            ),
            _ => Failure.Conflict($"{job.Target} cannot be written: {error.Message}"),
        };

    // Less than MagicSize only at the end.
    private static async ValueTask<int> ReadAsync(DownloadJob job, Stream stream, byte[] buffer, CancellationToken cancellation)
    {
        try
        {
            return await stream.ReadAtLeastAsync(buffer, MagicSize, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            throw new BrokenConnectionException($"The connection to {job.Address.Host} broke: {error.Message}");
        }
    }

    private static Failure? End(DownloadJob job, long received) =>
        job.TotalBytes is not { } total || received == total ? null
        : received < total
            ? throw new BrokenConnectionException($"{job.Address.Host} ended after {ByteSize.Text(received)} of {ByteSize.Text(total)}")
        : Failure.Conflict($"{job.Address.Host} sent more than the {total:N0} bytes it had announced. Check the address.");

    private static Failure? NotGguf(DownloadJob job, HttpResponseMessage response, ReadOnlySpan<byte> start) =>
        start.StartsWith("GGUF"u8)
            ? null
            : Failure.Conflict(
                response.Content.Headers.ContentType?.MediaType is "text/html"
                    ? $"{job.Address.Host} answered with a web page, not with a model. Use the address behind its download button."
                    : $"What {job.Address.Host} sends is no GGUF file. Check the address."
            );
}
