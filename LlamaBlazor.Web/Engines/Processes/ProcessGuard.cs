using System.Diagnostics;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Engines.Containers;

namespace LlamaBlazor.Web.Engines.Processes;

/// <summary>
/// A tiny shell that outlives us by a moment: it reads the process groups we run from a pipe, and when that pipe closes, because we ended
/// or were
/// killed, it kills those that are left, grandchildren included, and removes our containers. It also looks for our marker, for one that was
/// being started
/// at that moment was not told of yet. Where there is no shell the parent-death signal and the sweep at the next start remain.
/// </summary>
internal sealed partial class ProcessGuard(ContainerProgram containers, DataFolder folder, ILogger<ProcessGuard> logger) : IDisposable
{
    // "+ PID" and "- PID", or the name of a container; "end" when all was ended in good order. Signals that a terminal sends to all of us
    // must not end it.
    private const string Script = """
        trap '' INT TERM HUP
        exec >/dev/null 2>&1
        pids= ended=
        while read -r word pid; do
          rest=
          for p in $pids; do [ "$p" = "$pid" ] || rest="$rest $p"; done
          pids=$rest
          [ "$word" = "+" ] && pids="$pids $pid"
          [ "$word" = "end" ] && ended=1
        done
        for p in $pids; do
          case $p in
            *[!0-9]*) "$LLAMABLAZOR_RUNTIME" rm --force --volumes "$p" ;;
            *) kill -9 "-$p" || kill -9 "$p" ;;
          esac
        done
        [ -n "$ended" ] && exit
        for look in 1 2 3; do
          for file in $(grep -lF "$1" /proc/[0-9]*/environ); do
            file=${file#/proc/}
            kill -9 "${file%/environ}"
          done
          sleep 1
        done
        """;

    private readonly Lock _gate = new();
    private Process? _shell;
    private bool _hasFailed;

    /// <summary>Starts the guard where it does not run yet: before a process is, so that none is without it.</summary>
    public void Begin() => Write(null);

    /// <summary>Watches a process group from now on.</summary>
    public void Add(int pid) => Write($"+ {pid}");

    /// <summary>Forgets a group that has ended.</summary>
    public void Remove(int pid) => Write($"- {pid}");

    /// <summary>Watches a container from now on.</summary>
    /// <param name="name">Its name, without blanks and with a letter.</param>
    public void Add(string name) => Write($"+ {name}");

    /// <summary>Forgets a container that was removed.</summary>
    public void Remove(string name) => Write($"- {name}");

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_shell is not null)
                Write("end");
            _shell?.StandardInput.Close();
            _shell?.Dispose();
            _shell = null;
            _hasFailed = true;
        }
    }

    private void Write(string? line)
    {
        lock (_gate)
        {
            try
            {
                if (_hasFailed || OperatingSystem.IsWindows())
                    return;
                _shell ??= Start();
                if (line is null)
                    return;
                _shell.StandardInput.WriteLine(line);
                _shell.StandardInput.Flush();
            }
            catch (Exception error) when (error is IOException or InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                _hasFailed = true;
                LogFailed(error);
            }
        }
    }

    private Process Start()
    {
        var setsid = Launcher.Find("setsid");
        var start = new ProcessStartInfo(setsid ?? "/bin/sh") { RedirectStandardInput = true };
        string[] script = ["-c", Script, "llamablazor-guard", $"{ProcessTable.Marker}={ProcessTable.MarkerOfRun(folder)}"];
        foreach (var argument in setsid is null ? script : ["/bin/sh", .. script])
            start.ArgumentList.Add(argument);
        start.Environment["LLAMABLAZOR_RUNTIME"] = containers.Path ?? "false";
        return Process.Start(start)!;
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "No guard for the engines' processes: if the dashboard is killed, those without a parent-death signal are ended at "
            + "its next start"
    )]
    private partial void LogFailed(Exception error);
}
