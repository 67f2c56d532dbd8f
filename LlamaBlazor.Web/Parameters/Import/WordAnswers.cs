using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Web.Parameters.Import;

/// <summary>A word of a command line that became no setting.</summary>
/// <param name="Token">The word.</param>
/// <param name="Reason">Why.</param>
/// <param name="Field">The column whose value was refused, or null where it belongs to none.</param>
internal sealed record NotUnderstoodAnswer(string Token, string Reason, string? Field)
{
    /// <summary>The answers for some words.</summary>
    /// <param name="words">The words.</param>
    public static IReadOnlyList<NotUnderstoodAnswer> Of(IEnumerable<NotUnderstood> words) =>
        [.. words.Select(word => new NotUnderstoodAnswer(word.Token, word.Reason, word.Field))];
}

/// <summary>A flag that was understood and left out on purpose.</summary>
/// <param name="Flag">The flag.</param>
/// <param name="Reason">Why.</param>
internal sealed record IgnoredFlagAnswer(string Flag, string Reason)
{
    /// <summary>The answers for some flags.</summary>
    /// <param name="flags">The flags.</param>
    public static IReadOnlyList<IgnoredFlagAnswer> Of(IEnumerable<IgnoredFlag> flags) =>
        [.. flags.Select(flag => new IgnoredFlagAnswer(flag.Flag, flag.Reason))];
}
