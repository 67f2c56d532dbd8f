using System.ComponentModel;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Instances.Processes;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Settings;

namespace LlamaBlazor.Web.Instances;

/// <summary>What one launch needs and every instance shares.</summary>
internal sealed class EngineRunner(Launcher launcher, LaunchCommandFactory commands, LaunchSettingsStore settings, PortPool ports, ReadinessProbe probe, InstanceOptions options, TimeProvider clock)
{
    /// <summary>Begins a launch; what happens is told through <paramref name="report"/>, an end last.</summary>
    public EngineRun Begin(long modelId, string instance, InstanceLog log, Func<EngineRun, InstanceEvent, Task> report)
    {
        var run = new EngineRun(modelId, instance, log, report);
        run.Begin(this);
        return run;
    }

    /// <summary>Time between asking an engine to end and forcing it.</summary>
    public TimeSpan Grace => TimeSpan.FromSeconds(options.StopGraceSeconds);

    /// <summary>Time within which an engine must be ready.</summary>
    public TimeSpan StartLimit => TimeSpan.FromSeconds(options.StartLimitSeconds);

    /// <summary>The time.</summary>
    public TimeProvider Clock => clock;

    /// <summary>Tells when an engine is ready.</summary>
    public ReadinessProbe Probe => probe;

    /// <summary>Takes a port and makes the command for it.</summary>
    public async Task<Result<(int Port, LaunchCommand Command)>> PrepareAsync(long modelId, CancellationToken cancellation)
    {
        var range = (await settings.GetAsync(cancellation).ConfigureAwait(false)).PortRange;
        if (LaunchSettingsRules.ParsePorts(range) is not var (first, last))
            return Failure.Unavailable($"The port range '{range}' is not valid. Set two ports from 1024 to 65535 on the Server page, such as 40000-40999.");
        if (ports.Take(first, last) is not { } port)
            return Failure.Unavailable($"No port of {range} is free: all are in use by other programs or instances. Stop one, or set a wider range on the Server page.");
        var command = await commands.CreateAsync(modelId, port, cancellation).ConfigureAwait(false);
        if (command.Failure is { } failure)
        {
            ports.Release(port);
            return failure;
        }

        return (port, command.Value);
    }

    /// <summary>Starts the process.</summary>
    public Task<EngineProcess> StartAsync(LaunchCommand command, string instance, InstanceLog log) => launcher.StartAsync(command, instance, log.Add);

    /// <summary>Gives the port back.</summary>
    public void Release(int port) => ports.Release(port);
}

/// <summary>One launch, from choosing a port to the end of the process.</summary>
/// <param name="modelId">The model.</param>
/// <param name="instance">Uid of the instance.</param>
/// <param name="log">Takes what the engine says.</param>
/// <param name="report">Takes what happens, in order.</param>
internal sealed class EngineRun(long modelId, string instance, InstanceLog log, Func<EngineRun, InstanceEvent, Task> report) : IDisposable
{
    private readonly CancellationTokenSource _stopped = new();
    private EngineRunner _runner = null!;
    private bool _isReleased;

    /// <summary>The process, once it exists.</summary>
    public EngineProcess? Process { get; private set; }

    /// <summary>How it was started, once that is known.</summary>
    public LaunchCommand? Command { get; private set; }

    /// <summary>Its port, once chosen.</summary>
    public int? Port { get; private set; }

    /// <summary>Why it could not be launched, or null.</summary>
    public Failure? Failure { get; private set; }

    /// <summary>When the process was made, Unix milliseconds.</summary>
    public long? StartedAt { get; private set; }

    /// <summary>Where it answers.</summary>
    public string? BaseUrl => Command is null ? null : $"{Command.Scheme}://127.0.0.1:{Port}{Command.ApiPrefix.TrimEnd('/')}";

    /// <summary>Begins.</summary>
    public void Begin(EngineRunner runner)
    {
        _runner = runner;
        _ = Task.Run(RunAsync);
    }

    /// <summary>Ends it in good order: gives up a launch under way, asks a process to end, forces it after the grace.</summary>
    public void Stop()
    {
        _stopped.Cancel();
        if (Process is { } process)
            _ = process.StopAsync(_runner.Grace, _runner.Clock);
    }

    /// <summary>Ends it by force, at once.</summary>
    public void Kill() => Process?.Kill();

    /// <inheritdoc/>
    public void Dispose() => _stopped.Dispose();

    private async Task RunAsync()
    {
        try
        {
            log.BeginLaunch();
            if (await TryStartAsync().ConfigureAwait(false) is { } process)
                await WatchAsync(process).ConfigureAwait(false);
            else
                await FailAsync(Failure!).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // A bug of ours must not leave the instance in a state that never ends.
            Process?.Kill();
            await FailAsync(Failure.Unavailable($"The launch failed: {error.Message}")).ConfigureAwait(false);
        }
    }

    private Task FailAsync(Failure failure)
    {
        Failure = failure;
        ReleasePort();
        return report(this, new InstanceEvent.LaunchFailed(failure.Message));
    }

    // Before the end is told: the next launch may need this very port.
    private void ReleasePort()
    {
        if (Port is { } port && !_isReleased)
            _runner.Release(port);
        _isReleased = true;
    }

    private async Task<EngineProcess?> TryStartAsync()
    {
        try
        {
            var prepared = await _runner.PrepareAsync(modelId, _stopped.Token).ConfigureAwait(false);
            if (prepared.Failure is { } failure)
            {
                Failure = failure;
                return null;
            }

            (Port, Command) = prepared.Value;
            _stopped.Token.ThrowIfCancellationRequested();
            StartedAt = _runner.Clock.GetUtcNow().ToUnixTimeMilliseconds();
            return Process = await _runner.StartAsync(Command, instance, log).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Failure = Failure.Conflict("It was stopped before it had begun.");
        }
        catch (Win32Exception error)
        {
            Failure = Failure.Unavailable($"{Command!.Executable} cannot be run: {error.Message}. Check the engine's path and its permissions.");
        }

        return null;
    }

    private async Task WatchAsync(EngineProcess process)
    {
        await report(this, new InstanceEvent.Launched()).ConfigureAwait(false);
        var isReady = false;
        if (_stopped.IsCancellationRequested)
        {
            _ = process.StopAsync(_runner.Grace, _runner.Clock);
        }
        else
        {
            var outcome = await _runner.Probe.WaitAsync(BaseUrl!, process, Port!.Value, _runner.StartLimit, _stopped.Token).ConfigureAwait(false);
            isReady = outcome is ReadinessOutcome.Ready;
            if (isReady)
                await report(this, new InstanceEvent.BecameReady()).ConfigureAwait(false);
            else if (outcome is ReadinessOutcome.TimedOut)
                await report(this, new InstanceEvent.StartLimitReached($"It was not ready within {_runner.StartLimit.TotalSeconds:0} seconds. A large model on a slow disk may need longer: raise {InstanceOptions.Section}:StartLimitSeconds.")).ConfigureAwait(false);
        }

        var code = await process.Exited.ConfigureAwait(false);
        ReleasePort();
        await report(this, new InstanceEvent.Exited(ExitExplanation.Explain(code, log.LastOfLaunch(), isReady))).ConfigureAwait(false);
    }
}
