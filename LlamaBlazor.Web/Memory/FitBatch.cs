using System.Globalization;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Shared.Live;

namespace LlamaBlazor.Web.Memory;

/// <summary>Analyses the fit of many models, one after the other, since each run measures the memory that is free. One batch at a
/// time.</summary>
internal sealed partial class FitBatch(
    FitAnalysis analysis,
    ModelStore store,
    Broadcast<FitBatchProgress> changes,
    IHostApplicationLifetime lifetime,
    ILogger<FitBatch> logger
)
{
    /// <summary>Models in one batch.</summary>
    public const int Bound = 10_000;

    private const int FailureBound = 100;

    private readonly Lock _gate = new();
    private CancellationTokenSource? _stop;

    /// <summary>Tells how far it is.</summary>
    public Broadcast<FitBatchProgress> Changes => changes;

    /// <summary>The running batch or the last one; null before the first.</summary>
    public FitBatchProgress? Current { get; private set; }

    /// <summary>Begins a batch; it goes on when the caller leaves.</summary>
    /// <returns>Its start; a conflict while another one runs.</returns>
    public Result<FitBatchProgress> Start(IReadOnlyCollection<long> ids)
    {
        if (ids.Count is 0 or > Bound)
            return Failure.Invalid("ids", $"Name 1 to {Bound:N0} models.");
        CancellationTokenSource stop;
        lock (_gate)
        {
            if (_stop is not null)
                return Failure.Conflict(
                    $"An analysis of {(Current!.Total == 1 ? "1 model" : $"{Current.Total:N0} models")} is running. Wait for its end, "
                        + "or cancel it."
                );
            _stop = stop = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
            Current = new FitBatchProgress(ids.Count, 0, 0, null, true, false, []);
        }

        changes.Publish(Current);
        var queue = ids.ToList();
        _ = Task.Run(() => RunAsync(queue, stop), CancellationToken.None);
        return Current;
    }

    /// <summary>Ends the batch after what has been analysed. False when none runs.</summary>
    public bool Cancel()
    {
        lock (_gate)
        {
            _stop?.Cancel();
            return _stop is not null;
        }
    }

    private async Task RunAsync(List<long> ids, CancellationTokenSource stop)
    {
        try
        {
            foreach (var id in ids)
            {
                stop.Token.ThrowIfCancellationRequested();
                await StepAsync(id, stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            Show(progress => progress with { Cancelled = true });
        }
        finally
        {
            lock (_gate)
                _stop = null;
            stop.Dispose();
            Show(progress => progress with { Running = false, Model = null });
        }
    }

    private async Task StepAsync(long id, CancellationToken cancellation)
    {
        string? reason;
        var name = id.ToString(CultureInfo.InvariantCulture);
        try
        {
            var model = await store.FindAsync(name, cancellation).ConfigureAwait(false);
            name = model?.Name ?? name;
            Show(progress => progress with { Model = name });
            var result = model is null ? ModelStore.Unknown(name) : await analysis.RunAsync(model, cancellation).ConfigureAwait(false);
            reason = result.IsSuccess ? result.Value.FitParamsError : result.Failure!.Message;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogFailed(name, error); // the others are analysed all the same
            reason = error.Message;
        }

        Show(progress =>
            progress with
            {
                Done = progress.Done + 1,
                Failed = progress.Failed + (reason is null ? 0 : 1),
                Failures =
                    reason is null || progress.Failures.Count == FailureBound
                        ? progress.Failures
                        : [.. progress.Failures, new FitFailure(name, reason)],
            }
        );
    }

    private void Show(Func<FitBatchProgress, FitBatchProgress> change)
    {
        FitBatchProgress now;
        lock (_gate)
            now = Current = change(Current!);
        changes.Publish(now);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The fit of {Model} could not be analysed")]
    private partial void LogFailed(string model, Exception error);
}

/// <summary>How far a batch is.</summary>
/// <param name="Total">Models in it.</param>
/// <param name="Done">Analysed, the failed ones included.</param>
/// <param name="Failed">Without an advice.</param>
/// <param name="Model">The one being analysed, or null.</param>
/// <param name="Running">False once it has ended.</param>
/// <param name="Cancelled">True where a person ended it.</param>
/// <param name="Failures">The first hundred, with their reasons.</param>
internal sealed record FitBatchProgress(
    int Total,
    int Done,
    int Failed,
    string? Model,
    bool Running,
    bool Cancelled,
    IReadOnlyList<FitFailure> Failures
);

/// <summary>A model without an advice.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Reason">Why.</param>
internal sealed record FitFailure(string Model, string Reason);
