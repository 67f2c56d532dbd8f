using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models.Downloads;
using LlamaBlazor.Web.Shared.Feedback;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LlamaBlazor.Web.Downloads;

/// <summary>One download: how far it is, how fast, and what can be done.</summary>
public sealed partial class DownloadLine
{
    private bool _busy;

    [Parameter, EditorRequired]
    public DownloadSnapshot Download { get; set; } = null!;

    [Inject]
    internal DownloadService Downloads { get; set; } = null!;

    [Inject]
    private Dialogs Dialogs { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    private double? Percent => Download.TotalBytes is > 0 and { } total ? 100.0 * Download.ReceivedBytes / total : null;

    private string RemoveHelp => Download.Status == DownloadStatus.Done ? "Take off the list; the file stays" : "Remove with what has come";

    private string Words =>
        string.Join(
            " · ",
            new[]
            {
                Download.Status switch
                {
                    DownloadStatus.Queued => "waiting for its turn",
                    DownloadStatus.Running => Download.Note,
                    DownloadStatus.Done => "complete",
                    DownloadStatus.Cancelled => "stopped",
                    _ => null,
                },
                Download.TotalBytes is { } total
                    ? Download.Status == DownloadStatus.Done
                        ? ByteSize.Text(total)
                        : $"{ByteSize.Text(Download.ReceivedBytes)} of {ByteSize.Text(total)}"
                    : Download.ReceivedBytes > 0
                        ? ByteSize.Text(Download.ReceivedBytes)
                        : null,
                Download.BytesPerSecond is > 0 and { } speed ? $"{ByteSize.Text(speed)}/s" : null,
                Download.SecondsLeft is { } left ? Left(left) : null,
                Download.Error,
            }.OfType<string>()
        );

    private static string Left(long seconds) =>
        seconds switch
        {
            < 60 => $"{seconds} s left",
            < 3600 => $"{seconds / 60} min left",
            _ => $"{seconds / 3600} h {seconds % 3600 / 60} min left",
        };

    // What has come cannot be brought back.
    private async Task RemoveAsync()
    {
        var isLost = Download.Status != DownloadStatus.Done && Download.ReceivedBytes > 0;
        if (
            !isLost
            || await Dialogs.ConfirmAsync(
                $"The {ByteSize.Text(Download.ReceivedBytes)} of {Download.Name} that have come are deleted.",
                "Remove this download?",
                "Remove",
                "Keep",
                destroys: true
            )
        )
            await DoAsync(() => Downloads.RemoveAsync(Download.Id));
    }

    private async Task DoAsync<T>(Func<Task<Result<T>>> action)
    {
        _busy = true;
        var result = await action();
        _busy = false;
        if (result.Failure is { Kind: not FailureKind.NotFound } failure)
            Notices.Say(Severity.Error, "Not possible", failure.Message);
    }
}
