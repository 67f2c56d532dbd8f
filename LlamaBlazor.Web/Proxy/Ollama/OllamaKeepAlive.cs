using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Proxy.Ollama;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Instances;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Proxy.Ollama;

/// <summary>
/// Honours <c>keep_alive</c>: a model is let go after that time without a request. It can only shorten a model's stay; its idle time in the
/// dashboard
/// holds as well. Pinned models stay.
/// </summary>
internal sealed partial class OllamaKeepAlive(
    InstanceSupervisor supervisor,
    IDbContextFactory<LlamaDbContext> contexts,
    InFlightRegistry registry,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<OllamaKeepAlive> logger
) : IPerModelState
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(1); // timers end after 49 days
    private readonly Lock _gate = new();
    private readonly Dictionary<long, Stay> _stays = []; // one a model, with a timer, until that has run out or the model is deleted

    /// <inheritdoc/>
    public IReadOnlyCollection<long> Models
    {
        get
        {
            lock (_gate)
                return [.. _stays.Keys];
        }
    }

    /// <inheritdoc/>
    public void Forget(long modelId)
    {
        lock (_gate)
        {
            if (_stays.Remove(modelId, out var stay))
                stay.Over.Cancel(); // its timer ends
        }
    }

    /// <summary>When a model will be let go, or null when nothing was said.</summary>
    public DateTimeOffset? Until(long modelId)
    {
        lock (_gate)
            return _stays.TryGetValue(modelId, out var stay) ? stay.Until : null;
    }

    /// <summary>Notes what a request said about its model.</summary>
    /// <param name="modelId">The model, or null when the request found none.</param>
    /// <param name="keepAlive">The time; null says nothing.</param>
    public void Note(long? modelId, TimeSpan? keepAlive)
    {
        if (modelId is not { } id || keepAlive is not { } time)
            return;
        var stay =
            time == OllamaDuration.Forever
                ? null
                : new Stay(
                    clock.GetUtcNow() + time,
                    time,
                    clock.GetTimestamp(),
                    CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping)
                );
        lock (_gate)
        {
            if (_stays.Remove(id, out var before))
                before.Over.Cancel(); // its timer ends: the later request counts
            if (stay is not null)
                _stays[id] = stay;
        }

        if (stay is not null)
            _ = LetGoAsync(id, stay);
    }

    private async Task LetGoAsync(long modelId, Stay stay)
    {
        try
        {
            while (!await MayGoAsync(modelId, stay).ConfigureAwait(false))
                await Task.Delay(Pause(Left(stay)), clock, stay.Over.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // A later request said otherwise, or the dashboard ends, and its engines with it.
        }
        catch (Exception error)
        {
            LogFailed(modelId, error);
        }
        finally
        {
            lock (_gate)
            {
                if (_stays.TryGetValue(modelId, out var now) && now == stay)
                    _stays.Remove(modelId);
                stay.Over.Dispose();
            }
        }
    }

    private async Task<bool> MayGoAsync(long modelId, Stay stay) =>
        Left(stay) <= TimeSpan.Zero
        && registry.Busy(modelId) == 0
        && Rested(modelId, stay.Time)
        && await TryStopAsync(modelId).ConfigureAwait(false);

    // By the clock that never goes back.
    private TimeSpan Left(Stay stay) => stay.Time - clock.GetElapsedTime(stay.Since);

    // The time itself first; after it a look now and then.
    private static TimeSpan Pause(TimeSpan left) =>
        left <= TimeSpan.Zero ? LookAgain
        : left < LongestPause ? left
        : LongestPause;

    // False when a request has come meanwhile.
    private async Task<bool> TryStopAsync(long modelId)
    {
        var facts = await InstanceDefinition.ReadAsync(contexts, modelId, lifetime.ApplicationStopping).ConfigureAwait(false);
        if (!facts.IsSuccess || facts.Value.Pinned)
            return true;
        var stopped = await supervisor.StopIdleAsync(modelId, lifetime.ApplicationStopping).ConfigureAwait(false);
        return stopped.Failure?.Kind != FailureKind.Conflict;
    }

    // Requests that did not come through here count too.
    private bool Rested(long modelId, TimeSpan time) =>
        registry.CompletedAgo(modelId) is not { } rest || rest >= time - TimeSpan.FromMilliseconds(50);

    private sealed record Stay(DateTimeOffset Until, TimeSpan Time, long Since, CancellationTokenSource Over);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Model {ModelId} could not be let go after its keep_alive")]
    private partial void LogFailed(long modelId, Exception error);
}
