using LlamaBlazor.Domain.Models;
using LlamaBlazor.Web.Shared.Feedback;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LlamaBlazor.Web.Models.Headers;

/// <summary>A long array of the header, 100 items at a time, read from the file.</summary>
public sealed partial class ArrayDialog
{
    private const int PageSize = 100;

    private IReadOnlyList<object> _items = [];
    private string? _failure;
    private long _after;

    [Parameter, EditorRequired]
    public Model Model { get; set; } = null!;

    [Parameter, EditorRequired]
    public string Key { get; set; } = "";

    [Parameter, EditorRequired]
    public long Count { get; set; }

    internal static Task OpenAsync(Dialogs dialogs, Model model, string key, long count) =>
        dialogs.OpenAsync<ArrayDialog>(
            key,
            new Dictionary<string, object?>
            {
                [nameof(Model)] = model,
                [nameof(Key)] = key,
                [nameof(Count)] = count,
            },
            MaxWidth.Medium
        );

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => ShowAsync(0);

    private async Task ShowAsync(long after)
    {
        _after = Math.Max(0, after);
        var items = await HeaderStore.ReadItemsAsync(Model, Key, _after, PageSize);
        _failure = items.Failure?.Message;
        _items = items.IsSuccess ? items.Value.Items : [];
    }
}
