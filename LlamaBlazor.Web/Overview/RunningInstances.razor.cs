using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Web.Instances;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Overview;

/// <summary>The engines that run now, kept up to date by their board.</summary>
public sealed partial class RunningInstances
{
    private IReadOnlyList<InstanceSnapshot> _instances = [];

    [Inject]
    internal InstanceBoard Board { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        Watch(Board.Changes, _ => Refresh());
        Refresh();
    }

    private void Refresh() => _instances = [.. Board.Active.OrderBy(instance => instance.Model, StringComparer.OrdinalIgnoreCase)];
}
