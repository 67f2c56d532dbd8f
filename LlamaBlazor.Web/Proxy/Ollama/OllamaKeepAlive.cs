using System.Collections.Concurrent;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Proxy.Ollama;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Instances;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Proxy.Ollama;

/// <summary>
/// Honours <c>keep_alive</c>: a model is let go after that time without a request. It can only shorten a model's stay; its idle time in the dashboard
/// holds as well. Pinned models stay.
/// </summary>
internal sealed partial class OllamaKeepAlive(
    InstanceSupervisor supervisor,
    IDbContextFactory<LlamaDbContext> contexts,
    InFlightRegistry registry,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<OllamaKeepAlive> logger)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<long, long> _until = new(); // when each model may go, Unix milliseconds; one a model that was ever asked for

    /// <summary>When a model will be let go, or null when nothing was said.</summary>
    public DateTimeOffset? Until(long modelId) => _until.TryGetValue(modelId, out var until) ? DateTimeOffset.FromUnixTimeMilliseconds(until) : null;

    /// <summary>Notes what a request said about its model.</summary>
    /// <param name="modelId">The model, or null when the request found none.</param>
    /// <param name="keepAlive">The time; null says nothing.</param>
    public void Note(long? modelId, TimeSpan? keepAlive)
    {
        if (modelId is not { } id || keepAlive is not { } time)
            return;
        _until.TryRemove(id, out _);
        if (time == OllamaDuration.Forever)
            return;
        var until = (clock.GetUtcNow() + time).ToUnixTimeMilliseconds();
        _until[id] = until;
        _ = LetGoAsync(id, time, until);
    }

    private async Task LetGoAsync(long modelId, TimeSpan time, long until)
    {
        try
        {
            for (var pause = time; ; pause = LookAgain)
            {
                await Task.Delay(pause, clock, lifetime.ApplicationStopping).ConfigureAwait(false);
                if (!_until.TryGetValue(modelId, out var wanted) || wanted != until)
                    return; // a later request said otherwise
                if (registry.Busy(modelId) == 0 && Rested(modelId, time) && await TryStopAsync(modelId).ConfigureAwait(false))
                    break;
            }

            _until.TryRemove(new(modelId, until));
        }
        catch (OperationCanceledException)
        {
            // The dashboard ends, and its engines with it.
        }
        catch (Exception error)
        {
            LogFailed(modelId, error);
        }
    }

    // False when a request has come meanwhile.
    private async Task<bool> TryStopAsync(long modelId)
    {
        var facts = await InstanceFacts.ReadAsync(contexts, modelId, lifetime.ApplicationStopping).ConfigureAwait(false);
        if (!facts.IsSuccess || facts.Value.Pinned)
            return true;
        var stopped = await supervisor.StopIdleAsync(modelId, lifetime.ApplicationStopping).ConfigureAwait(false);
        return stopped.Failure?.Kind != FailureKind.Conflict;
    }

    // Requests that did not come through here count too.
    private bool Rested(long modelId, TimeSpan time) =>
        registry.LastCompletedAt(modelId) is not { } last || clock.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(last) >= time - TimeSpan.FromMilliseconds(50);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Model {ModelId} could not be let go after its keep_alive")]
    private partial void LogFailed(long modelId, Exception error);
}
