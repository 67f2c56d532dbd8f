namespace LlamaBlazor.Web.Downloads;

/// <summary>A download that runs, and the way to end it.</summary>
/// <param name="job">What it does.</param>
/// <param name="stop">Ends it.</param>
internal sealed class RunningDownload(DownloadJob job, CancellationTokenSource stop)
{
    /// <summary>The download, with its state and its bytes so far.</summary>
    public DownloadJob Job => job;

    /// <summary>Cancelled to end it before the file is whole.</summary>
    public CancellationTokenSource Stop => stop;

    /// <summary>Completes when it has ended.</summary>
    public Task Task { get; set; } = Task.CompletedTask;
}
