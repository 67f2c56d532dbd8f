using System.Collections.Concurrent;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models.Downloads;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Downloads;

/// <summary>The downloads, live; the newest hundred.</summary>
public sealed partial class DownloadsPanel
{
    private const int Bound = 100;

    private readonly ConcurrentDictionary<long, DownloadSnapshot> _shown = new(); // what was read, and what was added since

    [Inject]
    internal DownloadService Downloads { get; set; } = null!;

    [Inject]
    internal DownloadStore Store { get; set; } = null!;

    // Those that move first, then those that wait for a person, then the complete ones.
    private IEnumerable<DownloadSnapshot> Ordered =>
        _shown
            .Values.OrderBy(download =>
                download.Status switch
                {
                    DownloadStatus.Running => 0,
                    DownloadStatus.Queued => 1,
                    DownloadStatus.Done => 3,
                    _ => 2,
                }
            )
            .ThenBy(download => download.Id)
            .Take(Bound);

    private string Summary
    {
        get
        {
            var active = _shown.Values.Where(download => DownloadStatus.IsActive(download.Status)).ToList();
            var speed = active.Sum(download => download.BytesPerSecond ?? 0);
            var stopped = _shown.Values.Count(download => DownloadStatus.CanResume(download.Status));
            return string.Join(
                " · ",
                new[]
                {
                    active.Count > 0 ? $"{active.Count:N0} under way" : null,
                    speed > 0 ? $"{ByteSize.Text(speed)}/s" : null,
                    stopped > 0 ? $"{stopped:N0} stopped" : null,
                }.OfType<string>()
            );
        }
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Watch(Downloads.Changes, Take);
        foreach (var row in (await Store.PageAsync(null, null, Bound, Left)).Items)
            _shown.TryAdd(row.Id, Downloads.Show(row));
    }

    private void Take(DownloadChanged change)
    {
        if (change.Snapshot is { } snapshot)
            _shown[change.Id] = snapshot;
        else if (change.Id != 0)
            _shown.TryRemove(change.Id, out _);
        else
            Forget();
    }

    private async Task ClearAsync() => await Downloads.ClearAsync(Left);

    private void Forget()
    {
        foreach (var done in _shown.Values.Where(download => download.Status == DownloadStatus.Done))
            _shown.TryRemove(done.Id, out _);
    }
}
