using System.Globalization;
using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Models.Memory;

/// <summary>
/// Adds up what llama-server says it has taken while it loads: its lines <c>DEVICE model|KV|RS|compute|output buffer size = N MiB</c>
/// (llama.cpp
/// load_tensors, llama_kv_cache, llama_memory_recurrent, sched_reserve, llama_context). Newer engines write them from verbosity 4 on.
/// </summary>
public sealed partial class EngineMemoryReport
{
    private const string Mark = "buffer size";
    private const double MiB = 1024 * 1024;
    private const int Bound = 256; // devices times kinds

    private readonly Dictionary<(string Device, string Kind), double> _parts = [];

    /// <summary>Everything together in bytes, or null while the weights have not been told.</summary>
    public long? TotalBytes => _parts.Any(part => part.Key.Kind == "model" && part.Value > 0) ? (long)(_parts.Values.Sum() * MiB) : null;

    /// <summary>Reads one line of its log; lines that say nothing about memory cost a search for two words.</summary>
    /// <param name="line">As the engine wrote it.</param>
    /// <returns>True where it told something.</returns>
    public bool Read(string line)
    {
        if (!line.Contains(Mark, StringComparison.Ordinal) || Pattern().Match(line) is not { Success: true } match || _parts.Count == Bound)
            return false;
        var key = (match.Groups["device"].Value, match.Groups["kind"].Value);
        var size = double.Parse(match.Groups["size"].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        // Weights and caches come in several buffers of one name: one a file, one for layers with a window. The others are told anew with
        // each try of a fit.
        _parts[key] = key.Item2 is "compute" or "output" ? size : _parts.GetValueOrDefault(key) + size;
        return true;
    }

    [GeneratedRegex(@"(?<device>\S+)\s+(?<kind>model|KV|RS|compute|output) buffer size =\s*(?<size>\d{1,9}(\.\d{1,4})?) MiB")]
    private static partial Regex Pattern();
}
