using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Resources.Images;

/// <summary>
/// How far a pull is, from what the runtime prints: docker <c>0f3d: Pulling fs layer</c>, <c>0f3d: Pull complete</c>; podman <c>Copying
/// blob sha256:0f3d…</c>,
/// <c>Copying blob 0f3d done</c>, <c>Copying config …</c>.
/// </summary>
public sealed partial class PullProgress
{
    private readonly Dictionary<string, bool> _layers = []; // an image has at most 127

    /// <summary>Layers seen.</summary>
    public int Layers => _layers.Count;

    /// <summary>Layers that are there.</summary>
    public int Done => _layers.Count(layer => layer.Value);

    /// <summary>The last line.</summary>
    public string Line { get; private set; } = "";

    /// <summary>Takes a line.</summary>
    public void Add(string line)
    {
        if (line.Length == 0)
            return;
        Line = line.Length <= 200 ? line : line[..200];
        if (Layer().Match(line) is { Success: true } match)
        {
            var word = match.Groups["word"].Value;
            var isDone =
                word.StartsWith("Pull complete", StringComparison.Ordinal)
                || word.StartsWith("Already exists", StringComparison.Ordinal)
                || word.Contains("done")
                || word.Contains("skipped");
            var id = match.Groups["id"].Value[..12];
            _layers[id] = isDone || _layers.GetValueOrDefault(id);
        }
        else if (line.StartsWith("Copying config", StringComparison.Ordinal) || line.StartsWith("Status: ", StringComparison.Ordinal))
        {
            foreach (var layer in _layers.Keys)
                _layers[layer] = true;
        }
    }

    [GeneratedRegex(@"^(?:Copying blob (?:sha256:)?(?<id>[0-9a-f]{12,64})(?<word>.*)|(?<id>[0-9a-f]{12}): (?<word>.+))$")]
    private static partial Regex Layer();
}

/// <summary>How often a pull is tried.</summary>
public static partial class PullRetry
{
    /// <summary>Attempts in all.</summary>
    public const int Attempts = 3;

    /// <summary>Whether another attempt may help: what the registry says it does not have or does not give stays so.</summary>
    /// <param name="attempt">Attempts made, from 1.</param>
    /// <param name="lastLine">The runtime's last words.</param>
    public static bool IsWorthwhile(int attempt, string lastLine) => attempt < Attempts && !Final().IsMatch(lastLine);

    /// <summary>1, 2, 4 … s before the next one.</summary>
    /// <param name="attempt">Attempts made, from 1.</param>
    public static TimeSpan Pause(int attempt) => TimeSpan.FromSeconds(1 << Math.Clamp(attempt - 1, 0, 6));

    [GeneratedRegex(
        "manifest unknown|name unknown|repository .*not found|not found: manifest|unauthorized|denied|invalid reference|no space left",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Final();
}
