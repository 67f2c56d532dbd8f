using System.Text.RegularExpressions;
using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Domain.Instances;

/// <summary>
/// Tells from exit code and last lines why a llama-server ended, in words and with the next step. Patterns: parameters.md 0, and the
/// messages
/// of llama.cpp (common/arg.cpp, tools/server, ggml).
/// </summary>
public static partial class ExitExplanation
{
    private static readonly Dictionary<int, string> Signals = new()
    {
        [1] = "SIGHUP",
        [2] = "SIGINT",
        [3] = "SIGQUIT",
        [4] = "SIGILL",
        [6] = "SIGABRT",
        [7] = "SIGBUS",
        [8] = "SIGFPE",
        [9] = "SIGKILL",
        [11] = "SIGSEGV",
        [13] = "SIGPIPE",
        [15] = "SIGTERM",
        [24] = "SIGXCPU",
        [25] = "SIGXFSZ",
    };

    private const string PortHint = "Its port was taken by another program. Start it again: another port is chosen.";

    private static readonly (Regex Pattern, string Hint)[] Hints =
    [
        (
            OutOfMemory(),
            "There was not enough memory. Choose a smaller context, fewer GPU layers, a smaller quantisation, or stop another model."
        ),
        (PortTaken(), PortHint),
        (CannotOpen(), "The model file could not be read. Check that it still exists and that this user may read it, then scan again."),
        (NotSupported(), "This llama-server does not know the model's architecture or format. A newer llama.cpp may."),
    ];

    /// <summary>Why it ended.</summary>
    /// <param name="exitCode">Its exit code; 128 + n for signal n.</param>
    /// <param name="lastLines">The last lines of its output, oldest first.</param>
    /// <param name="wasReady">True when it had become ready.</param>
    public static StartOutcome Explain(int exitCode, IReadOnlyList<string> lastLines, bool wasReady)
    {
        var signal = exitCode > 128 ? Signals.GetValueOrDefault(exitCode - 128) : null;
        var refusal = lastLines.LastOrDefault(line => Refusal().IsMatch(line));
        var loader = wasReady || exitCode == 0 ? null : LoaderWords.Find(lastLines, exitCode);
        var (telling, hint) = loader is var (line, step) ? (line, step) : Telling(lastLines);
        var words = Clean(refusal ?? telling ?? LastWords(lastLines));
        var how = signal is null ? $"with exit code {exitCode}" : $"by {signal}";
        var isRefusal = refusal is not null && !wasReady;
        var isNotRunnable = exitCode is 126 or 127 && !wasReady; // as the shell and setsid say it
        var what =
            isRefusal ? "llama-server refused its arguments"
            : isNotRunnable ? "llama-server could not be executed"
            : $"llama-server ended {how} {(wasReady ? "while running" : "before it was ready")}";
        var next =
            isRefusal ? "Correct that setting, then start again."
            : isNotRunnable && loader is null ? "Check the engine's path and its permissions."
            : hint ?? Hint(signal, lastLines);
        var sentence = words is null ? $"{what}." : $"{what}: {words.TrimEnd('.')}.";
        return new StartOutcome(exitCode, signal, isRefusal || isNotRunnable, next is null ? sentence : $"{sentence} {next}")
        {
            IsPortTaken = next == PortHint && !wasReady,
        };
    }

    // The first line that a hint explains: what comes after it only says that it failed.
    private static (string? Line, string? Hint) Telling(IReadOnlyList<string> lines)
    {
        foreach (var (pattern, hint) in Hints)
        {
            if (lines.FirstOrDefault(pattern.IsMatch) is { } line)
                return (line, hint);
        }

        return (null, null);
    }

    private static string? Hint(string? signal, IReadOnlyList<string> lines) =>
        signal switch
        {
            "SIGKILL" => "Most likely the system ended it because memory ran out (look for 'Out of memory' in the kernel log). Choose a "
                + "smaller context or model, or stop another one.",
            "SIGILL" => "This build of llama-server uses processor instructions that this machine lacks. Use a build made for it.",
            "SIGSEGV" or "SIGABRT" or "SIGBUS" or "SIGFPE" =>
                "The engine crashed. Its last lines tell more; another version or other settings may help.",
            _ => lines.Count == 0 ? "It said nothing: its log may be switched off (verbosity 0, or log disabled)." : null,
        };

    // The last line that reports an error, else the last line at all.
    private static string? LastWords(IReadOnlyList<string> lines) =>
        lines.LastOrDefault(line => ErrorLine().IsMatch(line)) ?? lines.LastOrDefault(line => !string.IsNullOrWhiteSpace(line));

    private static string? Clean(string? line) =>
        line is null ? null : LogPrefix().Replace(line.Length > 400 ? line[..400] + "…" : line, "").Trim();

    [GeneratedRegex(@"error: invalid argument: |error while handling (argument|environment variable) ", RegexOptions.IgnoreCase)]
    private static partial Regex Refusal();

    [GeneratedRegex(@"(^|\s)E |\b(error|failed|failure|fatal|exception|unable|cannot|couldn't|abort)", RegexOptions.IgnoreCase)]
    private static partial Regex ErrorLine();

    [GeneratedRegex(@"^\s*(\d+\.\d+\.\d+\.\d+ )?([DIWE] )?")]
    private static partial Regex LogPrefix();

    [GeneratedRegex(
        "out of memory|cudaMalloc failed|failed to allocate|unable to allocate|bad_alloc|ErrorOutOfDeviceMemory|failed to fit params",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex OutOfMemory();

    [GeneratedRegex("couldn't bind|address already in use", RegexOptions.IgnoreCase)]
    private static partial Regex PortTaken();

    [GeneratedRegex("failed to open GGUF|no such file or directory|permission denied|failed to open", RegexOptions.IgnoreCase)]
    private static partial Regex CannotOpen();

    [GeneratedRegex(
        "unknown model architecture|unsupported model|invalid magic|unknown pre-tokenizer|bad version",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex NotSupported();
}
