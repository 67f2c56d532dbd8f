using System.Diagnostics;

namespace LlamaBlazor.Web.Engines.Processes;

/// <summary>A running engine: its pipes are drained from the first moment, and its end is told once, after all it said was read.</summary>
internal sealed class EngineProcess : RunningEngine
{
    private static readonly TimeSpan PipeLimit = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly string? _marker;
    private readonly TimeProvider _clock;
    private volatile bool _hasExited;

    /// <summary>Takes over a process that was just started.</summary>
    /// <param name="process">With both outputs redirected.</param>
    /// <param name="marker">Value of its marker variable, or null for a helper that what it started may outlive.</param>
    /// <param name="onLine">Takes each line of output; must be quick.</param>
    /// <param name="clock">The time.</param>
    public EngineProcess(Process process, string? marker, Action<string> onLine, TimeProvider clock)
    {
        _clock = clock;
        _process = process;
        _marker = marker;
        Id = process.Id;
        StartTime = ProcessTable.StartTime(process.Id);
        Exited = WaitAsync(
            LinePump.RunAsync(process.StandardOutput.BaseStream, onLine),
            LinePump.RunAsync(process.StandardError.BaseStream, onLine)
        );
    }

    /// <summary>Process id.</summary>
    public int Id { get; }

    /// <inheritdoc/>
    public override int? Pid => Id;

    /// <inheritdoc/>
    public override long? StartTime { get; }

    /// <inheritdoc/>
    public override Task<int> Exited { get; }

    /// <inheritdoc/>
    public override bool OwnsPort(int port) =>
        PortOwner.Find(port) is not { } socket || PortOwner.Holds(Id, socket) || Marked().Any(pid => PortOwner.Holds(pid, socket));

    /// <summary>Asks the whole group to end, waits, then forces it.</summary>
    /// <param name="grace">How long to wait.</param>
    /// <param name="clock">The time.</param>
    public override async Task StopAsync(TimeSpan grace, TimeProvider clock)
    {
        Ask();
        using var limit = new CancellationTokenSource();
        var timer = Task.Delay(grace, clock, limit.Token);
        if (await Task.WhenAny(Exited, timer).ConfigureAwait(false) == timer)
            Kill();
        await limit.CancelAsync().ConfigureAwait(false);
    }

    /// <summary>Forces the whole group to end.</summary>
    public override void Kill()
    {
        // Asked some time after it was told to end: its id may be another's by now.
        if (_hasExited || ProcessTable.StartTime(Id) != StartTime)
            return;
        if (OperatingSystem.IsWindows())
            TryKillTree();
        else
            Signals.SendToGroup(Id, Signals.Kill);
    }

    private void Ask()
    {
        if (_hasExited)
            return;
        if (OperatingSystem.IsWindows())
            TryKillTree(); // a console program without a window cannot be asked
        else
            Signals.SendToGroup(Id, Signals.Terminate);
    }

    private async Task<int> WaitAsync(Task output, Task error)
    {
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _hasExited = true; // from here its id may belong to another process
        var code = _process.ExitCode;
        foreach (var left in Marked()) // what it started and did not end
            Signals.Send(left, Signals.Kill);
        await Task.WhenAny(Task.WhenAll(output, error), Task.Delay(PipeLimit, _clock)).ConfigureAwait(false);
        _process.DisposeWithPipes(); // also where somebody still holds their other end
        return code;
    }

    private IReadOnlyList<int> Marked() => _marker is null ? [] : ProcessTable.FindMarked(_marker);

    private void TryKillTree()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended meanwhile.
        }
    }
}
