using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Models.Duplicates;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Shared.Feedback;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LlamaBlazor.Web.ModelPages.Duplicates;

/// <summary>Files that are there more than once, what they waste, and the explicit choice of those to delete.</summary>
public sealed partial class DuplicatesPage
{
    private readonly HashSet<long> _ticked = []; // at most the copies shown
    private IReadOnlyList<DuplicateGroup>? _groups;
    private string? _failure;
    private volatile bool _stale;
    private bool _busy;

    [Inject]
    internal DuplicateFinder Finder { get; set; } = null!;

    [Inject]
    internal LibraryCopies Copies { get; set; } = null!;

    [Inject]
    internal ModelStore Store { get; set; } = null!;

    [Inject]
    private Dialogs Dialogs { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    private string? Subtitle =>
        _groups is { Count: > 0 } groups
            ? $"{groups.Count:N0} {(groups.Count == 1 ? "file is" : "files are")} there more than once: "
                + $"{ByteSize.Text(groups.Sum(group => group.WastedBytes))} could be freed"
            : null;

    private long Freed => _groups!.Sum(group => group.SizeBytes * group.Copies.Count(copy => _ticked.Contains(copy.Id)));

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Watch(Store.Changes, _ => _stale = true);
        await ReadAsync();
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_stale)
            return;
        _stale = false;
        await ReadAsync();
        StateHasChanged();
    }

    private static string Words(DuplicateCopy copy) =>
        copy.LastUsedAt is { } used
            ? $"used by {string.Join(", ", copy.Models)}, last {DateTimeOffset.FromUnixTimeMilliseconds(used):yyyy-MM-dd}"
            : $"used by {string.Join(", ", copy.Models)}, never run";

    private static string Describe(DuplicateGroup group) =>
        $"{group.Copies.Count:N0} × {ByteSize.Text(group.SizeBytes)}, {ByteSize.Text(group.WastedBytes)} could be freed";

    private bool IsLast(DuplicateGroup group) => group.Copies.Count(copy => !_ticked.Contains(copy.Id)) == 1;

    private void Tick(long id, bool ticked)
    {
        if (ticked)
            _ticked.Add(id);
        else
            _ticked.Remove(id);
    }

    private async Task ReadAsync()
    {
        _groups = await Finder.FindAsync(Left);
        _ticked.IntersectWith(
            _groups
                .Where(group => group.Copies.Any(copy => !_ticked.Contains(copy.Id)))
                .SelectMany(group => group.Copies)
                .Select(copy => copy.Id)
        );
    }

    private async Task DeleteAsync()
    {
        var words =
            $"{_ticked.Count:N0} {(_ticked.Count == 1 ? "file is" : "files are")} deleted from the disk, {ByteSize.Text(Freed)} in "
            + "all. This cannot be undone.";
        if (!await Dialogs.ConfirmAsync(words, "Delete files?", "Delete", "Keep", destroys: true))
            return;
        (_busy, _failure) = (true, null);
        var freed = await Copies.DeleteAsync([.. _ticked]);
        _busy = false;
        _failure = freed.Failure?.Message;
        if (freed.IsSuccess)
            Notices.Say(Severity.Success, "Deleted", $"{ByteSize.Text(freed.Value)} are free again.");
        await ReadAsync();
    }
}
