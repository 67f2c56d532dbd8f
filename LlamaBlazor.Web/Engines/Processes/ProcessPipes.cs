using System.Diagnostics;

namespace LlamaBlazor.Web.Engines.Processes;

/// <summary>Gives back what a process held here.</summary>
internal static class ProcessPipes
{
    /// <summary>
    /// Disposes a process with its pipes. Its own <c>Dispose</c> leaves open those that somebody read from: they would stay until the
    /// garbage
    /// collector finds them.
    /// </summary>
    /// <param name="process">One that was started with a <see cref="ProcessStartInfo"/>; it need not have ended.</param>
    public static void DisposeWithPipes(this Process process)
    {
        if (process.StartInfo.RedirectStandardOutput)
            process.StandardOutput.Dispose();
        if (process.StartInfo.RedirectStandardError)
            process.StandardError.Dispose();
        process.Dispose();
    }
}
