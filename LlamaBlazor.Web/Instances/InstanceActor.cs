using System.Threading.Channels;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Instances;

/// <summary>
/// Owns the state of one model's instance. One loop takes one message after the other; nothing else changes the state, and nothing in the
/// loop
/// waits for a process, a network or the database.
/// </summary>
internal sealed partial class InstanceActor : IDisposable
{
    /// <summary>Messages that may wait; senders past it wait themselves.</summary>
    private const int MailboxBound = 256;

    private readonly Channel<ActorMessage> _mailbox = Channel.CreateBounded<ActorMessage>(
        new BoundedChannelOptions(MailboxBound) { SingleReader = true }
    );
    private readonly WaiterList _launchWaiters = new();
    private readonly WaiterList _readyWaiters = new();
    private readonly EngineRunner _runner;
    private readonly InstancePublisher _publisher;
    private readonly IOptionsMonitor<InstanceOptions> _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly string _uid = Guid.NewGuid().ToString("N");
    private InstanceState _state = InstanceState.Initial;
    private InstanceDefinition _facts;
    private StartOptions _wish = StartOptions.Now;
    private StartOptions? _wishBeside; // of a person, for the start that requests began
    private EngineRun? _run;
    private CancellationTokenSource? _retry;
    private TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private StartOutcome? _lastEnd;
    private long? _readyAt; // for people; durations are of the state
    private long _rowId;
    private bool _isContainer;

    /// <summary>Makes the actor and starts its loop.</summary>
    public InstanceActor(
        InstanceDefinition facts,
        InstanceLog log,
        EngineRunner runner,
        InstancePublisher publisher,
        IOptionsMonitor<InstanceOptions> options,
        TimeProvider clock,
        ILogger logger
    )
    {
        (_facts, Log, _runner, _publisher, _options, _clock, _logger) = (facts, log, runner, publisher, options, clock, logger);
        log.Model = facts.Name;
        _gone.SetResult();
        Loop = Task.Run(RunAsync);
    }

    /// <summary>Its lines.</summary>
    public InstanceLog Log { get; }

    /// <summary>Ends after <see cref="Dispose"/>.</summary>
    public Task Loop { get; }

    /// <summary>Ends when no process exists or is being made any more; the one of now, where another follows.</summary>
    public Task Gone => Volatile.Read(ref _gone).Task;

    /// <summary>Sends a message and waits for its answer. Who stops waiting for readiness is forgotten: nothing starts for one that has
    /// left.</summary>
    public async Task<Result<InstanceSnapshot>> AskAsync(ActorRequest message, CancellationToken cancellation)
    {
        try
        {
            await _mailbox.Writer.WriteAsync(message, cancellation).ConfigureAwait(false);
            return await message.Reply.Task.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            return NoLongerCaredFor;
        }
        catch (OperationCanceledException) when (message is ReadyRequest)
        {
            await WithdrawAsync(message.Reply).ConfigureAwait(false);
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
                (message as ActorRequest)?.Reply.TrySetException(error);
            }
        }

        _launchWaiters.Complete(NoLongerCaredFor);
        _readyWaiters.Complete(NoLongerCaredFor);
    }

    private async Task WithdrawAsync(TaskCompletionSource<Result<InstanceSnapshot>> reply)
    {
        try
        {
            await _mailbox.Writer.WriteAsync(new Withdrawal(reply)).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            // Nobody waits any more.
        }
    }

    private void Handle(ActorMessage message)
    {
        switch (message)
        {
            case RunReport report when ReferenceEquals(report.Run, _run):
                Apply(report.Event, null);
                break;
            case RetryDue due when ReferenceEquals(due.Pause, _retry):
                Apply(new InstanceEvent.BackoffElapsed(), null);
                break;
            case StartRequest start:
                Take(start.Definition);
                Start(start);
                break;
            case RestartRequest restart:
                Take(restart.Definition);
                _wish = restart.Options;
                Apply(new InstanceEvent.RestartRequested(), restart.Reply);
                break;
            case StopRequest stop:
                Apply(new InstanceEvent.StopRequested(), stop.Reply);
                break;
            case StopIdleRequest stop when MayStopIdle(stop.Reply):
                Apply(new InstanceEvent.StopRequested(), stop.Reply);
                break;
            case HungReport hung:
                Apply(new InstanceEvent.Hung(hung.Reason), hung.Reply);
                break;
            case ReadyRequest ready:
                Take(ready.Definition);
                AwaitReady(ready.Reply);
                break;
            case Withdrawal withdrawal:
                Withdraw(withdrawal.Withdrawn);
                break;
            case DefinitionChanged changed:
                Take(changed.Definition);
                changed.Reply.TrySetResult(Snapshot());
                break;
            default:
                break; // of a run or a pause that is over
        }
    }

    private void Take(InstanceDefinition? definition)
    {
        if (definition is not null)
            (_facts, Log.Model) = (definition, definition.Name);
    }

    private void Start(StartRequest start)
    {
        if (_state.Phase is not (InstancePhase.Loading or InstancePhase.Running))
            _wish = start.Options;
        else if (!TakeWish(start.Options))
        {
            start.Reply.TrySetResult(Snapshot()); // it waits already, and goes on waiting
            return;
        }

        Apply(new InstanceEvent.StartRequested(), start.Reply);
    }

    // A store-then-load handshake: here the phase is published, then the load is read; the proxy takes a place, then reads the registry.
    // So one of the two sees the other.
    private bool MayStopIdle(TaskCompletionSource<Result<InstanceSnapshot>> reply)
    {
        if (_state.Phase is not InstancePhase.Running)
        {
            reply.TrySetResult(Snapshot());
            return false;
        }

        _publisher.Show(Snapshot() with { Phase = InstancePhase.Stopping });
        if (_publisher.BusyOf(_facts.ModelId) == 0)
            return true;
        _publisher.Show(Snapshot());
        reply.TrySetResult(Failure.Conflict($"'{_facts.Name}' has just got a request."));
        return false;
    }

    private void Apply(InstanceEvent happened, TaskCompletionSource<Result<InstanceSnapshot>>? reply)
    {
        var before = _state;
        if (happened is InstanceEvent.Exited exited)
            _lastEnd = exited.Outcome;
        var ended = happened is InstanceEvent.Exited or InstanceEvent.LaunchFailed or InstanceEvent.Refused ? _run : null;
        var gone = ended is null ? null : _gone;
        var (state, effects) = InstanceLifecycle.Apply(before, happened, _options.CurrentValue.Policy(_facts.RestartPolicy), Now());
        if (state.ReadyAt != before.ReadyAt)
            _readyAt = state.ReadyAt is null ? null : _clock.GetUtcNow().ToUnixTimeMilliseconds();
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
        gone?.TrySetResult(); // whoever waits for it looks at the registry next
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
            _rowId = _publisher.RenewRow(_rowId);
        _isContainer = _facts.IsContainer;
        (_retry, _lastEnd, _wishBeside) = (null, null, null);
        // A restart has waited already, and has had its place: it waits a little for another.
        var wish = _state.Failures == FailureCount.None ? _wish : StartOptions.Patient with { Wait = TimeSpan.FromMinutes(1) };
        Volatile.Write(ref _gone, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        Volatile.Write(
            ref _run,
            _runner.Begin(
                new EngineRunPlan(
                    _facts,
                    new CurrentStartOptions(wish, _clock),
                    _uid,
                    _rowId,
                    Log,
                    async (run, happened) => await _mailbox.Writer.WriteAsync(new RunReport(run, happened)).ConfigureAwait(false)
                )
            )
        );
    }

    private async Task WakeAsync(CancellationTokenSource retry, TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, _clock, retry.Token).ConfigureAwait(false);
            await _mailbox.Writer.WriteAsync(new RetryDue(retry)).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or ChannelClosedException)
        {
            // Somebody decided otherwise meanwhile.
        }
    }

    private TimeSpan Now() => _clock.Monotonic();

    [LoggerMessage(Level = LogLevel.Error, Message = "The instance of {Model} could not handle a message")]
    private partial void LogFailed(string model, Exception error);
}
