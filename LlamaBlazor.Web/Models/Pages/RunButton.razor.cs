using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Web.Instances;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace LlamaBlazor.Web.Models.Pages;

/// <summary>The button that starts a stopped model and stops a running one.</summary>
public sealed partial class RunButton
{
    private bool _busy;

    [Parameter, EditorRequired]
    public long ModelId { get; set; }

    [Parameter, EditorRequired]
    public string Name { get; set; } = "";

    [Parameter, EditorRequired]
    public string Status { get; set; } = "";

    /// <summary>An icon alone, for lists.</summary>
    [Parameter]
    public bool Compact { get; set; }

    [Inject]
    internal InstanceSupervisor Supervisor { get; set; } = null!;

    [Inject]
    private NotificationService Notifications { get; set; } = null!;

    private bool IsActive => Status is "loading" or "running" or "stopping";

    private ButtonSize Size => Compact ? ButtonSize.Small : ButtonSize.Medium;

    private Task StartAsync() => RunAsync(() => Supervisor.StartAsync(ModelId, CancellationToken.None), "could not be started");

    private Task StopAsync() => RunAsync(() => Supervisor.StopAsync(ModelId, CancellationToken.None), "could not be stopped");

    private async Task RunAsync(Func<Task<Result<InstanceSnapshot>>> command, string failed)
    {
        _busy = true;
        var result = await command();
        _busy = false;
        if (result.Failure is { } failure)
            Notifications.Notify(NotificationSeverity.Error, $"{Name} {failed}", failure.Message, 10_000);
    }
}
