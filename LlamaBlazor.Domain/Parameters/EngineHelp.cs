using System.Globalization;
using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>A device that an engine can offload to.</summary>
/// <param name="Name">As <c>--device</c> wants it, such as CUDA0.</param>
/// <param name="Description">Name of the card.</param>
/// <param name="TotalMib">Its memory in MiB.</param>
/// <param name="FreeMib">Free memory in MiB when it was asked.</param>
public sealed record EngineDevice(string Name, string Description, long TotalMib, long FreeMib)
{
    /// <summary>Whether it shares the main memory, where the engine's backend says so; null where it does not.</summary>
    public bool? IsShared { get; init; }
}

/// <summary>A spelling that an engine lists.</summary>
/// <param name="Name">Such as <c>--ctx-size</c>.</param>
/// <param name="Values">Values that follow it: 0 for a switch, else 1 or 2.</param>
public sealed record EngineFlag(string Name, int Values);

/// <summary>Reads what llama-server prints about itself.</summary>
public static partial class EngineHelp
{
    /// <summary>All spellings that <c>--help</c> lists, with the number of values each takes; removed ones left out.</summary>
    /// <remarks>
    /// An entry begins in the first column: spellings, the form of the value where it takes one, then at least two spaces and its text, which may go on in
    /// lines that are indented:
    /// <code>
    /// -ngl,  --gpu-layers, --n-gpu-layers N   max. number of layers to store in VRAM
    ///                                         (env: LLAMA_ARG_N_GPU_LAYERS)
    /// </code>
    /// </remarks>
    /// <param name="help">The text.</param>
    public static IReadOnlyList<EngineFlag> ReadFlags(string help)
    {
        var flags = new List<EngineFlag>();
        var entry = new List<EngineFlag>();
        foreach (var line in help.Split('\n').Append("-"))
        {
            if (line.StartsWith('-'))
            {
                flags.AddRange(entry);
                entry = [.. Spellings(line)];
            }

            if (line.Contains("has been removed", StringComparison.Ordinal))
                entry.Clear();
        }

        return flags;
    }

    /// <summary>Build of the engine, such as <c>b9921 (edad86bbe)</c>, or null when the text is not llama-server's.</summary>
    /// <param name="version">What <c>--version</c> prints.</param>
    public static string? ReadVersion(string version) =>
        VersionLine().Match(version) is { Success: true } match ? $"b{match.Groups["build"].Value} ({match.Groups["commit"].Value})" : null;

    /// <summary>The devices that <c>--list-devices</c> lists: <c>  CUDA0: NVIDIA GeForce RTX 4090 (24080 MiB, 23500 MiB free)</c>.</summary>
    /// <param name="list">The text.</param>
    public static IReadOnlyList<EngineDevice> ReadDevices(string list)
    {
        var shared = VulkanLine().Matches(list).ToLookup(match => "Vulkan" + match.Groups["index"].Value, match =>
            match.Groups["uma"].Value == "1");
        return [.. DeviceLine().Matches(list).Select(match => (Match: match, Name: match.Groups["name"].Value))
            .Select(found => new EngineDevice(
            found.Name, found.Match.Groups["card"].Value, Mebibytes(found.Match, "total"), Mebibytes(found.Match, "free"))
            {
                IsShared = shared[found.Name] is var told && told.Any() ? told.First() : null,
            })];
    }

    /// <summary>The line in which the engine's parser says why it refuses, without its prefixes; null when there is none.</summary>
    /// <param name="output">What it printed.</param>
    public static string? ReadRefusal(string output)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var refusal = lines.FirstOrDefault(line => line.StartsWith("error", StringComparison.Ordinal)) ?? lines.FirstOrDefault(line => line.Contains("error", StringComparison.OrdinalIgnoreCase));
        var detail = lines.FirstOrDefault(line => LogPrefix().IsMatch(line));
        return (refusal, detail) switch
        {
            (null, null) => null,
            (null, _) => LogPrefix().Replace(detail!, ""),
            (_, null) => refusal,
            _ => $"{refusal} ({LogPrefix().Replace(detail, "")})",
        };
    }

    // More than any machine has is a driver's nonsense, such as all ones.
    private static long Mebibytes(Match match, string group) =>
        long.TryParse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var mib) && mib <= 1L << 30
            ? mib : 0;

    // The form of a value may be several words, of which only START END means two values; in brackets or angles it is one.
    private static IEnumerable<EngineFlag> Spellings(string line)
    {
        if (Entry().Match(line) is not { Success: true } match)
            return [];
        var hint = match.Groups["hint"].Value;
        var count = hint.Length == 0 ? 0 : TwoWords().IsMatch(hint) ? 2 : 1;
        return match.Groups["flag"].Captures.Select(flag => new EngineFlag(flag.Value, count));
    }

    [GeneratedRegex(@"^(?<flag>--?[a-zA-Z][a-zA-Z0-9._-]*)(,\s*(?<flag>--?[a-zA-Z][a-zA-Z0-9._-]*))*( (?<hint>\S.*?))?(\s\s|\s*$)")]
    private static partial Regex Entry();

    [GeneratedRegex("^[A-Z]+ [A-Z]+$")]
    private static partial Regex TwoWords();

    [GeneratedRegex(@"^version: (?<build>\d+) \((?<commit>[^)]+)\)", RegexOptions.Multiline)]
    private static partial Regex VersionLine();

    [GeneratedRegex(@"^\s+(?<name>\S+): (?<card>.+) \((?<total>\d+) MiB, (?<free>\d+) MiB free\)", RegexOptions.Multiline)]
    private static partial Regex DeviceLine();

    [GeneratedRegex(@"^ggml_vulkan: (?<index>\d+) = .*\| uma: (?<uma>[01])\b", RegexOptions.Multiline)]
    private static partial Regex VulkanLine();

    [GeneratedRegex(@"^[\d.]+ E (\w+ +)?")]
    private static partial Regex LogPrefix();
}
