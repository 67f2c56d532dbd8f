using LlamaBlazor.Web.Shared.Feedback;
using LlamaBlazor.Web.Statistics;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LlamaBlazor.Web.Activity;

/// <summary>The request log with its filters, which are in the address so that a view can be sent to somebody.</summary>
public sealed partial class RequestLog : IDisposable
{
    private const int PageSize = 50;

    /// <summary>Rows held by one page of the browser at most.</summary>
    private const int RowBound = 2000;

    private readonly CancellationTokenSource _left = new();
    private List<StatsRow>? _rows; // at most RowBound
    private List<string> _models = [];
    private string? _next;
    private bool _loading;
    private Dictionary<long, string> _keys = [];
    private StatsFilter? _shown;

    /// <summary>Times that can be chosen, by the word in the address.</summary>
    internal static IReadOnlyList<TimeRange> Ranges { get; } =
    [
        new("1h", "Last hour", TimeSpan.FromHours(1)),
        new("24h", "Last 24 hours", TimeSpan.FromHours(24)),
        new("7d", "Last 7 days", TimeSpan.FromDays(7)),
        new("30d", "Last 30 days", TimeSpan.FromDays(30)),
    ];

    /// <summary>Only these.</summary>
    [Parameter]
    [EditorRequired]
    public StatsFilter Filter { get; set; } = new();

    /// <summary>The word of the time in the filter, or null.</summary>
    [Parameter]
    public string? Range { get; set; }

    [Inject]
    internal StatsReader Reader { get; set; } = null!;

    [Inject]
    internal StatsMaintenance Maintenance { get; set; } = null!;

    [Inject]
    private Dialogs Dialogs { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    /// <inheritdoc/>
    public void Dispose()
    {
        _left.Cancel();
        _left.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_shown == Filter)
            return;
        _shown = Filter;
        await RefreshAsync();
    }

    private static string Iso(StatsRow row) => DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt).ToString("yyyy-MM-ddTHH:mm:ss.fffZ");

    private string KeyOf(StatsRow row) => row.ApiKeyId is not { } id ? "–" : _keys.GetValueOrDefault(id, $"key {id}");

    private void Go(string name, object? value) =>
        Navigation.NavigateTo(
            Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["tab"] = "requests", [name] = value })
        );

    private async Task PurgeAsync()
    {
        var what =
            Filter == new StatsFilter()
                ? "All recorded requests and their sums by day are deleted."
                : "All recorded requests that match the filter are deleted; sums by day stay unless only a model is chosen.";
        var sure = await Dialogs.ConfirmAsync(what + " This cannot be undone.", "Delete records?", "Delete", "Keep", destroys: true);
        if (!sure)
            return;
        var removed = await Maintenance.PurgeAsync(Filter, _left.Token);
        Notices.Say(Severity.Success, removed == 1 ? "1 record is deleted" : $"{removed} records are deleted");
        await RefreshAsync();
    }

    private async Task RefreshAsync()
    {
        _models = await Reader.ModelsAsync(_left.Token);
        _keys = await Reader.KeysAsync(_left.Token);
        _rows = null;
        await LoadAsync(null);
    }

    private Task MoreAsync() => LoadAsync(_rows?.LastOrDefault()?.Id);

    private async Task LoadAsync(long? after)
    {
        _loading = true;
        var page = await Reader.HistoryAsync(Filter, after, PageSize, 0, _left.Token);
        _rows = [.. _rows ?? [], .. page.Items];
        _next = _rows.Count < RowBound ? page.Next : null;
        _loading = false;
    }
}

/// <summary>A time that can be chosen.</summary>
/// <param name="Word">As it stands in the address.</param>
/// <param name="Title">For people.</param>
/// <param name="Time">Its length, up to now.</param>
internal sealed record TimeRange(string Word, string Title, TimeSpan Time);
