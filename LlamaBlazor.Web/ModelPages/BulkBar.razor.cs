using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Memory;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Shared.Feedback;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LlamaBlazor.Web.ModelPages;

/// <summary>Actions on many models. One after the other where engines are concerned, so that starts do not fight for memory.</summary>
public sealed partial class BulkBar
{
    private bool _busy;

    [Parameter, EditorRequired]
    public IReadOnlyCollection<long> Ids { get; set; } = [];

    [Parameter]
    public EventCallback OnDone { get; set; }

    [Inject]
    internal InstanceSupervisor Supervisor { get; set; } = null!;

    [Inject]
    internal ModelStore Store { get; set; } = null!;

    [Inject]
    internal FitBatch Fits { get; set; } = null!;

    [Inject]
    private Dialogs Dialogs { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    private Task StartAsync() => EachAsync("started", async id => (await Supervisor.StartAsync(id, CancellationToken.None)).Failure);

    private Task StopAsync() => EachAsync("stopped", async id => (await Supervisor.StopAsync(id, CancellationToken.None)).Failure);

    private Task MarkAsync() => EachAsync("marked", async id => (await Store.SetFavoriteAsync(id.ToString(), true)).Failure);

    private void AnalyseFit()
    {
        if (Fits.Start(Ids).Failure is { } failure)
            Notices.Say(Severity.Warning, "Not begun", failure.Errors?.Values.FirstOrDefault()?.FirstOrDefault() ?? failure.Message);
    }

    private async Task DeleteAsync()
    {
        if (await DeleteModelDialog.OpenAsync(Dialogs, [.. Ids], $"{Ids.Count:N0} models"))
            await OnDone.InvokeAsync();
    }

    private async Task EachAsync(string done, Func<long, Task<Failure?>> action)
    {
        _busy = true;
        var ids = Ids.ToList(); // the ticks may change meanwhile
        var failures = new List<Failure>(); // at most one a model
        try
        {
            foreach (var id in ids)
            {
                if (await action(id) is { } failure)
                    failures.Add(failure);
            }
        }
        finally
        {
            _busy = false;
        }

        var others = failures.Count > 1 ? $" And {failures.Count - 1:N0} more." : "";
        if (failures.Count == 0)
            Notices.Say(Severity.Success, $"{ids.Count:N0} {done}");
        else
            Notices.Say(Severity.Warning, $"{ids.Count - failures.Count:N0} of {ids.Count:N0} {done}", failures[0].Message + others);
    }
}
