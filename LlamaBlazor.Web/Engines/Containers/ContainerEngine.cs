using System.Globalization;
using LlamaBlazor.Web.Engines.Processes;

namespace LlamaBlazor.Web.Engines.Containers;

/// <summary>A container that was started. A client of the runtime hands its output over; whether it lives is asked of the runtime, not of
/// that client.</summary>
internal sealed class ContainerEngine : RunningEngine
{
    private static readonly TimeSpan StopReserve = TimeSpan.FromSeconds(15);

    private readonly ContainerRuntime _runtime;
    private readonly ProcessGuard _guard;
    private readonly string _name;
    private readonly Action<string> _onLine;
    private readonly bool _isOnHostNetwork;

    /// <summary>Takes over a container whose client was just started.</summary>
    /// <param name="runtime">The runtime.</param>
    /// <param name="guard">Knows the container already, and forgets it in the end.</param>
    /// <param name="made">Id, name, process id, and whether it shares our network.</param>
    /// <param name="client">Hands its output over.</param>
    /// <param name="onLine">Takes lines of our own about it.</param>
    public ContainerEngine(
        ContainerRuntime runtime,
        ProcessGuard guard,
        (string Id, string Name, int? Pid, bool IsOnHostNetwork) made,
        EngineProcess client,
        Action<string> onLine
    )
    {
        (_runtime, _guard, _onLine) = (runtime, guard, onLine);
        (ContainerId, _name, Pid, _isOnHostNetwork) = made;
        StartTime = Pid is { } pid ? ProcessTable.StartTime(pid) : null;
        Exited = WaitAsync(client);
    }

    /// <inheritdoc/>
    public override int? Pid { get; }

    /// <inheritdoc/>
    public override long? StartTime { get; }

    /// <inheritdoc/>
    public override string ContainerId { get; }

    /// <inheritdoc/>
    public override Task<int> Exited { get; }

    // A published port is held by the runtime, which refuses to start where it is taken. In our own network the engine's group of processes
    // must hold it.
    /// <inheritdoc/>
    public override bool OwnsPort(int port) =>
        !_isOnHostNetwork
        || Pid is not { } pid
        || PortOwner.Find(port) is not { } socket
        || ProcessTable.Family(pid).Any(member => PortOwner.Holds(member, socket));

    /// <inheritdoc/>
    public override async Task StopAsync(TimeSpan grace, TimeProvider clock)
    {
        var seconds = Math.Max(0, (int)Math.Ceiling(grace.TotalSeconds));
        var stopped = await _runtime
            .RunAsync(
                ["stop", "--time", seconds.ToString(CultureInfo.InvariantCulture), _name],
                CancellationToken.None,
                grace + StopReserve
            )
            .ConfigureAwait(false);
        if (!stopped.IsSuccess && !Exited.IsCompleted)
            Kill();
    }

    /// <inheritdoc/>
    public override void Kill() => _ = _runtime.RunAsync(["kill", _name], CancellationToken.None);

    private async Task<int> WaitAsync(EngineProcess client)
    {
        var last = await client.Exited.ConfigureAwait(false);
        // The client may have ended alone: then this waits for the container itself.
        await _runtime.RunAsync(["wait", _name], CancellationToken.None, Timeout.InfiniteTimeSpan).ConfigureAwait(false);
        var told = await _runtime
            .RunAsync(["inspect", "--format", "{{.State.ExitCode}} {{.State.OOMKilled}}", _name], CancellationToken.None)
            .ConfigureAwait(false);
        var words = told.IsSuccess ? told.Value.Trim().Split(' ') : [];
        if (words is [_, "true"])
            _onLine("The container ran out of memory: it reached its limit and was ended.");
        await _runtime.RunAsync(["rm", "--force", "--volumes", _name], CancellationToken.None).ConfigureAwait(false);
        _guard.Remove(_name);
        return words is [var code, ..] && int.TryParse(code, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : last;
    }
}
