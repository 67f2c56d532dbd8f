using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Shared.Feedback;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LlamaBlazor.Web.Overview;

/// <summary>The engines that run now, kept up to date by their registry.</summary>
public sealed partial class RunningInstances
{
    private IReadOnlyList<InstanceSnapshot> _instances = [];

    [Inject]
    internal InstanceRegistry Board { get; set; } = null!;

    [Inject]
    internal InstanceSupervisor Supervisor { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        Watch(Board.Changes, _ => Refresh());
        Refresh();
    }

    private async Task StopAsync(InstanceSnapshot instance)
    {
        var stopped = await Supervisor.StopAsync(instance.ModelId, Left);
        if (stopped.Failure is { } failure)
            Notices.Say(Severity.Error, $"{instance.Model} could not be stopped", failure.Message);
        else
            Notices.Say(Severity.Success, $"{instance.Model} is stopping");
    }

    private void Refresh() => _instances = [.. Board.Active.OrderBy(instance => instance.Model, StringComparer.OrdinalIgnoreCase)];
}
