using System.Globalization;
using System.Text.RegularExpressions;
using LlamaBlazor.Domain.Logs;

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

    /// <summary>Its number among all of its backend, where the engine's environment lets it see a part of them; else null.</summary>
    public int? Place { get; init; }
}

/// <summary>Reads what llama-server prints about itself.</summary>
public static partial class EngineHelp
{
    /// <summary>All spellings that <c>--help</c> lists, with the number of values each takes; removed ones left out.</summary>
    /// <remarks>
    /// An entry begins in the first column, in older builds and forks of those behind some blanks: spellings, the form of the value where
    /// it takes one, then at least two spaces and its text, which may go on in lines that are indented further:
    /// <code>
    /// -ngl,  --gpu-layers, --n-gpu-layers N   max. number of layers to store in VRAM
    ///                                         (env: LLAMA_ARG_N_GPU_LAYERS)
    /// </code>
    /// </remarks>
    /// <param name="help">The text.</param>
    public static IReadOnlyList<EngineFlag> ReadFlags(string help)
    {
        var entries = new List<EngineHelpEntry>();
        EngineHelpEntry? entry = null;
        foreach (var line in Lines(help))
        {
            if (EngineHelpEntry.Read(line) is { } next)
                entries.Add(entry = next);
            else if (line.StartsWith(' '))
                entry?.Append(line);
            else
                entry = null;
        }

        return [.. entries.Where(read => !read.IsRemoved).SelectMany(read => read.Flags)];
    }

    /// <summary>
    /// Build of the engine, such as <c>b9921 (edad86bbe)</c>, or its own name where it tells no build; null when no line tells a version.
    /// </summary>
    /// <remarks>
    /// Read are <c>version: 9921 (edad86bbe)</c> and, since August 2026, <c>version: 0.4.1-dev (build 11064, commit a894dae93)</c>, between
    /// whatever wrappers and drivers say around it.
    /// </remarks>
    /// <param name="version">What <c>--version</c> prints, on both streams.</param>
    public static string? ReadVersion(string version)
    {
        var lines = Lines(version)
            .Select(line => VersionLine().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups["rest"].Value)
            .ToList();
        return lines.Select(ReadBuild).OfType<string>().FirstOrDefault()
            ?? lines.Select(line => VersionName().Match(line)).FirstOrDefault(match => match.Success)?.Value;
    }

    /// <summary>
    /// The devices that <c>--list-devices</c> lists, such as <c>  CUDA0: NVIDIA GeForce RTX 4090 (24080 MiB, 23500 MiB free)</c>.
    /// </summary>
    /// <param name="list">The text.</param>
    public static IReadOnlyList<EngineDevice> ReadDevices(string list)
    {
        var shared = VulkanLine()
            .Matches(list)
            .ToLookup(match => "Vulkan" + match.Groups["index"].Value, match => match.Groups["uma"].Value == "1");
        return
        [
            .. DeviceLine()
                .Matches(list)
                .Select(match => (Match: match, Name: match.Groups["name"].Value))
                .Select(found => new EngineDevice(
                    found.Name,
                    found.Match.Groups["card"].Value,
                    Mebibytes(found.Match, "total"),
                    Mebibytes(found.Match, "free")
                )
                {
                    IsShared = shared[found.Name] is var told && told.Any() ? told.First() : null,
                }),
        ];
    }

    /// <summary>The line in which the engine's parser says why it refuses, without its prefixes; null when there is none.</summary>
    /// <param name="output">What it printed.</param>
    public static string? ReadRefusal(string output)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var refusal =
            lines.FirstOrDefault(line => line.StartsWith("error", StringComparison.Ordinal))
            ?? lines.FirstOrDefault(line => line.Contains("error", StringComparison.OrdinalIgnoreCase));
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
            ? mib
            : 0;

    private static string? ReadBuild(string version)
    {
        var match = NamedBuild().Match(version) is { Success: true } named ? named : PlainBuild().Match(version);
        var build = "b" + match.Groups["build"].Value;
        return !match.Success ? null
            : match.Groups["commit"] is { Success: true } commit ? $"{build} ({commit.Value})"
            : build;
    }

    // Without the escapes and carriage returns of terminals and wrappers.
    private static IEnumerable<string> Lines(string text) =>
        text.Split('\n').Select(line => AnsiText.Strip(line).Replace("\t", "        ").TrimEnd());

    [GeneratedRegex(
        @"^\s*(llama[\w.-]*:?\s+)?(version|build)\s*:?\s+(?<rest>\S.*)$",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture
    )]
    private static partial Regex VersionLine();

    [GeneratedRegex(
        @"\bbuild[:=# ]+b?(?<build>\d+)\b(.*?\bcommit[:=# ]+(?<commit>[\w.-]+))?",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture
    )]
    private static partial Regex NamedBuild();

    [GeneratedRegex(@"^b?(?<build>\d+) *\((?<commit>[^)]+)\)", RegexOptions.ExplicitCapture)]
    private static partial Regex PlainBuild();

    [GeneratedRegex(@"^[bv]?\d[\w.+-]*")]
    private static partial Regex VersionName();

    [GeneratedRegex(@"^\s+(?<name>\S+): (?<card>.+) \((?<total>\d+) MiB, (?<free>\d+) MiB free\)", RegexOptions.Multiline)]
    private static partial Regex DeviceLine();

    [GeneratedRegex(@"^ggml_vulkan: (?<index>\d+) = .*\| uma: (?<uma>[01])\b", RegexOptions.Multiline)]
    private static partial Regex VulkanLine();

    [GeneratedRegex(@"^[\d.]+ E (\w+ +)?")]
    private static partial Regex LogPrefix();
}
