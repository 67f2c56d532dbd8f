using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Shared.ModelTabs;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.ModelPages;

/// <summary>One model: its head, and the tabs that features have registered. Only the open tab exists.</summary>
public sealed partial class ModelPage
{
    private List<ModelTab> _tabs = [];
    private ModelTab? _tab;
    private Model? _model;
    private string? _loadedKey;
    private bool _loaded;

    [Parameter]
    public string Key { get; set; } = "";

    [Parameter]
    public string? Tab { get; set; }

    [Inject]
    internal IEnumerable<ModelTab> Tabs { get; set; } = null!;

    [Inject]
    internal IEnumerable<ModelAction> Actions { get; set; } = null!;

    [Inject]
    internal ModelStore Store { get; set; } = null!;

    [Inject]
    internal InstanceRegistry Board { get; set; } = null!;

    [Inject]
    internal DraftShelf Drafts { get; set; } = null!;

    private InstanceSnapshot? Instance => _model is null ? null : Board.Find(_model.Id);

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        _tabs = [.. Tabs.OrderBy(tab => tab.Order)];
        Drafts.Changed += RenderSoon;
        Watch(Board.Changes);
        Watch(
            Store.Changes,
            change =>
            {
                if (change.Id == 0 || change.Id == _model?.Id)
                    _ = InvokeAsync(RefreshAsync);
            }
        );
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        _tab = Tab is null ? _tabs.FirstOrDefault() : _tabs.Find(tab => tab.Key.Equals(Tab, StringComparison.OrdinalIgnoreCase));
        if (_loadedKey == Key)
            return;
        _loadedKey = Key;
        await ReadAsync();
        _loaded = true;
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        Drafts.Changed -= RenderSoon;
        return base.DisposeAsync();
    }

    private static string Facts(Model model) =>
        string.Join(
            " · ",
            new[]
            {
                model.Role == ModelRole.Model ? null : model.Role,
                model.Architecture,
                model.Params,
                model.Quantization,
                model.ContextLength is { } context ? $"{context:N0} tokens" : null,
                model.FileSizeBytes is { } size ? ByteSize.Text(size) : null,
            }.OfType<string>()
        );

    private async Task ReadAsync() => _model = await Store.FindAsync(Key, Left);

    private async Task RefreshAsync()
    {
        try
        {
            await ReadAsync();
            StateHasChanged();
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
        {
            // The page was left.
        }
    }
}
