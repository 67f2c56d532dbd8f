using System.Runtime.InteropServices;

namespace LlamaBlazor.Web.Engines.Processes;

/// <summary>Signals to a process and to its whole group.</summary>
internal static class Signals
{
    /// <summary>SIGKILL.</summary>
    public const int Kill = 9;

    /// <summary>SIGTERM.</summary>
    public const int Terminate = 15;

    /// <summary>Signals the group that the process leads, or the process alone while it leads none. False when neither exists any
    /// more.</summary>
    public static bool SendToGroup(int pid, int signal) => Send(-pid, signal) || Send(pid, signal);

    /// <summary>Signals one process. False when it does not exist any more, or is not ours to signal.</summary>
    public static bool Send(int pid, int signal) => pid is not (0 or 1 or -1) && NativeKill(pid, signal) == 0;

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int NativeKill(int pid, int signal);
}
