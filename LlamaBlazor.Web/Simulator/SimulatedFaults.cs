using System.Globalization;

namespace LlamaBlazor.Web.Simulator;

/// <summary>
/// How the simulated engine behaves: speeds, and what it does wrong. Given as <c>--simulate NAME=VALUE</c> or in the environment variable
/// <c>SIMULATE</c>, parted by commas; nothing is wrong by default.
/// </summary>
internal sealed class SimulatedFaults
{
    private readonly Dictionary<string, double> _settings = [];

    /// <summary>Milliseconds of loading, during which every path answers 503.</summary>
    public double LoadMs => Get("load-ms", 400);

    /// <summary>Tokens generated a second.</summary>
    public double TokensPerSecond => Get("tps", 35);

    /// <summary>Prompt tokens a second.</summary>
    public double PromptTokensPerSecond => Get("prompt-tps", 900);

    /// <summary>
    /// Routes that the real one serves only with a flag (<c>--embeddings</c>, <c>--reranking</c>) answer without it: demo mode serves every
    /// client.
    /// </summary>
    public bool ServesAll => Get("serve-all", 0) > 0;

    /// <summary>Exit code with which it ends at once, or -1.</summary>
    public int ExitAtStart => (int)Get("exit-at-start", -1);

    /// <summary>Milliseconds after which it ends on its own, or -1.</summary>
    public double ExitAfterMs => Get("exit-after-ms", -1);

    /// <summary>Code of that end.</summary>
    public int ExitCode => (int)Get("exit-code", 1);

    /// <summary>It never becomes ready.</summary>
    public bool NeverReady => Get("never-ready", 0) > 0;

    /// <summary>Completions never answer, while <c>/health</c> goes on to say ok.</summary>
    public bool Hang => Get("hang", 0) > 0;

    /// <summary>SIGTERM does nothing.</summary>
    public bool IgnoreTerm => Get("ignore-term", 0) > 0;

    /// <summary>Status that every completion answers, or 0.</summary>
    public int ErrorStatus => (int)Get("error-status", 0);

    /// <summary>Tokens of a stream after which the process kills itself, or -1.</summary>
    public int DieAfterTokens => (int)Get("die-after-tokens", -1);

    /// <summary>Lines to write to the log at once after the start.</summary>
    public int LogFlood => (int)Get("log-flood", 0);

    /// <summary>Length of one very long log line, in bytes.</summary>
    public int LongLine => (int)Get("long-line", 0);

    /// <summary>The long line has no end.</summary>
    public bool NoNewline => Get("no-newline", 0) > 0;

    /// <summary>It starts a child of its own, which holds its pipes.</summary>
    public bool Grandchild => Get("grandchild", 0) > 0;

    /// <summary>Reads the settings; what is not a number counts as 1.</summary>
    public static SimulatedFaults Read(IEnumerable<string> arguments, string? environment)
    {
        var faults = new SimulatedFaults();
        foreach (
            var setting in (environment ?? "")
                .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Concat(arguments)
        )
        {
            var parts = setting.Split('=', 2);
            faults._settings[parts[0]] =
                parts.Length == 2 && double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : 1;
        }

        return faults;
    }

    private double Get(string name, double fallback) => _settings.GetValueOrDefault(name, fallback);
}
