using LlamaBlazor.Domain.Proxy;

namespace LlamaBlazor.Domain.Cache;

/// <summary>What the cache does with one request.</summary>
/// <param name="Header">Value of <c>X-Llama-Cache</c> when no stored answer is used; null when the cache is off, which sends no header.</param>
/// <param name="Lookup">Whether a stored answer may be used.</param>
/// <param name="Store">Whether the answer may be kept.</param>
/// <param name="MaxAge">Oldest answer the client takes, or null.</param>
public sealed record CacheDecision(string? Header, bool Lookup, bool Store, TimeSpan? MaxAge)
{
    /// <summary>The cache is off for this request.</summary>
    public static CacheDecision Off { get; } = new(null, false, false, null);

    /// <summary>The cache is on, and this request must not use it.</summary>
    public static CacheDecision Bypass { get; } = new("BYPASS", false, false, null);
}

/// <summary>Decides what may be cached (acceptance C3.1, C3.2, Y6 to Y8).</summary>
public static class CachePolicy
{
    /// <summary>Bodies over this many bytes are neither looked up nor kept: 1 MiB.</summary>
    public const int BodyLimit = 1 << 20;

    /// <summary>Decides for one request.</summary>
    /// <param name="enabled">The global switch.</param>
    /// <param name="mode">The model's own: off, on, sampled, or null for the global one.</param>
    /// <param name="route">The route.</param>
    /// <param name="facts">What the body says.</param>
    /// <param name="body">The body.</param>
    /// <param name="cacheControl">The request's <c>Cache-Control</c>.</param>
    public static CacheDecision Decide(bool enabled, string? mode, ProxyRoute route, RequestFacts facts, ReadOnlySpan<byte> body, string? cacheControl)
    {
        if (mode == "off" || (!enabled && mode is not ("on" or "sampled")))
            return CacheDecision.Off;
        var control = cacheControl ?? "";
        if (!route.Cacheable || Has(control, "no-store") || body.Length > BodyLimit || (facts.Stream && !CanReplay(route.Kind)) || HasRemoteImage(body))
            return CacheDecision.Bypass;
        var repeatable = route.Kind == RouteKind.Embedding || facts.Temperature == 0 || facts.HasSeed || mode == "sampled";
        return repeatable ? new CacheDecision("MISS", !Has(control, "no-cache"), true, MaxAgeOf(control)) : CacheDecision.Bypass;
    }

    /// <summary>Whether an answer may be kept.</summary>
    /// <param name="status">Its status.</param>
    /// <param name="usage">What was read from it.</param>
    /// <param name="length">Its bytes.</param>
    public static bool MayStore(int status, GenerationUsage usage, int length) =>
        status == 200 && usage.Error is null && usage.FinishReason is not "error" && length is > 0 and <= BodyLimit;

    private static bool CanReplay(RouteKind kind) => kind is RouteKind.Chat or RouteKind.Completion or RouteKind.Native;

    // The picture behind an address may change; one inside the body is part of the key.
    private static bool HasRemoteImage(ReadOnlySpan<byte> body) =>
        body.IndexOf("\"image_url\""u8) >= 0 && (body.IndexOf("\"http:"u8) >= 0 || body.IndexOf("\"https:"u8) >= 0 || body.IndexOf("\"file:"u8) >= 0);

    private static bool Has(string control, string word) => control.Contains(word, StringComparison.OrdinalIgnoreCase);

    private static TimeSpan? MaxAgeOf(string control)
    {
        const string Word = "max-age=";
        var at = control.IndexOf(Word, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            return null;
        var digits = string.Concat(control[(at + Word.Length)..].TakeWhile(char.IsAsciiDigit));
        return long.TryParse(digits, out var seconds) ? TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue)) : null;
    }
}
