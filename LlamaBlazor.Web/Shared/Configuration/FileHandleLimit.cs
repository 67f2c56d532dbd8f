using System.Runtime.InteropServices;

namespace LlamaBlazor.Web.Shared.Configuration;

/// <summary>
/// The limit of open files of this process (RLIMIT_NOFILE). .NET raises the soft limit to the hard one at its start, so that what is read
/// here cannot be
/// raised any further from inside.
/// </summary>
internal static class FileHandleLimit
{
    /// <summary>Files open at rest, with room to answer: below it the program would end in the middle of its start, or answer
    /// nothing.</summary>
    public const long Needed = 400;

    /// <summary>Room for viewers, requests and engines, of which each needs some.</summary>
    public const long Comfortable = 1024;

    // RLIMIT_NOFILE of the system's headers.
    private const int Linux = 7;
    private const int Mac = 8;

    /// <summary>The limit; null where the system has none, or does not tell.</summary>
    public static long? Current()
    {
        if (OperatingSystem.IsWindows() || GetLimit(OperatingSystem.IsMacOS() ? Mac : Linux, out var limit) != 0)
            return null;
        return limit.Soft > long.MaxValue ? null : (long)limit.Soft;
    }

    /// <summary>Refuses a limit with which the program cannot work.</summary>
    /// <param name="limit">The limit, or null for none.</param>
    /// <exception cref="StartupException">It is too low.</exception>
    public static void Require(long? limit)
    {
        if (limit < Needed)
            throw new StartupException($"This process may open {limit} files, and the dashboard needs {Needed} to work at all. {Advice}");
    }

    /// <summary>What to say of a limit that is low but enough to start, or null.</summary>
    /// <param name="limit">The limit, or null for none.</param>
    public static string? Warning(long? limit) =>
        limit < Comfortable
            ? $"This process may open {limit} files. The dashboard needs about {Needed}, and each viewer, request and engine some "
                + $"more. {Advice}"
            : null;

    private static string Advice =>
        $"Raise the limit before the start: ulimit -n {Comfortable * 4}, or LimitNOFILE={Comfortable * 4} in its systemd unit, or "
        + $"--ulimit nofile={Comfortable * 4} for its container.";

    [DllImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static extern int GetLimit(int resource, out Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
