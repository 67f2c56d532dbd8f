using System.Globalization;
using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Models.Memory;

/// <summary>
/// Arguments and answers of llama-fit-params (parameters.md, g). It is asked twice: for advice, then for what the advice would take.
/// Advice: <c>-c 4096 -ngl 20 -ts 12,8 -ot "blk\.(1|2)\.=CPU"</c>; projection: <c>CUDA0 4096 512 304</c> … <c>Host 80 0 16</c>, in MiB.
/// </summary>
public static partial class FitCommand
{
    // What changes memory and is understood by both programs; true takes a value. Context, layers and splits are left out: they are what is
    // asked for.
    private static readonly Dictionary<string, bool> Passed = new()
    {
        ["--cache-type-k"] = true,
        ["--cache-type-v"] = true,
        ["--batch-size"] = true,
        ["--ubatch-size"] = true,
        ["--flash-attn"] = true,
        ["--parallel"] = true,
        ["--device"] = true,
        ["--split-mode"] = true,
        ["--main-gpu"] = true,
        ["--n-cpu-moe"] = true,
        ["--fit-target"] = true,
        ["--fit-ctx"] = true,
        ["--override-kv"] = true,
        ["--swa-full"] = false,
        ["--cpu-moe"] = false,
        ["--kv-offload"] = false,
        ["--no-kv-offload"] = false,
        ["--repack"] = false,
        ["--no-repack"] = false,
        ["--no-host"] = false,
    };

    /// <summary>Arguments that ask for advice.</summary>
    /// <param name="modelPath">The file.</param>
    /// <param name="launch">Arguments of llama-server for the model; those that matter are passed on.</param>
    public static IReadOnlyList<string> Advice(string modelPath, IReadOnlyList<string> launch)
    {
        List<string> arguments = ["-m", modelPath];
        for (var i = 0; i < launch.Count; i++)
        {
            if (!Passed.TryGetValue(launch[i], out var takesValue) || (takesValue && i + 1 == launch.Count))
                continue;
            arguments.Add(launch[i]);
            if (takesValue)
                arguments.Add(launch[++i]);
        }

        return [.. arguments, "-lv", "4"];
    }

    /// <summary>Arguments that ask what an advice would take.</summary>
    /// <param name="advice">Arguments that asked for the advice.</param>
    /// <param name="answer">The advice.</param>
    public static IReadOnlyList<string> Projection(IReadOnlyList<string> advice, FitAdvice answer)
    {
        List<string> arguments = [.. advice.SkipLast(2)];
        if (answer.CtxSize > 0)
            arguments.AddRange(["-c", answer.CtxSize.ToString(CultureInfo.InvariantCulture)]);
        if (answer.GpuLayers >= 0)
            arguments.AddRange(["-ngl", answer.GpuLayers.ToString(CultureInfo.InvariantCulture)]);
        if (answer.TensorSplit is { } split)
            arguments.AddRange(["-ts", split]);
        if (answer.OverrideTensor is { } tensors)
            arguments.AddRange(["-ot", tensors]);
        return [.. arguments, "-fitp", "on"];
    }

    /// <summary>The advice in what it printed, or null.</summary>
    /// <param name="output">Standard output.</param>
    public static FitAdvice? ReadAdvice(string output)
    {
        var match = AdvicePattern().Match(output);
        return
            match.Success
            && long.TryParse(match.Groups[1].ValueSpan, out var context)
            && long.TryParse(match.Groups[2].ValueSpan, out var layers)
            ? new FitAdvice(
                context,
                layers,
                match.Groups[3].Success ? match.Groups[3].Value : null,
                match.Groups[4].Success ? match.Groups[4].Value : null
            )
            : null;
    }

    /// <summary>MiB on the host and on all devices, in what it printed, or null.</summary>
    /// <param name="output">Standard output.</param>
    public static (double Host, double Devices)? ReadProjection(string output)
    {
        (double Host, double Devices)? sum = null;
        foreach (Match line in ProjectionPattern().Matches(output))
        {
            var total = Enumerable.Range(2, 3).Sum(group => double.Parse(line.Groups[group].ValueSpan, CultureInfo.InvariantCulture));
            sum =
                line.Groups[1].Value == "Host"
                    ? ((sum?.Host ?? 0) + total, sum?.Devices ?? 0)
                    : (sum?.Host ?? 0, (sum?.Devices ?? 0) + total);
        }

        return sum;
    }

    /// <summary>Why it failed: the last warning or error it logged, or null. Lines look like <c>0.00.036 E common_fit:
    /// reason</c>.</summary>
    /// <param name="log">Standard error.</param>
    public static string? ReadReason(string log) => ReasonPattern().Matches(log).LastOrDefault()?.Groups[1].Value.Trim();

    [GeneratedRegex(@"^-c (\d+) -ngl (-?\d+)(?: -ts ([\d,]+))?(?: -ot ""(.*)"")?", RegexOptions.Multiline)]
    private static partial Regex AdvicePattern();

    [GeneratedRegex(@"^(\S.*?) (\d{1,12}) (\d{1,12}) (\d{1,12}) *\r?$", RegexOptions.Multiline)]
    private static partial Regex ProjectionPattern();

    [GeneratedRegex(@"^[\d.]+ [WE] (?:\w+: )?(.+)$", RegexOptions.Multiline)]
    private static partial Regex ReasonPattern();
}

/// <summary>What llama-fit-params advises.</summary>
/// <param name="CtxSize">Tokens; 0 is what the model was trained with.</param>
/// <param name="GpuLayers">Layers on devices; -1 is all of them.</param>
/// <param name="TensorSplit">Share of each device, or null.</param>
/// <param name="OverrideTensor">Placement of tensors, or null.</param>
public sealed record FitAdvice(long CtxSize, long GpuLayers, string? TensorSplit, string? OverrideTensor);
