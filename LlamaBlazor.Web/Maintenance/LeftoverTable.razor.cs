using LlamaBlazor.Web.Maintenance.Jobs;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>The table of what imports kept aside, page by page.</summary>
public sealed partial class LeftoverTable
{
    private const int PageSize = 50;

    /// <summary>More rows than this are read by the API: a page of them all would be slow.</summary>
    private const int Bound = 1000;

    private readonly List<LeftoverItem> _items = [];
    private string? _next;

    [Inject]
    internal LeftoverStore Store { get; set; } = null!;

    [Inject]
    internal DatabaseJobs Jobs { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Watch(Jobs.Changes, job => _ = job.IsRunning ? Task.CompletedTask : InvokeAsync(ReloadAsync));
        await ReloadAsync();
    }

    private async Task ReloadAsync()
    {
        _items.Clear();
        _next = null;
        await MoreAsync();
        StateHasChanged();
    }

    private async Task MoreAsync()
    {
        var page = await Store.ListAsync(
            null,
            _next is null ? 0 : long.Parse(_next, System.Globalization.CultureInfo.InvariantCulture),
            PageSize
        );
        _items.AddRange(page.Items);
        _next = _items.Count < Bound ? page.Next : null;
    }
}
