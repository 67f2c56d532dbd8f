using System.Collections.Concurrent;
using System.Diagnostics;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;

namespace LlamaBlazor.Web.Engines.Processes;

/// <summary>
/// Starts engines: argument vector, cleaned environment, a session and process group of their own, and on Linux a parent-death signal. All
/// are
/// started by one thread that lives as long as we do, because that signal is sent when the thread that made the child ends, not the
/// process.
/// </summary>
internal sealed class Launcher : IDisposable
{
    private static readonly Lazy<string[]> Wrapping = new(Wrapper); // looked for once: it costs a walk through PATH

    private readonly BlockingCollection<Action> _work = new(boundedCapacity: 256);
    private readonly ProcessGuard _guard;
    private readonly DataFolder _folder;
    private readonly TimeProvider _clock;

    /// <summary>Starts the thread.</summary>
    public Launcher(ProcessGuard guard, DataFolder folder, TimeProvider clock)
    {
        (_guard, _folder, _clock) = (guard, folder, clock);
        new Thread(Work) { IsBackground = true, Name = "Engine launcher" }.Start();
    }

    /// <summary>Starts an engine.</summary>
    /// <param name="command">What to run.</param>
    /// <param name="instance">Its uid: written into its marker.</param>
    /// <param name="onLine">Takes each line of output; must be quick.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The system cannot run it.</exception>
    public Task<EngineProcess> StartAsync(LaunchCommand command, string instance, Action<string> onLine)
    {
        var marker = ProcessTable.MarkerOfRun(_folder) + instance;
        return StartAsync(() => Describe(command, marker), marker, onLine);
    }

    /// <summary>Starts a helper, such as the client of a container runtime. It ends with us; what it starts itself is not
    /// followed.</summary>
    /// <param name="executable">Path of the program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="onLine">Takes each line of output; must be quick.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The system cannot run it.</exception>
    public Task<EngineProcess> StartHelperAsync(string executable, IReadOnlyList<string> arguments, Action<string> onLine) =>
        StartAsync(() => Describe(new LaunchCommand(executable, arguments, new Dictionary<string, string>()), null), null, onLine);

    private Task<EngineProcess> StartAsync(Func<ProcessStartInfo> describe, string? marker, Action<string> onLine)
    {
        var result = new TaskCompletionSource<EngineProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                _guard.Begin();
                var process = Process.Start(describe()) ?? throw new InvalidOperationException("No process was started.");
                _guard.Add(process.Id);
                process.StandardInput.Close();
                var engine = new EngineProcess(process, marker, onLine, _clock);
                _ = ForgetAsync(engine);
                result.SetResult(engine);
            }
            catch (Exception error)
            {
                result.SetException(error);
            }
        });
        return result.Task;
    }

    /// <inheritdoc/>
    public void Dispose() => _work.CompleteAdding();

    /// <summary>Path of a program in PATH, or null.</summary>
    internal static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Concat(["/usr/bin", "/bin"])
            .Where(Path.IsPathFullyQualified)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    private void Work()
    {
        foreach (var job in _work.GetConsumingEnumerable())
            job();
    }

    private async Task ForgetAsync(EngineProcess engine)
    {
        await engine.Exited.ConfigureAwait(false);
        _guard.Remove(engine.Id);
    }

    private ProcessStartInfo Describe(LaunchCommand command, string? marker)
    {
        string[] line = [.. Wrapping.Value, command.Executable, .. command.Arguments];
        var start = new ProcessStartInfo(line[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
            WorkingDirectory = _folder.Root,
        };
        foreach (var argument in line[1..])
            start.ArgumentList.Add(argument);
        EngineEnvironment.Clean(start, command.StartEnvironment);
        if (marker is not null)
            start.Environment[ProcessTable.Marker] = marker;
        return start;
    }

    // Both programs replace themselves by the next one, so that the process id stays the engine's. BusyBox's setpriv has no --pdeathsig.
    private static string[] Wrapper()
    {
        if (!OperatingSystem.IsLinux())
            return [];
        var setpriv =
            Find("setpriv") is { } path
            && File.ResolveLinkTarget(path, returnFinalTarget: true)?.Name.Contains("busybox", StringComparison.Ordinal) != true
                ? path
                : null;
        string[] death = setpriv is null ? [] : [setpriv, "--pdeathsig", "KILL", "--"];
        return Find("setsid") is { } setsid ? [.. death, setsid] : death;
    }
}
