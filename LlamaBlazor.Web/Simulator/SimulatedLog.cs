using System.Diagnostics;

namespace LlamaBlazor.Web.Simulator;

/// <summary>Log lines on stderr in llama-server's form: time since start, level, component, function.</summary>
internal sealed class SimulatedLog
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Stream _error = Console.OpenStandardError();
    private readonly Lock _gate = new();

    /// <summary>Writes an information line.</summary>
    /// <param name="function">Component and function as the real one pads them, such as <c>srv    load_model</c>.</param>
    /// <param name="message">The words.</param>
    public void Info(string function, string message) => Write('I', function, message);

    /// <summary>Writes an error line.</summary>
    /// <param name="function">As for <see cref="Info"/>.</param>
    /// <param name="message">The words.</param>
    public void Error(string function, string message) => Write('E', function, message);

    /// <summary>Writes bytes as they are.</summary>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
            _error.Write(bytes);
    }

    private void Write(char level, string function, string message)
    {
        var time = Stopwatch.GetElapsedTime(_start);
        var stamp = $"{(int)time.TotalMinutes}.{time.Seconds:00}.{time.Milliseconds:000}.{time.Microseconds:000}";
        Raw(System.Text.Encoding.UTF8.GetBytes($"{stamp} {level} {function}: {message}\n"));
    }
}
