using System.Security.Cryptography;
using System.Text;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models.Downloads;
using LlamaBlazor.Web.Data;

namespace LlamaBlazor.Web.Downloads;

/// <summary>
/// Draft models that settings name by an address (<c>model_url_draft</c>): llama-server has no flag for that, so they are downloaded here,
/// once for each
/// address, and passed as a path.
/// </summary>
internal sealed class DraftDownloads(DownloadService downloads, DownloadStore store, DataFolder folder)
{
    /// <summary>Where the file of an address lies or will lie: in the data folder.</summary>
    /// <param name="url">Absolute, http or https.</param>
    public string PathOf(string url)
    {
        var name = Uri.TryCreate(url, UriKind.Absolute, out var uri)
            ? SafeFileName.FromPath(Uri.UnescapeDataString(uri.AbsolutePath))
            : null;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url)))[..12];
        return Path.Combine(folder.Root, "downloads", $"draft-{hash}", name ?? "draft.gguf");
    }

    /// <summary>Makes sure that the file is there; downloads it where it is not, or goes on with what is there.</summary>
    /// <param name="url">Absolute, http or https.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Gives up waiting; the download goes on.</param>
    /// <returns>The path, or why there is no file.</returns>
    public async Task<Result<string>> EnsureAsync(string url, Action<DownloadSnapshot>? progress, CancellationToken cancellation)
    {
        var path = PathOf(url);
        if (File.Exists(path))
            return path;
        var ended = new TaskCompletionSource<DownloadSnapshot?>(TaskCreationOptions.RunContinuationsAsynchronously);
        long id = 0;
        using var subscription = downloads.Changes.Subscribe(change =>
        {
            if (Volatile.Read(ref id) is var wanted && (change.Id != wanted || wanted == 0))
                return;
            if (change.Snapshot is { } snapshot && DownloadStatus.IsActive(snapshot.Status))
                progress?.Invoke(snapshot);
            else
                ended.TrySetResult(change.Snapshot);
        });
        var begun = await BeginAsync(url, path, cancellation).ConfigureAwait(false);
        if (!begun.IsSuccess)
            return begun.Failure!;
        Volatile.Write(ref id, begun.Value);
        if (await store.FindAsync(begun.Value, cancellation).ConfigureAwait(false) is { } row && !DownloadStatus.IsActive(row.Status))
            ended.TrySetResult(DownloadSnapshot.Of(row)); // before anybody listened
        var last = await ended.Task.WaitAsync(cancellation).ConfigureAwait(false);
        return File.Exists(path)
            ? path
            : Failure.Unavailable($"The draft model could not be downloaded: {last?.Error ?? "the download was stopped."}");
    }

    private async Task<Result<long>> BeginAsync(string url, string path, CancellationToken cancellation)
    {
        if (await store.FindTargetAsync(path, cancellation).ConfigureAwait(false) is { } known && known.Status != DownloadStatus.Done)
        {
            var resumed = await downloads.ResumeAsync(known.Id, cancellation).ConfigureAwait(false);
            return resumed.IsSuccess ? known.Id : resumed.Failure!;
        }

        var added = await downloads.AddAsync([new DownloadItem(url, path, null, null)], cancellation).ConfigureAwait(false);
        return added.IsSuccess ? added.Value[0].Id : added.Failure!;
    }
}
