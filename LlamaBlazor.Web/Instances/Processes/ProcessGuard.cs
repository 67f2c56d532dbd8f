using System.Diagnostics;

namespace LlamaBlazor.Web.Instances.Processes;

/// <summary>
/// A tiny shell that outlives us by a moment: it reads the process groups we run from a pipe, and when that pipe closes, because we ended or were
/// killed, it kills those that are left, grandchildren included. Where there is no shell the parent-death signal and the sweep at the next start remain.
/// </summary>
internal sealed partial class ProcessGuard(ILogger<ProcessGuard> logger) : IDisposable
{
    // "+ PID" and "- PID"; signals that a terminal sends to all of us must not end it.
    private const string Script = """
        trap '' INT TERM HUP
        exec >/dev/null 2>&1
        pids=
        while read -r word pid; do
          rest=
          for p in $pids; do [ "$p" = "$pid" ] || rest="$rest $p"; done
          pids=$rest
          [ "$word" = "+" ] && pids="$pids $pid"
        done
        for p in $pids; do kill -9 "-$p" || kill -9 "$p"; done
        """;

    private readonly Lock _gate = new();
    private Process? _shell;
    private bool _hasFailed;

    /// <summary>Watches a process group from now on.</summary>
    public void Add(int pid) => Write($"+ {pid}");

    /// <summary>Forgets a group that has ended.</summary>
    public void Remove(int pid) => Write($"- {pid}");

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _shell?.StandardInput.Close();
            _shell?.Dispose();
            _shell = null;
            _hasFailed = true;
        }
    }

    private void Write(string line)
    {
        lock (_gate)
        {
            try
            {
                if (_hasFailed || OperatingSystem.IsWindows())
                    return;
                _shell ??= Start();
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

    private static Process Start()
    {
        var setsid = Launcher.Find("setsid");
        var start = new ProcessStartInfo(setsid ?? "/bin/sh") { RedirectStandardInput = true };
        foreach (var argument in setsid is null ? ["-c", Script] : new[] { "/bin/sh", "-c", Script })
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "No guard for the engines' processes: if the dashboard is killed, those without a parent-death signal are ended at its next start")]
    private partial void LogFailed(Exception error);
}
