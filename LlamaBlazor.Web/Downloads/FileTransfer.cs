using System.Net;
using LlamaBlazor.Domain.Common;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Downloads;

/// <summary>Brings one file here: asks for what is missing, writes it, checks it, and gives it its name when it is complete.</summary>
internal sealed class FileTransfer(
    DownloadClient client,
    DownloadStore store,
    DownloadWriter output,
    IOptionsMonitor<DownloadOptions> options,
    TimeProvider clock
)
{
    private const int LongestPause = 60; // seconds between two attempts

    /// <summary>Runs a download to its end.</summary>
    /// <returns>Why it failed, or null when the file is in its place.</returns>
    public async Task<Failure?> RunAsync(DownloadJob job, CancellationToken cancellation)
    {
        if (Path.Exists(job.Target))
            return Failure.Conflict(
                $"'{job.Target}' exists by now and is not overwritten. Move it away and resume, or remove this download."
            );
        job.Tell("preparing", PartFile.LengthOf(job.Target));
        try
        {
            var part = await PartFile.OpenAsync(job.Target, job.Sha256 is not null, cancellation).ConfigureAwait(false);
            Failure? failure;
            using (part)
            {
                failure = await FillAsync(job, part, cancellation).ConfigureAwait(false);
                if (part.Length == 0)
                    File.Delete(PartFile.PathOf(job.Target)); // nothing to go on with
            }

            if (failure is null)
                File.Move(PartFile.PathOf(job.Target), job.Target, overwrite: false);
            return failure;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return output.Explain(job, error);
        }
    }

    private async Task<Failure?> FillAsync(DownloadJob job, PartFile part, CancellationToken cancellation)
    {
        if (await ReceiveAllAsync(job, part, cancellation).ConfigureAwait(false) is { } failure)
            return failure;
        job.Tell("checking", part.Length);
        if (DownloadWriter.Check(job, await Task.Run(part.Complete, cancellation).ConfigureAwait(false)) is not { } wrong)
            return null;
        part.Restart();
        return wrong;
    }

    private async Task<Failure?> ReceiveAllAsync(DownloadJob job, PartFile part, CancellationToken cancellation)
    {
        for (var attempt = 0; ; attempt++)
        {
            var before = part.Length;
            try
            {
                return await ReceiveAsync(job, part, cancellation).ConfigureAwait(false);
            }
            catch (Exception error)
                when (error is HttpRequestException or BrokenConnectionException && !cancellation.IsCancellationRequested)
            {
                attempt = part.Length > before ? 0 : attempt;
                if (attempt >= options.CurrentValue.Retries)
                {
                    var next =
                        part.Length > 0 ? $"The {ByteSize.Text(part.Length)} that came are kept: resume it later." : "Try again later.";
                    return Failure.Unavailable($"{error.Message.TrimEnd('.')}. {next}");
                }
                job.Tell($"trying again: {error.Message}", part.Length);
                await Task.Delay(TimeSpan.FromSeconds(Math.Min(LongestPause, 1 << Math.Min(attempt, 6))), clock, cancellation)
                    .ConfigureAwait(false);
            }
        }
    }

    private async Task<Failure?> ReceiveAsync(DownloadJob job, PartFile part, CancellationToken cancellation)
    {
        if (part.Length > 0 && ((job.Etag is null && job.Sha256 is null) || part.Length > (job.TotalBytes ?? long.MaxValue)))
            part.Restart(); // nothing would tell whether the rest belongs to the same file
        if (part.Length > 0 && part.Length == job.TotalBytes)
            return null;
        var start = part.Length;
        job.Tell("connecting", start);
        var answer = await client.GetAsync(job.Address, request => Prepare(request, job, start), cancellation).ConfigureAwait(false);
        if (!answer.IsSuccess)
            return answer.Failure;
        using var response = answer.Value;
        var range = response.Content.Headers.ContentRange;
        if (start > 0 && !IsContinued(response, start, job.TotalBytes))
        {
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && range?.Length == start)
                return null; // complete: only the end had not been noted
            part.Restart();
            if (response.StatusCode != HttpStatusCode.OK)
                return await ReceiveAsync(job, part, cancellation).ConfigureAwait(false);
        }

        if (start == 0 && response.StatusCode != HttpStatusCode.OK)
            return Failure.Conflict(
                $"{job.Address.Host} answered {(int)response.StatusCode} to a plain question. Check the address in a browser."
            );
        if (Accept(job, response, part.Length) is { } failure)
            return failure;
        await store.NoteAsync(job, cancellation).ConfigureAwait(false);
        return await output.CopyAsync(job, part, response, cancellation).ConfigureAwait(false);
    }

    private static void Prepare(HttpRequestMessage request, DownloadJob job, long start)
    {
        request.Headers.AcceptEncoding.ParseAdd("identity");
        if (start == 0)
            return;
        request.Headers.Range = new System.Net.Http.Headers.RangeHeaderValue(start, null);
        if (job.Etag is not null)
            request.Headers.TryAddWithoutValidation("If-Range", job.Etag);
    }

    private static bool IsContinued(HttpResponseMessage response, long start, long? total) =>
        response.StatusCode == HttpStatusCode.PartialContent
        && response.Content.Headers.ContentRange is { } range
        && range.From == start
        && (total is null || range.Length is null || range.Length == total);

    // What the server says it will send: its length must be what was promised, and must find room.
    private Failure? Accept(DownloadJob job, HttpResponseMessage response, long start)
    {
        var headers = response.Content.Headers;
        var total = headers.ContentRange?.Length ?? headers.ContentLength + start;
        if (total is not null && job.TotalBytes is { } promised && total != promised && job.Sha256 is not null)
            return Failure.Conflict(
                $"{job.Address.Host} offers {total:N0} bytes where {promised:N0} were expected: the file is not the one that was "
                    + "chosen. Remove this download and choose again."
            );
        job.TotalBytes = total ?? (job.Sha256 is null ? null : job.TotalBytes); // a length of an earlier answer does not hold for this one
        job.Etag = response.Headers.ETag is { IsWeak: false } tag ? tag.ToString() : headers.LastModified?.ToString("R");
        return output.CheckSpace(job, start);
    }
}

/// <summary>A connection ended before the file did; trying again may help.</summary>
/// <param name="message">For people.</param>
internal sealed class BrokenConnectionException(string message) : Exception(message);
