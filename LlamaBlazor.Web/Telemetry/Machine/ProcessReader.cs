using System.Diagnostics;
using System.Globalization;
using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Web.Telemetry.Machine;

/// <summary>Processor and memory of single processes, by their id. One thread calls it.</summary>
internal sealed class ProcessReader(TimeProvider clock)
{
    private const double TicksPerSecond = 100; // USER_HZ, the same on every Linux .NET runs on

    private readonly byte[] _buffer = new byte[1024];
    private readonly Dictionary<int, Reading> _last = []; // as many as instances run; Keep removes the others

    /// <summary>Percent of one core since the last call for this process (null the first time), and resident MiB; nulls when it is
    /// gone.</summary>
    public (double? Cpu, double? Memory) Read(int pid)
    {
        if (Look(pid) is not { } now)
            return (null, null);
        var last = _last.GetValueOrDefault(pid);
        _last[pid] = now;
        var elapsed = last is null ? TimeSpan.Zero : clock.GetElapsedTime(last.At, now.At);
        double? cpu =
            last is null || elapsed <= TimeSpan.Zero ? null : Math.Max(0, 100 * (now.CpuSeconds - last.CpuSeconds) / elapsed.TotalSeconds);
        return (cpu, now.Bytes / 1048576.0);
    }

    /// <summary>Forgets all processes but these.</summary>
    public void Keep(IReadOnlySet<int> pids)
    {
        foreach (var pid in _last.Keys.Where(pid => !pids.Contains(pid)).ToList())
            _last.Remove(pid);
    }

    private Reading? Look(int pid) => OperatingSystem.IsLinux() ? LookAtProc(pid) : LookThroughSystem(pid);

    private Reading? LookAtProc(int pid)
    {
        using var file = new ProcFile(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
        return ProcText.Process(file.Read(_buffer)) is { } process
            ? new Reading(clock.GetTimestamp(), process.Ticks / TicksPerSecond, process.Pages * Environment.SystemPageSize)
            : null;
    }

    private Reading? LookThroughSystem(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return new Reading(clock.GetTimestamp(), process.TotalProcessorTime.TotalSeconds, process.WorkingSet64);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null; // it has ended
        }
    }

    private sealed record Reading(long At, double CpuSeconds, long Bytes);
}
