using System.Diagnostics;

namespace LlamaBlazor.Web.Engines.Processes;

/// <summary>A short run. Disposing gives back its pipes, and ends it and its children unless it has said that it is done.</summary>
/// <param name="process">One that was just started.</param>
internal class ToolProcess(Process process) : IDisposable
{
    private bool _isDone;

    /// <summary>The process.</summary>
    public Process Process => process;

    /// <summary>Starts one that nobody watches.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The system cannot run it.</exception>
    public static ToolProcess Start(ProcessStartInfo start) => new(Process.Start(start)!);

    /// <summary>It has ended by itself and said all it had to say: nothing of it is left to be ended.</summary>
    public void Done() => _isDone = true;

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        if (!_isDone)
            Kill();
        process.DisposeWithPipes();
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends it with its children.</summary>
    protected virtual void Kill()
    {
        try
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended meanwhile.
        }
    }
}
