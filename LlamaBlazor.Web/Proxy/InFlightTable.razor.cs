using LlamaBlazor.Web.Shared.Feedback;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LlamaBlazor.Web.Proxy;

/// <summary>Requests under way. Their tokens grow without a message, so it looks once a second while there are any.</summary>
public sealed partial class InFlightTable
{
    private const int Shown = 50;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private IReadOnlyList<InFlightRequest> _requests = [];

    [Inject]
    internal InFlightRegistry Registry { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        Watch(Registry.Changes);
        _ = TickAsync();
    }

    /// <inheritdoc/>
    protected override bool ShouldRender()
    {
        _requests = Registry.All;
        return true;
    }

    /// <inheritdoc/>
    protected override void OnParametersSet() => _requests = Registry.All;

    private static string Describe(InFlightRequest request) =>
        request.State switch
        {
            InFlightState.Queued when request.Place > 0 => $"waiting, place {request.Place}",
            InFlightState.Queued => "waiting",
            InFlightState.Prompt => "reading the prompt",
            _ => "writing",
        };

    private double Elapsed(InFlightRequest request) => Clock.GetElapsedTime(request.StartTimestamp).TotalMilliseconds;

    private void Cancel(InFlightRequest request)
    {
        if (!Registry.Cancel(request.Id))
            Notices.Say(Severity.Info, "The request had ended already");
    }

    private async Task TickAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(Interval, Clock);
            while (await timer.WaitForNextTickAsync(Left))
            {
                if (Registry.Count > 0)
                    RenderSoon();
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }
}
