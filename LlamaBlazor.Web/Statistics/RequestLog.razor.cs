using LlamaBlazor.Web.Data.Entities;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Statistics;

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
    private (string? Model, string? Outcome)? _shown;

    /// <summary>Only this model.</summary>
    [Parameter]
    public string? Model { get; set; }

    /// <summary>Only this outcome.</summary>
    [Parameter]
    public string? Outcome { get; set; }

    [Inject]
    internal StatsReader Reader { get; set; } = null!;

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
        if (_shown == (Model, Outcome))
            return;
        _shown = (Model, Outcome);
        await RefreshAsync();
    }

    private static string Iso(StatsRow row) => DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt).ToString("yyyy-MM-ddTHH:mm:ss.fffZ");

    private static Dictionary<string, object> Label(string label) => new() { ["aria-label"] = label };

    private void Go(string? model, string? outcome) =>
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["tab"] = "requests", ["model"] = model, ["outcome"] = outcome }));

    private async Task RefreshAsync()
    {
        _models = await Reader.ModelsAsync(_left.Token);
        _rows = null;
        await LoadAsync(null);
    }

    private Task MoreAsync() => LoadAsync(_rows?.LastOrDefault()?.Id);

    private async Task LoadAsync(long? after)
    {
        _loading = true;
        var page = await Reader.HistoryAsync(new StatsFilter(Model, Outcome: StatsFilter.Outcomes.Contains(Outcome ?? "") ? Outcome : null), after, PageSize, 0, _left.Token);
        _rows = [.. _rows ?? [], .. page.Items];
        _next = _rows.Count < RowBound ? page.Next : null;
        _loading = false;
    }
}
