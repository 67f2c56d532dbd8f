using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models.Downloads;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Downloads;
using LlamaBlazor.Web.Memory;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.ModelPages.Adding;

/// <summary>Asks what a repository has, lets one quantisation be chosen by size, and downloads it.</summary>
public sealed partial class AddFromHub : IDisposable
{
    private static readonly IReadOnlyDictionary<string, string[]> NoErrors = new Dictionary<string, string[]>();

    private readonly CancellationTokenSource _left = new();
    private IReadOnlyDictionary<string, string[]> _errors = NoErrors;
    private HubOffer? _offer;
    private IReadOnlyList<EngineDevice>? _engine;
    private HubChoice? _chosen;
    private string _source = "";
    private string? _folder;
    private bool _withProjector = true;
    private bool _asking;
    private bool _adding;

    /// <summary>Called once the download is under way.</summary>
    [Parameter]
    public EventCallback OnDone { get; set; }

    [Inject]
    internal DownloadPlanner Planner { get; set; } = null!;

    [Inject]
    internal DownloadService Downloads { get; set; } = null!;

    [Inject]
    internal MachineMemory Memory { get; set; } = null!;

    private bool HasModels => _offer!.Choices.Any(choice => !choice.IsProjector);

    private HubChoice? Projector => _chosen is { IsProjector: false } ? HubChoice.FindProjector(_offer!.Choices) : null;

    private string DownloadText =>
        _chosen is null ? "Download" : $"Download {ByteSize.Text(_chosen.Size + (_withProjector ? Projector?.Size ?? 0 : 0))}";

    /// <inheritdoc/>
    public void Dispose()
    {
        _left.Cancel();
        _left.Dispose();
    }

    // Weights alone, against all memory that is free: a first idea, before the header is here.
    private bool? Fits(HubChoice choice) =>
        choice.IsProjector || Memory.HostFreeBytes is not { } host
            ? null
            : choice.Size < host + Memory.Devices(_engine).Sum(device => device.FreeBytes ?? 0);

    private async Task AskAsync()
    {
        (_asking, _offer, _chosen, _errors) = (true, null, null, NoErrors);
        try
        {
            _engine = await Memory.EngineDevicesAsync(null, _left.Token);
            var offer = await Planner.OfferAsync(_source ?? "", _left.Token);
            if (offer.Failure is { } failure)
                _errors = failure.Errors ?? new Dictionary<string, string[]> { ["source"] = [failure.Message] };
            else
                (_offer, _chosen) = (offer.Value, offer.Value.Choose(offer.Value.Reference.File));
        }
        catch (OperationCanceledException)
        {
            // The dialog was closed.
        }
        finally
        {
            _asking = false;
        }
    }

    private async Task DownloadAsync()
    {
        (_adding, _errors) = (true, NoErrors);
        var request = new DownloadRequest(_source, File: _chosen!.Files[0].Path, Folder: _folder, Projector: _withProjector);
        var items = await Planner.PlanAsync(request, CancellationToken.None);
        var failure = items.Failure ?? (await Downloads.AddAsync(items.Value)).Failure;
        _adding = false;
        if (failure is not null)
            _errors = failure.Errors ?? new Dictionary<string, string[]> { ["file"] = [failure.Message] };
        else
            await OnDone.InvokeAsync();
    }
}
