using System.Globalization;
using LlamaBlazor.Web.Cache;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Feedback;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LlamaBlazor.Web.Activity;

/// <summary>Shows the response cache and empties it.</summary>
public sealed partial class CacheView
{
    private const int PageSize = 50;

    private readonly List<CacheItem> _items = []; // at most as many as are in the table
    private CacheFigures? _figures;
    private string? _next;

    [Inject]
    internal CacheStore Store { get; set; } = null!;

    [Inject]
    internal CacheSwitchAccess Switch { get; set; } = null!;

    [Inject]
    private Dialogs Dialogs { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => RefreshAsync();

    private static string SizeText(long bytes) =>
        bytes switch
        {
            < 1024 => $"{bytes} B",
            < 1 << 20 => (bytes / 1024.0).ToString("0.0", CultureInfo.InvariantCulture) + " KiB",
            _ => (bytes / 1048576.0).ToString("0.0", CultureInfo.InvariantCulture) + " MiB",
        };

    private static string Iso(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-ddTHH:mm:ssZ");

    private async Task RefreshAsync()
    {
        _figures = await Store.FiguresAsync(CancellationToken.None);
        _items.Clear();
        await LoadAsync(null);
    }

    private Task MoreAsync() => LoadAsync(_items[^1].Id);

    private async Task LoadAsync(long? after)
    {
        var page = await Store.ListAsync(null, after, PageSize, CancellationToken.None);
        _items.AddRange(page.Items);
        _next = page.Next;
    }

    private async Task SwitchAsync(bool on)
    {
        if ((await Switch.SetAsync(on, CancellationToken.None)).Failure is { } failure)
            Notices.Say(Severity.Warning, failure.Message);
        await RefreshAsync();
    }

    private async Task RemoveAsync(long id)
    {
        await Store.RemoveAsync(id, CancellationToken.None);
        await RefreshAsync();
    }

    private async Task CleanUpAsync() => await TellAsync(await Store.CleanUpAsync(CancellationToken.None));

    private async Task ClearAsync()
    {
        var sure = await Dialogs.ConfirmAsync(
            "All cached answers are removed; they are made anew when they are asked for.",
            "Empty the cache?",
            "Empty",
            "Keep"
        );
        if (sure)
            await TellAsync(await Store.InvalidateAsync(null, null, null, CancellationToken.None));
    }

    private async Task TellAsync(int removed)
    {
        Notices.Say(Severity.Success, removed == 1 ? "1 answer is removed" : $"{removed} answers are removed");
        await RefreshAsync();
    }
}
