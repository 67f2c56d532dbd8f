using System.Collections.Concurrent;
using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Web.Telemetry.Gpu;

/// <summary>A driver as the API and the pages show it.</summary>
/// <param name="Name">The maker.</param>
/// <param name="State">absent, ready, failed or hanging.</param>
/// <param name="Detail">Why it gives no values, with the next step; null while it does.</param>
internal sealed record GpuDriverItem(string Name, string State, string? Detail);

/// <summary>What all drivers know of this moment.</summary>
/// <param name="Gpus">Each card.</param>
/// <param name="Processes">MiB on GPUs by process id; empty where no driver tells.</param>
internal sealed record GpuReadings(IReadOnlyList<GpuSample> Gpus, IReadOnlyDictionary<int, double> Processes);

/// <summary>The drivers of this machine: one that hangs, fails or is away costs its own values and nobody's time.</summary>
internal sealed partial class GpuDrivers(IReadOnlyList<GpuDriver> drivers, ILogger<GpuDrivers> logger) : IDisposable
{
    private readonly ConcurrentDictionary<string, GpuDriverState> _told = new(); // one entry a driver

    /// <summary>NVIDIA through NVML, AMD and Intel through the kernel's files. Nothing is touched before the first question.</summary>
    public static GpuDrivers Create(TimeProvider clock, ILogger<GpuDrivers> logger)
    {
        var drivers = new List<GpuDriver> { new("NVIDIA", () => NvmlReader.Open(), clock) };
        if (OperatingSystem.IsLinux())
            drivers.Add(new GpuDriver("AMD and Intel", () => SysfsGpuReader.Open(), clock));
        return new GpuDrivers(drivers, logger);
    }

    /// <summary>How each of them is.</summary>
    public IReadOnlyList<GpuDriverItem> States =>
        [
            .. drivers
                .Select(driver => (driver.Name, driver.Latest))
                .Select(pair => new GpuDriverItem(pair.Name, WordOf(pair.Latest.State), pair.Latest.Detail)),
        ];

    /// <summary>
    /// Looks at all cards. Whoever does not answer in time is left out of the waiting: its last values count, and none once it hangs.
    /// </summary>
    /// <param name="patience">Longest wait for an answer, from when its driver was asked.</param>
    /// <param name="withProcesses">Whether the memory of processes is wanted too.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<GpuReadings> ReadAsync(TimeSpan patience, bool withProcesses, CancellationToken cancellation)
    {
        var looks = await Task.WhenAll(drivers.Select(driver => LookAsync(driver, patience, withProcesses, cancellation)))
            .ConfigureAwait(false);
        foreach (var (driver, look) in drivers.Zip(looks))
            Tell(driver.Name, look);
        return new GpuReadings(
            [.. looks.SelectMany(look => look.Gpus)],
            looks
                .SelectMany(look => look.Processes)
                .GroupBy(pair => pair.Key)
                .ToDictionary(group => group.Key, group => group.Sum(pair => pair.Value))
        );
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var driver in drivers)
            driver.Dispose();
    }

    private static async Task<GpuLook> LookAsync(GpuDriver driver, TimeSpan patience, bool withProcesses, CancellationToken cancellation)
    {
        var asked = driver.AskAsync(withProcesses);
        var left = patience - driver.Waiting;
        if (asked.IsCompleted || left <= TimeSpan.Zero)
            return driver.Latest;
        try
        {
            return await asked.WaitAsync(left, driver.Clock, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return driver.Latest;
        }
    }

    private static string WordOf(GpuDriverState state) =>
        state switch
        {
            GpuDriverState.Absent => "absent",
            GpuDriverState.Ready => "ready",
            GpuDriverState.Failed => "failed",
            _ => "hanging",
        };

    private void Tell(string driver, GpuLook look)
    {
        var before = _told.GetValueOrDefault(driver);
        if (look.State == before)
            return;
        _told[driver] = look.State;
        if (look.Detail is { } detail)
            LogTrouble(driver, detail);
        else if (look.State is GpuDriverState.Ready)
            LogReady(driver, string.Join(", ", look.Gpus.Select(gpu => gpu.Name)));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Driver}: the GPUs cannot be read. {Detail}")]
    private partial void LogTrouble(string driver, string detail);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Driver}: {Cards}")]
    private partial void LogReady(string driver, string cards);
}
