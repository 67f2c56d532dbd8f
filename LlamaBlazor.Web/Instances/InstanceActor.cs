using System.Threading.Channels;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Instances.Containers;

namespace LlamaBlazor.Web.Instances;

/// <summary>
/// Owns the state of one model's instance. One loop takes one message after the other; nothing else changes the state, and nothing in the loop
/// waits for a process, a network or the database.
/// </summary>
internal sealed partial class InstanceActor : IDisposable
{
    /// <summary>Messages that may wait; senders past it wait themselves.</summary>
    private const int MailboxBound = 256;

    private readonly Channel<ActorMessage> _mailbox = Channel.CreateBounded<ActorMessage>(new BoundedChannelOptions(MailboxBound) { SingleReader = true });
    private readonly List<TaskCompletionSource<Result<InstanceSnapshot>>> _launchWaiters = []; // bounded by the callers, who time out
    private readonly List<TaskCompletionSource<Result<InstanceSnapshot>>> _readyWaiters = [];
    private readonly EngineRunner _runner;
    private readonly InstanceOptions _options;
    private readonly InstanceBoard _board;
    private readonly InstanceLedger _ledger;
    private readonly ReadLoad _load;
    private readonly ILogger _logger;
    private readonly string _uid = Guid.NewGuid().ToString("N");
    private InstanceState _state = InstanceState.Initial;
    private InstanceFacts _facts;
    private StartWish _wish = StartWish.Now;
    private EngineRun? _run;
    private CancellationTokenSource? _retry;
    private StartOutcome? _lastEnd;
    private long _rowId;
    private bool _isContainer;

    /// <summary>Makes the actor and starts its loop.</summary>
    public InstanceActor(InstanceFacts facts, InstanceLog log, EngineRunner runner, InstanceOptions options, InstanceBoard board, InstanceLedger ledger, ReadLoad load, ILogger logger)
    {
        (_facts, Log, _runner, _options, _board, _ledger, _load, _logger) = (facts, log, runner, options, board, ledger, load, logger);
        log.Model = facts.Name;
        Loop = Task.Run(RunAsync);
    }

    /// <summary>Its lines.</summary>
    public InstanceLog Log { get; }

    /// <summary>Ends after <see cref="Dispose"/>.</summary>
    public Task Loop { get; }

    /// <summary>True while a process exists or is being made.</summary>
    public bool HasProcess => Volatile.Read(ref _run) is not null;

    /// <summary>Sends a message and waits for its answer. Who stops waiting for readiness is forgotten: nothing starts for one that has left.</summary>
    public async Task<Result<InstanceSnapshot>> AskAsync(ActorMessage message, CancellationToken cancellation)
    {
        var reply = new TaskCompletionSource<Result<InstanceSnapshot>>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await _mailbox.Writer.WriteAsync(message with { Reply = reply }, cancellation).ConfigureAwait(false);
            return await reply.Task.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            return Failure.Unavailable($"'{_facts.Name}' is no longer looked after: the database was replaced, or the dashboard ends. Try again.");
        }
        catch (OperationCanceledException) when (message.Event is null)
        {
            await _mailbox.Writer.WriteAsync(new ActorMessage(null, reply, IsWithdrawn: true), CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends a process by force, without asking the loop: for the last moment of a shutdown.</summary>
    public void Kill() => Volatile.Read(ref _run)?.Kill();

    /// <summary>Takes no more messages.</summary>
    public void Dispose()
    {
        _mailbox.Writer.TryComplete();
        _retry?.Dispose();
    }

    private async Task RunAsync()
    {
        await foreach (var message in _mailbox.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                Handle(message);
            }
            catch (Exception error)
            {
                LogFailed(_facts.Name, error);
                message.Reply?.TrySetException(error);
            }
        }
    }

    private void Handle(ActorMessage message)
    {
        if (message.Source is not null && !ReferenceEquals(message.Source, _run) && !ReferenceEquals(message.Source, _retry))
            return;
        if (message.Facts is { } facts)
            (_facts, Log.Model) = (facts, facts.Name);
        if (message.IsWithdrawn)
            Withdraw(message.Reply!);
        else if (message.IsNews)
            message.Reply?.TrySetResult(Snapshot());
        else if (message.Event is null)
            AwaitReady(message);
        else if (!message.OnlyIdle || MayStopIdle(message.Reply!))
            ApplyCommand(message);
    }

    private void ApplyCommand(ActorMessage message)
    {
        if (message.Wish is { } wish && _state.Phase is not (InstancePhase.Loading or InstancePhase.Running))
            _wish = wish;
        Apply(message.Event!, message.Reply);
    }

    // Said first, asked afterwards: the proxy takes a place first and looks at the board afterwards, so that one of the two sees the other.
    private bool MayStopIdle(TaskCompletionSource<Result<InstanceSnapshot>> reply)
    {
        if (_state.Phase is not InstancePhase.Running)
        {
            reply.TrySetResult(Snapshot());
            return false;
        }

        _board.Publish(Snapshot() with { Status = InstancePhase.Stopping.Status(), RuntimeStatus = InstancePhase.Stopping.RuntimeStatus() });
        if (_load(_facts.ModelId) is { Busy: 0, Waiting: 0 })
            return true;
        _board.Publish(Snapshot());
        reply.TrySetResult(Failure.Conflict($"'{_facts.Name}' has just got a request."));
        return false;
    }

    private void Withdraw(TaskCompletionSource<Result<InstanceSnapshot>> reply)
    {
        if (_readyWaiters.Remove(reply) && _readyWaiters.Count == 0 && _wish == StartWish.Patient && _run?.Stage is not null)
            Apply(new InstanceEvent.StopRequested(), null);
    }

    private void AwaitReady(ActorMessage message)
    {
        if (_state.Phase is InstancePhase.Running)
            message.Reply!.TrySetResult(Snapshot());
        else if (_state.Phase is InstancePhase.Failed && !RestartPolicy.MayStartOnDemand(_state.FailedAt, Now()))
            message.Reply!.TrySetResult(Failure.Unavailable($"'{_facts.Name}' could not be started a moment ago: {_state.Reason} It is tried again in a minute, or at once with Start."));
        else
            Join(message.Reply!);
    }

    private void Join(TaskCompletionSource<Result<InstanceSnapshot>> reply)
    {
        _readyWaiters.Add(reply);
        if (_state.Phase is not (InstancePhase.Stopped or InstancePhase.Failed or InstancePhase.Stopping))
            return;
        _wish = StartWish.Patient;
        Apply(new InstanceEvent.StartRequested(), null);
    }

    private void Apply(InstanceEvent happened, TaskCompletionSource<Result<InstanceSnapshot>>? reply)
    {
        var before = _state;
        if (happened is InstanceEvent.Exited exited)
            _lastEnd = exited.Outcome;
        var ended = happened is InstanceEvent.Exited or InstanceEvent.LaunchFailed or InstanceEvent.Refused ? _run : null;
        var (state, effects) = InstanceLifecycle.Apply(before, happened, _options.Policy(_facts.RestartPolicy), Now());
        _state = state;
        if (ended is not null)
        {
            Volatile.Write(ref _run, null);
            ended.Dispose();
        }
        foreach (var effect in effects)
            Perform(effect);
        if (happened is InstanceEvent.StartRequested && reply is not null && _state.Phase is InstancePhase.Loading && _run?.Process is null)
            _launchWaiters.Add(reply); // answered when the process exists, or cannot be made
        else
            reply?.TrySetResult(Snapshot());
        Publish(before, happened);
        Answer(happened, ended);
    }

    private void Perform(InstanceEffect effect)
    {
        switch (effect)
        {
            case InstanceEffect.Launch:
                Launch();
                break;
            case InstanceEffect.Terminate:
                _run?.Stop();
                break;
            case InstanceEffect.ScheduleRetry:
                _retry = new CancellationTokenSource();
                _ = WakeAsync(_retry, _state.Pause);
                break;
            case InstanceEffect.CancelRetry:
                _retry?.Cancel();
                _retry = null;
                break;
            default:
                throw new InvalidOperationException($"{effect} has no meaning");
        }
    }

    private void Launch()
    {
        if (_rowId == 0 || _isContainer || _facts.IsContainer) // each container has a row of its own, for each has an id of its own
            _rowId = _ledger.Renew(_rowId);
        _isContainer = _facts.IsContainer;
        _retry = null;
        _lastEnd = null;
        // A restart has waited already, and has had its place: it waits a little for another.
        var wish = _state.Failures == FailureCount.None ? _wish : StartWish.Patient with { Wait = TimeSpan.FromMinutes(1) };
        Volatile.Write(ref _run, _runner.Begin(new EngineRunPlan(_facts, wish, _uid, _rowId, Log, async (run, happened) =>
            await _mailbox.Writer.WriteAsync(new ActorMessage(happened, Source: run)).ConfigureAwait(false))));
    }

    private async Task WakeAsync(CancellationTokenSource retry, TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, _runner.Clock, retry.Token).ConfigureAwait(false);
            await _mailbox.Writer.WriteAsync(new ActorMessage(new InstanceEvent.BackoffElapsed(), Source: retry)).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or ChannelClosedException)
        {
            // Somebody decided otherwise meanwhile.
        }
    }

    private void Publish(InstanceState before, InstanceEvent happened)
    {
        if (before.Phase == _state.Phase && happened is not (InstanceEvent.Launched or InstanceEvent.StageChanged))
            return;
        var snapshot = Snapshot();
        _board.Publish(snapshot);
        _ledger.Record(snapshot, _facts, _uid, _run);
        if (before.Phase != _state.Phase)
            LogPhase(_state.Phase is InstancePhase.Failed or InstancePhase.Backoff ? LogLevel.Warning : LogLevel.Information, _facts.Name, snapshot.RuntimeStatus!, snapshot.Reason);
    }

    private void Answer(InstanceEvent happened, EngineRun? ended)
    {
        if (_launchWaiters.Count > 0 && _state.Phase is not InstancePhase.Loading || happened is InstanceEvent.Launched or InstanceEvent.StageChanged)
            Complete(_launchWaiters, ended?.Failure is { } failure ? failure : Snapshot());
        if (_state.Phase is InstancePhase.Running)
            Complete(_readyWaiters, Snapshot());
        else if (_state.Phase is InstancePhase.Failed)
            Complete(_readyWaiters, Failure.Unavailable($"'{_facts.Name}' could not be started: {_state.Reason}"));
        else if (_state.Phase is InstancePhase.Stopped)
            Complete(_readyWaiters, ended?.Failure is { Kind: FailureKind.Conflict } refusal && happened is InstanceEvent.Refused ? refusal : Failure.Unavailable($"'{_facts.Name}' was stopped while it was loading. Start it again."));
    }

    private static void Complete(List<TaskCompletionSource<Result<InstanceSnapshot>>> waiters, Result<InstanceSnapshot> result)
    {
        foreach (var waiter in waiters)
            waiter.TrySetResult(result);
        waiters.Clear();
    }

    private (string Word, string? Reason)? Stage => _state.Phase is InstancePhase.Loading ? _run?.Stage : null;

    private InstanceSnapshot Snapshot() => new()
    {
        Id = _rowId,
        ModelId = _facts.ModelId,
        Model = _facts.Name,
        Kind = _isContainer ? ContainerKind.Row : ContainerKind.Process,
        ContainerId = _run?.Process?.ContainerId,
        Status = _state.Phase.Status(),
        RuntimeStatus = Stage?.Word ?? _state.Phase.RuntimeStatus(),
        Pid = _run?.Process?.Pid,
        Port = _run?.Process is null ? null : _run.Port,
        BaseUrl = _run?.Process is null ? null : _run.BaseUrl,
        UpstreamKey = _run?.Command?.ApiKey,
        Command = _run?.Process is null ? null : _run.Command,
        StartedAt = _run?.StartedAt,
        ReadyAt = _state.ReadyAt,
        ExitCode = _lastEnd?.ExitCode,
        Signal = _lastEnd?.Signal,
        Reason = Stage is { } stage ? stage.Reason : _state.Reason,
        Busy = _load(_facts.ModelId).Busy,
        LastLines = _state.Phase is InstancePhase.Failed or InstancePhase.Backoff ? Log.LastOfLaunch() : [],
    };

    private long Now() => _runner.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    [LoggerMessage(Level = LogLevel.Error, Message = "The instance of {Model} could not handle a message")]
    private partial void LogFailed(string model, Exception error);

    [LoggerMessage(Message = "{Model}: {Phase} {Reason}")]
    private partial void LogPhase(LogLevel level, string model, string phase, string? reason);
}
