using System.Data.Common;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Settings;

namespace LlamaBlazor.Web.Telemetry.Machine;

/// <summary>How full the disk with the models is. Asked at most every ten seconds and beside the sampler, because a network disk may not
/// answer.</summary>
internal sealed class DiskReader(LaunchSettingsAccess settings, DataFolder folder, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan FirstAnswer = TimeSpan.FromMilliseconds(500);

    private Task _asking = Task.CompletedTask;
    private long _askedAt;

    /// <summary>Percent in use at the last answer; null before the first.</summary>
    public double? Latest { get; private set; }

    /// <summary>Asks again when it is time and the last question has been answered.</summary>
    public void Refresh()
    {
        if (!_asking.IsCompleted || (Latest is not null && clock.GetElapsedTime(_askedAt) < Pause))
            return;
        _askedAt = clock.GetTimestamp();
        _asking = Task.Run(AskAsync);
    }

    /// <summary>Asks for the first time and waits a moment for the answer, so that the first sample knows it.</summary>
    public async Task PrepareAsync(CancellationToken cancellation)
    {
        Refresh();
        try
        {
            await _asking.WaitAsync(FirstAnswer, clock, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // A slow disk: a later sample tells.
        }
    }

    private async Task AskAsync()
    {
        try
        {
            var launch = await settings.GetAsync().ConfigureAwait(false);
            Latest = Percent(launch.ModelDirectories.FirstOrDefault(Directory.Exists) ?? folder.Root);
        }
        catch (Exception error)
            when (error is IOException or UnauthorizedAccessException or InvalidOperationException or ArgumentException or DbException)
        {
            Latest = null; // an unplugged disk, or no database to ask for the folder: unknown
        }
    }

    private static double? Percent(string path)
    {
        var drive = new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(path) ?? path : path);
        return drive.TotalSize > 0 ? 100.0 * (drive.TotalSize - drive.TotalFreeSpace) / drive.TotalSize : null;
    }
}
