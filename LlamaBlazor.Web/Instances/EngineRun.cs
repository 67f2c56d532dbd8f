using System.ComponentModel;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Engines;
using LlamaBlazor.Web.Engines.Connections;
using LlamaBlazor.Web.Engines.Processes;

namespace LlamaBlazor.Web.Instances;

/// <summary>What one launch is about.</summary>
/// <param name="Facts">The model.</param>
/// <param name="Wish">How the place is taken.</param>
/// <param name="Instance">Uid of the instance.</param>
/// <param name="RowId">Row of the instance.</param>
/// <param name="Log">Takes what the engine says.</param>
/// <param name="Report">Takes what happens, in order.</param>
internal sealed record EngineRunPlan(
    InstanceDefinition Facts,
    CurrentStartOptions Wish,
    string Instance,
    long RowId,
    InstanceLog Log,
    Func<EngineRun, InstanceEvent, Task> Report
)
{
    /// <summary>What is set for the model, else for all.</summary>
    public EngineRunLimits Limits { get; init; } = EngineRunLimits.None;
}

/// <summary>How long the steps of a run may take.</summary>
/// <param name="Start">Within this the engine must be ready.</param>
/// <param name="Grace">Between asking it to end and forcing it.</param>
internal sealed record EngineRunLimits(TimeSpan Start, TimeSpan Grace)
{
    /// <summary>No time at all.</summary>
    public static EngineRunLimits None { get; } = new(TimeSpan.Zero, TimeSpan.Zero);
}

/// <summary>One launch, from choosing a port to the end of the process.</summary>
/// <param name="plan">What it is about.</param>
/// <param name="queue">Gives it its place, and takes it back.</param>
/// <param name="places">Knows which cards were given with it.</param>
/// <param name="preparer">Makes its command.</param>
/// <param name="starter">Starts it.</param>
/// <param name="probe">Tells when it is ready.</param>
/// <param name="clock">The time.</param>
internal sealed class EngineRun(
    EngineRunPlan plan,
    AdmissionQueue queue,
    Reservations places,
    LaunchPreparer preparer,
    EngineStarter starter,
    ReadinessProbe probe,
    TimeProvider clock
) : IDisposable
{
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopped = new();
    private Task<Result<PreparedLaunch>>? _early;
    private bool _isReleased;
    private bool _isRefused;
    private int _isAsked;

    /// <summary>The process or container, once it exists.</summary>
    public RunningEngine? Process { get; private set; }

    /// <summary>How it was started, once that is known.</summary>
    public LaunchCommand? Command { get; private set; }

    /// <summary>Its port, once chosen.</summary>
    public int? Port { get; private set; }

    /// <summary>The cards it was given; empty where its engine chooses.</summary>
    public IReadOnlyList<string> Cards { get; private set; } = [];

    /// <summary>What it waits for before it is launched; null once it is.</summary>
    public StartStage? Stage { get; private set; }

    /// <summary>True when it may wait for its place for as long as it takes.</summary>
    public bool IsPatient => plan.Wish.Value.Wait is null;

    /// <summary>Why it could not be launched, or null.</summary>
    public Failure? Failure { get; private set; }

    /// <summary>When the process was made, Unix milliseconds.</summary>
    public long? StartedAt { get; private set; }

    /// <summary>Where it answers.</summary>
    public string? BaseUrl => Command is null ? null : $"{Command.Scheme}://127.0.0.1:{Port}{Command.ApiPrefix.TrimEnd('/')}";

    /// <summary>Begins.</summary>
    public void Begin() => _ = Task.Run(RunAsync);

    /// <summary>Tells a start that still waits for its place what it may do now.</summary>
    public void ReplaceWish(StartOptions wish)
    {
        plan.Wish.Replace(wish);
        queue.Wake();
    }

    /// <summary>Ends it in good order: gives up a launch under way, asks a process to end, forces it after the grace.</summary>
    public void Stop()
    {
        _stopped.Cancel();
        if (Process is { } process && Interlocked.Exchange(ref _isAsked, 1) == 0)
            _ = process.StopAsync(plan.Limits.Grace, clock);
    }

    /// <summary>Ends it by force, at once.</summary>
    public void Kill() => Process?.Kill();

    /// <inheritdoc/>
    public void Dispose() => _stopped.Dispose();

    private async Task RunAsync()
    {
        try
        {
            plan.Log.BeginLaunch();
            if (await TryStartAsync().ConfigureAwait(false) is { } process)
                await WatchAsync(process).ConfigureAwait(false);
            else
                await FailAsync(Failure!).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // A bug of ours must not leave the instance in a state that never ends, nor a process that nobody looks after.
            if (Process is { } process)
            {
                process.Kill();
                await Task.WhenAny(process.Exited, Task.Delay(KillLimit, clock)).ConfigureAwait(false);
            }

            await FailAsync(Failure.Unavailable($"The launch failed: {error.Message}")).ConfigureAwait(false);
        }
    }

    private Task FailAsync(Failure failure)
    {
        Failure = failure;
        Release();
        return plan.Report(this, _isRefused ? new InstanceEvent.Refused(failure.Message) : new InstanceEvent.LaunchFailed(failure.Message));
    }

    private void SetStage(StartStage stage)
    {
        if (stage.Wait is StartWait.Evicting)
            _early ??= preparer.PrepareAsync(plan.Facts.ModelId, _stopped.Token); // while others end
        if (Stage == stage)
            return;
        Stage = stage;
        _ = plan.Report(this, new InstanceEvent.StageChanged());
    }

    // Made while others ended, unless the GPUs are other ones now.
    private async Task<Result<PreparedLaunch>> PrepareAsync()
    {
        if (_early is { } early)
        {
            _early = null;
            var made = await early.ConfigureAwait(false);
            if (!made.IsSuccess || preparer.IsStill(made.Value, plan.Facts.ModelId))
                return made;
            preparer.Release(made.Value.Port);
        }

        return await preparer.PrepareAsync(plan.Facts.ModelId, _stopped.Token).ConfigureAwait(false);
    }

    private async Task DropEarlyAsync()
    {
        try
        {
            if (_early is { } early && await early.ConfigureAwait(false) is { IsSuccess: true, Value: var made })
                preparer.Release(made.Port);
        }
        catch (OperationCanceledException)
        {
            // It was given up before it had a port.
        }
    }

    // Before the end is told: the next launch may need this very port and place.
    private void Release()
    {
        if (_isReleased)
            return;
        _isReleased = true;
        if (Port is { } port)
            preparer.Release(port);
        queue.Leave(plan.Facts.ModelId);
    }

    private async Task<RunningEngine?> TryStartAsync()
    {
        try
        {
            if (await queue.EnterAsync(plan.Facts, plan.Wish, SetStage, _stopped.Token).ConfigureAwait(false) is { } refusal)
            {
                (Failure, _isRefused) = (refusal, true);
                return null;
            }

            Stage = null;
            Cards = places.CardsOf(plan.Facts.ModelId);
            var prepared = await PrepareAsync().ConfigureAwait(false);
            if (prepared.Failure is { } failure)
            {
                Failure = failure;
                _isRefused = failure.Kind == FailureKind.Conflict && failure.Errors is not null; // as by the gate: it was never launched
                return null;
            }

            (Port, Command) = (prepared.Value.Port, prepared.Value.Command);
            _stopped.Token.ThrowIfCancellationRequested();
            StartedAt = clock.GetUtcNow().ToUnixTimeMilliseconds();
            var started = await starter.StartAsync(Command, plan.Instance, plan.RowId, plan.Facts.Name, plan.Log.Add).ConfigureAwait(false);
            Failure = started.Failure;
            return Process = started.IsSuccess ? started.Value : null;
        }
        catch (OperationCanceledException)
        {
            Failure = Failure.Conflict("It was stopped before it had begun.");
        }
        catch (Win32Exception error)
        {
            Failure = Failure.Unavailable(
                $"{Command?.Executable} cannot be run: {error.Message}. Check the engine's path and its permissions."
            );
        }
        finally
        {
            await DropEarlyAsync().ConfigureAwait(false);
        }

        return null;
    }

    private async Task WatchAsync(RunningEngine process)
    {
        await plan.Report(this, new InstanceEvent.Launched()).ConfigureAwait(false);
        var isReady = false;
        if (!_stopped.IsCancellationRequested) // else the state machine, told that it exists, ends it
        {
            var limit = plan.Limits.Start;
            var outcome = await probe
                .WaitAsync(new EngineAddress(BaseUrl!, Command!.ApiKey), process, Port!.Value, limit, _stopped.Token)
                .ConfigureAwait(false);
            isReady = outcome is ReadinessOutcome.Ready;
            if (isReady)
                await plan.Report(this, new InstanceEvent.BecameReady()).ConfigureAwait(false);
            else if (outcome is ReadinessOutcome.TimedOut)
                await plan.Report(
                        this,
                        new InstanceEvent.StartLimitReached(
                            $"It was not ready within {limit.TotalSeconds:0} seconds. A large model on a slow disk may need longer: "
                                + "raise its "
                                + $"Start limit (Server overrides tab), or {InstanceOptions.Section}:StartLimitSeconds for all."
                        )
                    )
                    .ConfigureAwait(false);
        }

        var code = await process.Exited.ConfigureAwait(false);
        Release();
        await plan.Report(this, new InstanceEvent.Exited(ExitExplanation.Explain(code, plan.Log.LastOfLaunch(), isReady)))
            .ConfigureAwait(false);
    }
}
