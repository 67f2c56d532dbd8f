using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Shared.Live;

/// <summary>
/// A component that follows live data: it renders at most four times a second however much arrives, and lets go of everything when it
/// leaves the page.
/// </summary>
public abstract class LiveComponent : ComponentBase, IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly List<IDisposable> _subscriptions = []; // as many as Watch is called in OnInitialized
    private readonly CancellationTokenSource _left = new();
    private int _pending;

    /// <summary>Cancelled when the component leaves the page.</summary>
    protected CancellationToken Left => _left.Token;

    [Inject]
    internal TimeProvider Clock { get; set; } = null!;

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _left.CancelAsync().ConfigureAwait(false);
        lock (_subscriptions)
        {
            foreach (var subscription in _subscriptions)
                subscription.Dispose();
        }
        _left.Dispose();
    }

    /// <summary>Follows a broadcast: the handler stores what it needs, the render follows soon. Of one that has left the page, whose
    /// initialisation was still waiting for something, nothing is kept.</summary>
    internal void Watch<T>(Broadcast<T> source, Action<T>? handler = null)
    {
        lock (_subscriptions)
        {
            if (_left.IsCancellationRequested)
                return;
            _subscriptions.Add(
                source.Subscribe(message =>
                {
                    handler?.Invoke(message);
                    RenderSoon();
                })
            );
        }
    }

    /// <summary>Renders within a quarter of a second; calls in between cost nothing.</summary>
    protected void RenderSoon()
    {
        if (Interlocked.Exchange(ref _pending, 1) == 0)
            _ = RenderLaterAsync();
    }

    private async Task RenderLaterAsync()
    {
        try
        {
            await Task.Delay(Interval, Clock, _left.Token).ConfigureAwait(false);
            Volatile.Write(ref _pending, 0);
            await InvokeAsync(StateHasChanged).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
        {
            // The component has left the page.
        }
        catch (Exception error)
        {
            await DispatchExceptionAsync(error).ConfigureAwait(false);
        }
    }
}
