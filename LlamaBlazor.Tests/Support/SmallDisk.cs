using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace LlamaBlazor.Tests.Support;

/// <summary>A disk of its own in memory, of a few megabytes, that can be filled and made read-only. Needs the right to mount.</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly TempFolder _folder = new();

    public SmallDisk(int megabytes) => Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=700", "tmpfs", _folder.Path);

    public string Path => _folder.Path;

    /// <summary>Writes into a file until the disk is full, but for some bytes.</summary>
    public void Fill(long leave)
    {
        var free = new DriveInfo(Path).AvailableFreeSpace - leave;
        using var file = new FileStream(
            System.IO.Path.Combine(Path, "filler"),
            FileMode.Create,
            FileAccess.Write,
            FileShare.None,
            bufferSize: 0
        );
        var block = new byte[64 * 1024];
        try
        {
            for (; free > 0; free -= block.Length)
                file.Write(block, 0, (int)Math.Min(free, block.Length));
        }
        catch (IOException) when (leave == 0)
        {
            // A running program took the rest meanwhile: it is full all the same.
        }
    }

    /// <summary>Gives the space back.</summary>
    public void Free() => File.Delete(System.IO.Path.Combine(Path, "filler"));

    /// <summary>Lets nothing be written any more, or again.</summary>
    public void SetReadOnly(bool readOnly) => Run("mount", "-o", readOnly ? "remount,ro" : "remount,rw", _folder.Path);

    public void Dispose()
    {
        Run("umount", "-l", _folder.Path);
        _folder.Dispose();
    }

    internal static bool TryMount()
    {
        if (!OperatingSystem.IsLinux())
            return false;
        try
        {
            using var disk = new SmallDisk(1);
            return true;
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    internal static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException(error);
    }
}

/// <summary>A test that needs <see cref="SmallDisk"/>; skipped, with the reason, where that cannot be.</summary>
public sealed class SmallDiskFactAttribute : FactAttribute
{
    private static readonly bool CanMount = SmallDisk.TryMount();

    public SmallDiskFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
    {
        if (!CanMount)
            Skip = "A disk in memory cannot be mounted here (it takes the right to mount)";
    }
}
