using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Proxy;

namespace LlamaBlazor.Web.Proxy;

// Moving the lines: one task a model, only while somebody waits.
internal sealed partial class RequestScheduler
{
    private void Pump(RequestQueue gate, ProxyModel model) => _ = Task.Run(() => PumpAsync(gate, model));

    private async Task PumpAsync(RequestQueue gate, ProxyModel model)
    {
        try
        {
            do
            {
                if (RunningAt(model.Id) is { } engine)
                {
                    await slots.ReadAsync(engine).ConfigureAwait(false);
                    if (!gate.Admit(() => RunningAt(model.Id), Places(model, engine)))
                        return;
                    await Task.Delay(LookAgain, clock, lifetime.ApplicationStopping).ConfigureAwait(false); // draining, or stopped just now
                    StopDraining(); // whoever closed it may have gone
                }
                else if (await StartAsync(gate, model).ConfigureAwait(false) is { } refusal)
                {
                    gate.Refuse(refusal);
                    return;
                }
            } while (!gate.TryRest());
        }
        catch (OperationCanceledException)
        {
            gate.Refuse(ShuttingDown);
        }
        catch (Exception error)
        {
            LogPumpFailed(model.Name, error);
            gate.Refuse(new Grant(null, ProxyError.StartFailed, $"'{model.Name}' could not be started: {error.Message}"));
        }
        finally
        {
            StopDraining();
        }
    }

    // Starts the model as long as anybody waits for it. Returns why it cannot be, or null.
    private async Task<Grant?> StartAsync(RequestQueue gate, ProxyModel model)
    {
        using var given = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
        var start = ensureReady(model.Id, given.Token);
        while (!start.IsCompleted)
        {
            try
            {
                await start.WaitAsync(LookAgain, clock, CancellationToken.None).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                DrainForStarving();
            }
            catch (OperationCanceledException) when (start.IsCompleted)
            {
                break;
            }

            if (gate.Waiting == 0 && !start.IsCompleted)
                await given.CancelAsync().ConfigureAwait(false); // nobody is left to start it for
        }

        try
        {
            var result = await start.ConfigureAwait(false);
            return result.Failure switch
            {
                null => null,
                { Kind: FailureKind.NotFound } => new Grant(
                    null,
                    ProxyError.ModelNotFound,
                    $"The model '{model.Name}' does not exist any more. GET /v1/models lists all."
                ),
                var failure => new Grant(null, ProxyError.StartFailed, failure.Message, 10),
            };
        }
        catch (OperationCanceledException) when (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return null; // given up, or stopped by somebody: who waits now starts it anew
        }
    }

    // Looked and written under one lock: of two at once, the one that looked first must not write last.
    private void DrainForStarving()
    {
        lock (_drains)
        {
            var candidates = _gates.Values.Select(Describe).ToList();
            foreach (var candidate in candidates)
                _gates[candidate.ModelId].IsDraining = options.CurrentValue.Swap.ShouldDrain(candidate, candidates);
        }
    }

    private void StopDraining()
    {
        if (_gates.Values.Any(gate => gate.IsDraining))
            DrainForStarving();
    }

    private SwapCandidate Describe(RequestQueue gate)
    {
        var instance = board.Find(gate.ModelId);
        var running = instance is { Phase: InstancePhase.Running };
        var warm =
            running && instance!.ReadyAt is { } ready ? clock.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(ready) : TimeSpan.Zero;
        return new SwapCandidate(
            gate.ModelId,
            running,
            gate.Waiting,
            gate.OldestSince is { } since ? clock.GetElapsedTime(since) : TimeSpan.Zero,
            warm
        )
        {
            IsBlocked = instance?.Wait is StartWait.Pending,
            IsPinned = gate.IsPinned,
        };
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Requests for '{Model}' could not be served")]
    private partial void LogPumpFailed(string model, Exception error);
}
