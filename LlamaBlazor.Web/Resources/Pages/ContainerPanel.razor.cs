using LlamaBlazor.Domain.Instances.Containers;
using LlamaBlazor.Web.Engines.Containers;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Resources.Pages;

/// <summary>The containers with our label, read again with each change of an instance. The runtime is asked only while one of ours may be
/// there.</summary>
public sealed partial class ContainerPanel
{
    private IReadOnlyList<ContainerItem> _containers = [];
    private IReadOnlyList<ContainerUsage> _usage = [];
    private string? _trouble;

    [Inject]
    internal ContainerReconciler Keeper { get; set; } = null!;

    [Inject]
    internal OwnContainers Own { get; set; } = null!;

    [Inject]
    internal ContainerRuntime Runtime { get; set; } = null!;

    [Inject]
    internal InstanceRegistry Board { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Watch(Board.Changes, change => InvokeAsync(ReadAsync));
        await ReadAsync();
    }

    private async Task ReadAsync()
    {
        if (Left.IsCancellationRequested || Runtime.Path is null || !await Keeper.IsUsedAsync(CancellationToken.None))
            return;
        var listed = await Own.ListAsync(CancellationToken.None);
        (_containers, _trouble) = (listed.IsSuccess ? listed.Value : [], listed.Failure?.Message);
        _usage = await Own.UsageAsync(CancellationToken.None);
    }
}
