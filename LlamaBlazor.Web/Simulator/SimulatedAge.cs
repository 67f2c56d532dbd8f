using System.Globalization;

namespace LlamaBlazor.Web.Simulator;

/// <summary>
/// Which llama-server the simulated engine is like: <c>--simulate age=…</c> with <c>2024</c>, <c>2025</c>, <c>2026</c> (July, the
/// default), <c>next</c> (since August 2026) or <c>ik</c> (the fork ik_llama.cpp). It knows the flags of that age, and says version and
/// help in its form.
/// </summary>
/// <param name="Build">Its build number: flags that came later are unknown, and those that were removed later still work.</param>
/// <param name="Version">The line of <c>--version</c>.</param>
/// <param name="IsIndented">Help as it was until September 2024, and in the fork: sections, and entries indented by two blanks.</param>
/// <param name="Own">Flags that only it has.</param>
internal sealed record SimulatedAge(int Build, string Version, bool IsIndented, IReadOnlyList<SimulatedOption> Own)
{
    private const int FirstBuild = 3716; // the oldest the catalogue tells apart
    private const int FlashAttentionValue = 6325; // before it -fa took no value

    private static readonly Dictionary<string, SimulatedAge> All = new()
    {
        ["2024"] = new(FirstBuild, "version: 3600 (51b0a7ed5)", true, []),
        ["2025"] = new(5890, "version: 5890 (51b0a7ed5)", false, []),
        ["2026"] = new(9921, "version: 9921 (simulated)", false, []),
        ["next"] = new(11064, "version: 0.4.1-dev (build 11064, commit 51b0a7ed5)", false, []),
        ["ik"] = new(
            FirstBuild,
            "version: 3850 (51b0a7ed5)",
            true,
            [
                Flag("-mla", "--mla-use", "N"),
                Flag("-amb", "--attention-max-batch", "N"),
                Flag("-ser", "--smart-expert-reduction", "I,F"),
                Flag("-fmoe", "--fused-moe", null),
                Flag("-no-fmoe", "--no-fused-moe", null),
                Flag("-rtr", "--run-time-repack", null),
                Flag("-khad", "--k-cache-hadamard", null),
            ]
        ),
    };

    /// <summary>The flags it knows.</summary>
    public IReadOnlyList<SimulatedOption> Options =>
        field ??= [
            .. SimulatedOption.All.Where(option => option.Since <= Build && !(IsIndented && IsRemoved(option))).Select(InItsTime),
            .. Own,
        ];

    /// <summary>As <c>/props</c> tells it.</summary>
    public string Info => string.Create(CultureInfo.InvariantCulture, $"b{Build}-simulated");

    /// <summary>The age that a command line or the environment asks for.</summary>
    public static SimulatedAge Read(IReadOnlyList<string> args, string? environment)
    {
        const string Key = "age=";
        var settings = (environment ?? "")
            .Split(',', StringSplitOptions.TrimEntries)
            .Concat(args.Where((_, i) => i > 0 && args[i - 1] == "--simulate"));
        var asked = settings.LastOrDefault(setting => setting.StartsWith(Key, StringComparison.Ordinal))?[Key.Length..] ?? "2026";
        return All.GetValueOrDefault(asked) ?? All["2026"];
    }

    private bool IsRemoved(SimulatedOption option) => option.Removed is { } removed && removed <= Build;

    private SimulatedOption InItsTime(SimulatedOption option) =>
        option.Names.Contains("--flash-attn") && Build < FlashAttentionValue
            ? option with
            {
                Arity = 0,
                Hint = null,
                Values = [],
            }
            : option with
            {
                IsRemoved = IsRemoved(option),
            };

    private static SimulatedOption Flag(string shortName, string name, string? hint) =>
        new([shortName, name], [], hint is null ? 0 : 1, "string", [], false, hint, null, "Of the fork", 0, null);
}
