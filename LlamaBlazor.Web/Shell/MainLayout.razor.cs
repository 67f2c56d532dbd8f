using LlamaBlazor.Web.Data;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;

namespace LlamaBlazor.Web.Shell;

/// <summary>The bar, the list of pages and the page itself. A page that fails takes only itself down.</summary>
public sealed partial class MainLayout : IDisposable
{
    private ErrorBoundary? _boundary;
    private bool _open;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private DataFolder Folder { get; set; } = null!;

    /// <inheritdoc/>
    public void Dispose() => Navigation.LocationChanged -= Close;

    /// <inheritdoc/>
    protected override void OnInitialized() => Navigation.LocationChanged += Close;

    private void Toggle() => _open = !_open;

    private void Close(object? sender, LocationChangedEventArgs args)
    {
        _open = false;
        _boundary?.Recover();
        _ = InvokeAsync(StateHasChanged);
    }
}
