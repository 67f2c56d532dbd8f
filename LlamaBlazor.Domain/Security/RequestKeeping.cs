using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Proxy;

namespace LlamaBlazor.Domain.Security;

/// <summary>What is kept of requests: how much of their prompts (acceptance Y11), how long cached answers, and how many of them
/// (C3.7).</summary>
/// <param name="StorePrompts">How much of a prompt is kept, in statistics and cache alike: one of <see cref="Levels"/>.</param>
/// <param name="CacheTtlSeconds">Seconds a cached answer is kept; 0 is for ever.</param>
/// <param name="CacheMaxSizeMb">MiB of all cached answers together.</param>
public sealed record RequestKeeping(string StorePrompts, long CacheTtlSeconds, long CacheMaxSizeMb)
{
    /// <summary>Nothing of a prompt is kept.</summary>
    public const string Nothing = "none";

    /// <summary>Its first <see cref="RequestReader.PreviewLength"/> characters are.</summary>
    public const string Preview = "preview";

    /// <summary>All of it is.</summary>
    public const string Everything = "full";

    /// <summary>Longest life of a cached answer: a hundred years.</summary>
    public const long MaxTtlSeconds = 3_153_600_000;

    /// <summary>Most room for cached answers, in MiB: one TiB.</summary>
    public const long MaxSizeMb = 1_048_576;

    /// <summary>Characters of a whole prompt that statistics keep.</summary>
    private const int FullLength = 16_384;

    /// <summary>Words of <see cref="StorePrompts"/>, the most private first.</summary>
    public static IReadOnlyList<string> Levels { get; } = [Nothing, Preview, Everything];

    /// <summary>Whether whole prompts may be kept.</summary>
    public bool KeepsAll => StorePrompts == Everything;

    /// <summary>Whether nothing of a prompt may be kept.</summary>
    public bool KeepsNothing => StorePrompts == Nothing;

    /// <summary>Characters of a prompt that statistics keep at most, where they keep any.</summary>
    public int PromptLength => KeepsAll ? FullLength : RequestReader.PreviewLength;

    /// <summary>Bytes of <see cref="CacheMaxSizeMb"/>.</summary>
    public long CacheMaxBytes => CacheMaxSizeMb << 20;

    /// <summary>What may be kept of a prompt, or null where nothing may be.</summary>
    public string? Keep(string? prompt) => KeepsNothing ? null : prompt?[..Math.Min(prompt.Length, PromptLength)];

    /// <summary>The edits that lead from a state to this one, made upon another state: of each field the edited value, else what it is
    /// there.</summary>
    /// <param name="from">What was edited.</param>
    /// <param name="onto">What it is by now.</param>
    public RequestKeeping Rebase(RequestKeeping from, RequestKeeping onto) =>
        new(
            StorePrompts == from.StorePrompts ? onto.StorePrompts : StorePrompts,
            CacheTtlSeconds == from.CacheTtlSeconds ? onto.CacheTtlSeconds : CacheTtlSeconds,
            CacheMaxSizeMb == from.CacheMaxSizeMb ? onto.CacheMaxSizeMb : CacheMaxSizeMb
        );

    /// <summary>All that is wrong, by field, or null.</summary>
    public Failure? Check()
    {
        var errors = new Dictionary<string, string[]>();
        if (!Levels.Contains(StorePrompts))
            errors["store_prompts"] = [$"One of {string.Join(", ", Levels)}."];
        if (CacheTtlSeconds is < 0 or > MaxTtlSeconds)
            errors["cache_ttl_seconds"] = ["From 1 second to 100 years, or 0 for ever."];
        if (CacheMaxSizeMb is < 1 or > MaxSizeMb)
            errors["cache_max_size_mb"] = [$"From 1 to {MaxSizeMb} MiB. To keep no answers, switch the cache off on the page Activity."];
        return errors.Count == 0 ? null : Failure.Invalid(errors);
    }
}
