using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Shared.Feedback;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LlamaBlazor.Web.Instances.Pages;

/// <summary>Start where the model is stopped, stop where it is not; the outcome is told, the state itself is shown by its badge.</summary>
public sealed partial class InstanceButtons
{
    private IReadOnlyList<ArgumentChangeAnswer> _pending = [];
    private bool _working;

    [Parameter, EditorRequired]
    public long ModelId { get; set; }

    [Parameter, EditorRequired]
    public string Name { get; set; } = "";

    [Parameter]
    public bool Compact { get; set; }

    [Inject]
    internal InstanceRegistry Board { get; set; } = null!;

    [Inject]
    internal InstanceSupervisor Supervisor { get; set; } = null!;

    [Inject]
    internal PendingChanges Pending { get; set; } = null!;

    [Inject]
    internal Broadcast<ConfigChanged> Changes { get; set; } = null!;

    [Inject]
    private Dialogs Dialogs { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    private InstanceSnapshot? Instance => Board.Find(ModelId);

    private bool IsActive => Instance is { } instance && (instance.IsActive || instance.Phase is InstancePhase.Backoff);

    private string Main => IsActive ? "Stop" : "Start";

    private string Icon => IsActive ? Icons.Material.Outlined.StopCircle : Icons.Material.Outlined.PlayArrow;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Watch(Board.Changes, change => _ = change.ModelId == ModelId ? InvokeAsync(LookAsync) : Task.CompletedTask);
        if (Compact)
            return;
        Watch(Changes, change => _ = change.ModelId is null || change.ModelId == ModelId ? InvokeAsync(LookAsync) : Task.CompletedTask);
        await LookAsync();
    }

    private Task RunMainAsync() =>
        IsActive ? RunAsync(Supervisor.StopAsync, "could not be stopped") : RunAsync(Supervisor.StartAsync, "could not be started");

    private async Task LookAsync()
    {
        if (!Compact && !Left.IsCancellationRequested)
            _pending = (await Task.Run(() => Pending.FindAsync(ModelId, CancellationToken.None))) is { IsSuccess: true } found
                ? found.Value.Changes
                : [];
    }

    private async Task ApplyAsync()
    {
        if (await PendingDialog.OpenAsync(Dialogs, Name, _pending))
            await RunAsync(Pending.ApplyAsync, "could not be restarted");
    }

    private Task RestartAsync() => RunAsync(Supervisor.RestartAsync, "could not be restarted");

    // Not cancelled when the reader leaves the page: what was asked for is done.
    private async Task RunAsync(Func<long, CancellationToken, Task<Result<InstanceSnapshot>>> command, string trouble)
    {
        _working = true;
        try
        {
            var result = await command(ModelId, CancellationToken.None);
            if (result.Failure is { } failure)
                Notices.Say(Severity.Error, $"{Name} {trouble}", failure.Message);
        }
        finally
        {
            _working = false;
        }
    }
}
