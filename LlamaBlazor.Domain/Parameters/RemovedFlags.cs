namespace LlamaBlazor.Domain.Parameters;

/// <summary>
/// Which flags took the place of removed ones. Those of speculative decoding were shared by all methods and are now one for each
/// (common/arg.cpp,
/// arg_removed), so it depends on the methods that a line names.
/// </summary>
public static class RemovedFlags
{
    private const string Mod = "ngram-mod";

    // Methods with flags of their own under their name.
    private static readonly string[] Ngrams = ["ngram-simple", "ngram-map-k", "ngram-map-k4v"];

    /// <summary>The flags that say the same today; none where the named methods have no such thing.</summary>
    /// <param name="catalogue">The catalogue.</param>
    /// <param name="removed">The removed flag.</param>
    /// <param name="methods">Value of <c>--spec-type</c>, or null.</param>
    /// <param name="drafts">Whether a draft model is named.</param>
    public static IReadOnlyList<ParameterDefinition> Heirs(
        ParameterCatalogue catalogue,
        ParameterDefinition removed,
        string? methods,
        bool drafts
    )
    {
        var named = (methods ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var flags =
            named.Length == 0
                ? [removed.ReplacedBy!]
                : removed.Flag switch
                {
                    "--draft" => Draft(named, drafts, "n-max"),
                    "--draft-min" => Draft(named, drafts, "n-min"),
                    "--spec-ngram-size-n" =>
                    [
                        .. Each(named, "size-n"),
                        .. named.Contains(Mod) ? ["--spec-ngram-mod-n-match"] : Array.Empty<string>(),
                    ],
                    "--spec-ngram-size-m" => Each(named, "size-m"),
                    "--spec-ngram-min-hits" => Each(named, "min-hits"),
                    _ => [removed.ReplacedBy!],
                };
        return [.. flags.Select(flag => catalogue.FindFlag(flag)).OfType<ParameterDefinition>()];
    }

    private static string[] Draft(string[] methods, bool drafts, string name) =>
        [
            .. drafts || methods.Any(method => method.StartsWith("draft-", StringComparison.Ordinal))
                ? ["--spec-draft-" + name]
                : Array.Empty<string>(),
            .. methods.Contains(Mod) ? ["--spec-ngram-mod-" + name] : Array.Empty<string>(),
        ];

    private static string[] Each(string[] methods, string name) =>
        [.. methods.Where(Ngrams.Contains).Select(method => $"--spec-{method}-{name}")];
}
