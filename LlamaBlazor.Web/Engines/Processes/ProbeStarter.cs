using System.Diagnostics;
using LlamaBlazor.Web.Data;

namespace LlamaBlazor.Web.Engines.Processes;

/// <summary>
/// Starts the short runs of engines and of their tools: help, version, devices, checks, fit. They carry our marker, lead a session of their
/// own, and are
/// watched by the guard, so that one that hangs ends with the dashboard, however that ends.
/// </summary>
internal sealed class ProbeStarter(ProcessGuard guard, DataFolder folder)
{
    private const string SessionProgram = "setsid: "; // how its words begin

    // looked for once: it costs a walk through PATH
    private static readonly Lazy<string?> Session = new(() => OperatingSystem.IsLinux() ? Launcher.Find("setsid") : null);

    /// <summary>Starts one.</summary>
    /// <param name="start">What to run.</param>
    /// <param name="container">Name of the container that it runs in, or null.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The system cannot run it.</exception>
    public ProbeProcess Start(ProcessStartInfo start, string? container = null)
    {
        var marker = $"{ProcessTable.MarkerOfRun(folder)}probe-{Guid.NewGuid():N}";
        start.Environment[ProcessTable.Marker] = marker;
        if (Session.Value is { } setsid && IsExecutable(start.FileName)) // what cannot be run at all is to be told by the system
        {
            start.ArgumentList.Insert(0, start.FileName);
            start.FileName = setsid;
        }

        guard.Begin();
        return new ProbeProcess(Process.Start(start)!, marker, container, guard);
    }

    /// <summary>Why a run that ended was none: the system refused the program, which the one that was to run it in a session of its own
    /// tells. Null for a real run.</summary>
    /// <param name="exitCode">How it ended.</param>
    /// <param name="said">What it said.</param>
    public static string? WhyNotRun(int exitCode, string said) =>
        exitCode is 126 or 127 && said.StartsWith(SessionProgram, StringComparison.Ordinal) ? said[SessionProgram.Length..].Trim() : null;

    private static bool IsExecutable(string path) =>
        !OperatingSystem.IsWindows()
        && File.Exists(path)
        && (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
}

/// <summary>A short run, watched by the guard until it is disposed, besides what <see cref="ToolProcess"/> does.</summary>
internal sealed class ProbeProcess : ToolProcess
{
    private readonly ProcessGuard _guard;
    private readonly string _marker;
    private readonly string? _container;
    private readonly int _pid;

    /// <summary>Takes over a process that was just started.</summary>
    public ProbeProcess(Process process, string marker, string? container, ProcessGuard guard)
        : base(process)
    {
        (_marker, _container, _guard, _pid) = (marker, container, guard, process.Id);
        guard.Add(_pid);
        if (container is not null)
            guard.Add(container);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _guard.Remove(_pid);
        if (_container is not null)
            _guard.Remove(_container);
    }

    /// <inheritdoc/>
    protected override void Kill()
    {
        base.Kill();
        foreach (var left in ProcessTable.FindMarked(_marker)) // what it started may not be its child any more
            Signals.Send(left, Signals.Kill);
    }
}
