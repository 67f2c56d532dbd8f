namespace LlamaBlazor.Web.Simulator;

/// <summary>
/// Log lines on stderr in llama-server's form: time since start, level, component, function. Without <c>--log-prefix</c> there is neither
/// time nor level, without <c>--log-timestamps</c> no time.
/// </summary>
/// <param name="arguments">Its command line.</param>
internal sealed class SimulatedLog(SimulatedArguments arguments, TimeProvider clock)
{
    /// <summary>Verbosity from which lines of information are written (<c>--verbosity</c>).</summary>
    public const int InformationLevel = 3;

    private readonly bool _hasPrefix = arguments.Text("--log-prefix") != "off";
    private readonly bool _hasTime = arguments.Text("--log-timestamps") != "off";
    private readonly int _verbosity =
        arguments.Has("--log-disable") ? -1
        : arguments.Has("--verbose") ? int.MaxValue
        : arguments.Number("--verbosity", InformationLevel);
    private readonly long _start = clock.GetTimestamp();
    private readonly Stream _error = Console.OpenStandardError();
    private readonly Lock _gate = new();

    /// <summary>Writes an information line.</summary>
    /// <param name="function">Component and function as the real one pads them, such as <c>srv    load_model</c>.</param>
    /// <param name="message">The words.</param>
    public void Info(string function, string message) => Write('I', InformationLevel, function, message);

    /// <summary>Writes an error line.</summary>
    /// <param name="function">As for <see cref="Info"/>.</param>
    /// <param name="message">The words.</param>
    public void Error(string function, string message) => Write('E', 1, function, message);

    /// <summary>A slot begins.</summary>
    public void Launch(SimulatedSlot slot)
    {
        Info("slot get_availabl", $"id  {slot.Id} | task -1 | selected slot by LRU, t_last = -1");
        Info("slot launch_slot_", $"id  {slot.Id} | task {slot.Task} | processing task, is_child = 0");
    }

    /// <summary>What a slot's work took.</summary>
    public void Timings(SimulatedSlot slot, SimulatedTimings timings)
    {
        foreach (var line in timings.Lines())
            Info("slot print_timing", $"id  {slot.Id} | task {slot.Task} | {line}");
    }

    /// <summary>A slot ends.</summary>
    public void Release(SimulatedSlot slot) =>
        Info("slot      release", $"id  {slot.Id} | task {slot.Task} | stop processing: n_tokens = {slot.Tokens}, truncated = 0");

    /// <summary>Writes bytes as they are.</summary>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
            _error.Write(bytes);
    }

    private void Write(char level, int verbosity, string function, string message)
    {
        if (verbosity > _verbosity)
            return;
        var time = clock.GetElapsedTime(_start);
        var stamp = $"{(int)time.TotalMinutes}.{time.Seconds:00}.{time.Milliseconds:000}.{time.Microseconds:000} ";
        var prefix =
            !_hasPrefix ? ""
            : _hasTime ? $"{stamp}{level} "
            : $"{level} ";
        Raw(System.Text.Encoding.UTF8.GetBytes($"{prefix}{function}: {message}\n"));
    }
}
