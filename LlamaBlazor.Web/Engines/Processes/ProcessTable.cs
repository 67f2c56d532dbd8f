using System.Diagnostics;
using System.Globalization;
using System.Text;
using LlamaBlazor.Web.Data;

namespace LlamaBlazor.Web.Engines.Processes;

/// <summary>
/// Tells which processes are ours. Each engine, and all it starts, carries a variable that names our data folder and the instance, so that
/// what a
/// killed dashboard left behind is known for certain: neither a port nor a bare process id would prove anything.
/// </summary>
internal static class ProcessTable
{
    /// <summary>Name of the variable; its value is <c>data folder|run-instance</c>.</summary>
    public const string Marker = "LLAMABLAZOR_INSTANCE";

    /// <summary>Value of the marker.</summary>
    public static string MarkerOf(string dataFolder, string instance) => $"{dataFolder}|{instance}";

    /// <summary>How the markers of all that this run of the dashboard starts begin.</summary>
    public static string MarkerOfRun(DataFolder folder) => MarkerOf(folder.Root, folder.Session + "-");

    /// <summary>When a process started (clock ticks since boot on Linux, else Unix milliseconds), or null when there is none with this
    /// id.</summary>
    public static long? StartTime(int pid)
    {
        try
        {
            if (OperatingSystem.IsLinux())
                return long.Parse(Stat(pid)[19], CultureInfo.InvariantCulture); // field 22; the list begins with field 3
            using var process = Process.GetProcessById(pid);
            return new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds();
        }
        catch (Exception error)
            when (error
                    is IOException
                        or UnauthorizedAccessException
                        or ArgumentException
                        or InvalidOperationException
                        or System.ComponentModel.Win32Exception
            )
        {
            return null;
        }
    }

    /// <summary>True while a process with this id exists that is not just a remembered exit code.</summary>
    public static bool IsAlive(int pid)
    {
        try
        {
            return OperatingSystem.IsLinux() ? Stat(pid)[0] is not ("Z" or "X") : StartTime(pid) is not null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Names this run of the machine, from its boot to its end; null where the system does not tell.</summary>
    public static string? BootId()
    {
        const string Path = "/proc/sys/kernel/random/boot_id";
        return OperatingSystem.IsLinux() && File.Exists(Path) ? File.ReadAllText(Path).Trim() : null;
    }

    /// <summary>Bytes that a process has read from and written to disks since its start; null where the system does not tell.</summary>
    public static (long Read, long Written)? DiskBytes(int pid)
    {
        try
        {
            if (!OperatingSystem.IsLinux())
                return null;
            var lines = File.ReadAllLines($"/proc/{pid}/io")
                .Select(line => line.Split(": "))
                .Where(parts => parts.Length == 2)
                .ToDictionary(parts => parts[0], parts => parts[1]);
            return (
                long.Parse(lines["read_bytes"], CultureInfo.InvariantCulture),
                long.Parse(lines["write_bytes"], CultureInfo.InvariantCulture)
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or KeyNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Living processes whose marker begins with this text. Linux only; elsewhere the list is empty.</summary>
    public static IReadOnlyList<int> FindMarked(string marker)
    {
        if (!OperatingSystem.IsLinux())
            return [];
        var wanted = Encoding.UTF8.GetBytes($"{Marker}={marker}");
        return
        [
            .. Directory
                .EnumerateDirectories("/proc")
                .Select(Path.GetFileName)
                .Where(name => int.TryParse(name, out _))
                .Select(name => int.Parse(name!, CultureInfo.InvariantCulture))
                .Where(pid => IsMarked(pid, wanted)),
        ];
    }

    /// <summary>A process and all that it, or one of its children, started. Linux only; elsewhere only itself.</summary>
    public static IReadOnlyList<int> Family(int pid)
    {
        if (!OperatingSystem.IsLinux())
            return [pid];
        var children = Directory
            .EnumerateDirectories("/proc")
            .Select(Path.GetFileName)
            .Where(name => int.TryParse(name, out _))
            .Select(name => int.Parse(name!, CultureInfo.InvariantCulture))
            .ToLookup(ParentOf);
        var family = new List<int> { pid };
        for (var i = 0; i < family.Count; i++)
            family.AddRange(children[family[i]]);
        return family;
    }

    private static int ParentOf(int pid)
    {
        try
        {
            return int.Parse(Stat(pid)[1], CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return -1; // it has ended
        }
    }

    private static bool IsMarked(int pid, byte[] wanted)
    {
        try
        {
            var environment = File.ReadAllBytes($"/proc/{pid}/environ").AsSpan();
            for (var at = environment.IndexOf(wanted); at >= 0; )
            {
                if (at == 0 || environment[at - 1] == 0)
                    return Stat(pid)[0] is not ("Z" or "X");
                var next = environment[(at + 1)..].IndexOf(wanted);
                at = next < 0 ? -1 : at + 1 + next;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It has ended, or belongs to somebody else.
        }

        return false;
    }

    // Fields of /proc/PID/stat from the state on; the name before may hold blanks and brackets.
    private static string[] Stat(int pid)
    {
        var text = File.ReadAllText($"/proc/{pid}/stat");
        return text[(text.LastIndexOf(')') + 2)..].Split(' ');
    }
}
