using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Models.Memory;

/// <summary>
/// Which tensors <c>--override-tensor</c> takes out of their layer, such as <c>blk\.(1|2)\.ffn_.*_exps\.=CPU</c>: expressions separated by
/// commas, searched
/// for in the names; the first that is found counts (llama.cpp, <c>parse_tensor_buffer_overrides</c>).
/// </summary>
internal sealed class TensorOverrides
{
    private const int Bound = 256;
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(50); // for one name; those that C++ alone understands may backtrack

    private readonly List<(Regex Pattern, string Buffer)> _rules = [];

    private TensorOverrides(string text)
    {
        foreach (var rule in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(Bound))
        {
            if (rule.LastIndexOf('=') is > 0 and var equals && Pattern(rule[..equals]) is { } pattern)
                _rules.Add((pattern, rule[(equals + 1)..]));
        }
    }

    /// <summary>Sums up what is moved.</summary>
    /// <param name="text">The setting; empty moves nothing.</param>
    /// <param name="tensors">Tensors with the part of the model they belong to.</param>
    public static ILookup<int, MovedTensors> Find(string? text, IEnumerable<(int Part, string Name, long Bytes)> tensors)
    {
        if (string.IsNullOrWhiteSpace(text))
            return Array.Empty<(int Part, MovedTensors Moved)>().ToLookup(pair => pair.Part, pair => pair.Moved);
        var overrides = new TensorOverrides(text);
        return tensors
            .Select(tensor =>
                (tensor.Part, tensor.Bytes, IsExpert: ModelGeometry.IsExpert(tensor.Name), Buffer: overrides.BufferOf(tensor.Name))
            )
            .Where(tensor => tensor.Buffer is not null)
            .GroupBy(tensor => (tensor.Part, tensor.Buffer, tensor.IsExpert))
            .ToLookup(
                group => group.Key.Part,
                group => new MovedTensors(group.Key.Buffer!, group.Sum(tensor => tensor.Bytes), group.Key.IsExpert)
            );
    }

    private string? BufferOf(string name)
    {
        foreach (var (pattern, buffer) in _rules)
        {
            try
            {
                if (pattern.IsMatch(name))
                    return buffer;
            }
            catch (RegexMatchTimeoutException)
            {
                return null;
            }
        }

        return null;
    }

    private static Regex? Pattern(string text)
    {
        try
        {
            return new Regex(text, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, Limit);
        }
        catch (ArgumentException)
        {
            return null; // the engine refuses it at the start
        }
        catch (NotSupportedException)
        {
            return new Regex(text, RegexOptions.CultureInvariant, Limit);
        }
    }
}

/// <summary>Tensors of one part of a model that lie elsewhere.</summary>
/// <param name="Buffer">Where: a device, or anything else for main memory.</param>
/// <param name="Bytes">Their size.</param>
/// <param name="IsExpert">Whether they are experts.</param>
internal sealed record MovedTensors(string Buffer, long Bytes, bool IsExpert);
