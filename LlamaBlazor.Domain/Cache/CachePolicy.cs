using LlamaBlazor.Domain.Proxy;

namespace LlamaBlazor.Domain.Cache;

/// <summary>What the cache does with one request.</summary>
/// <param name="Header">Value of <c>X-Llama-Cache</c> when no stored answer is used; null when the cache is off, which sends no
/// header.</param>
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
    /// <param name="wish">The request's own switch: on, off, or null.</param>
    public static CacheDecision Decide(
        bool enabled,
        string? mode,
        ProxyRoute route,
        RequestMetadata facts,
        ReadOnlySpan<byte> body,
        string? cacheControl,
        string? wish = null
    )
    {
        if (!IsOn(enabled, mode, wish))
            return CacheDecision.Off;
        var control = cacheControl ?? "";
        if (wish == "off" || !route.Cacheable || Has(control, "no-store") || body.Length > BodyLimit || HasRemoteImage(body))
            return CacheDecision.Bypass;
        if (facts.Stream && (!CanReplay(route.Kind) || HasTokenDetails(body)))
            return CacheDecision.Bypass;
        var repeatable = route.Kind == RouteKind.Embedding || facts.Temperature == 0 || facts.HasSeed || mode == "sampled";
        return repeatable ? new CacheDecision("MISS", !Has(control, "no-cache"), true, MaxAgeOf(control)) : CacheDecision.Bypass;
    }

    /// <summary>Whether the cache is on for a request. What is set for the model counts more than the request, and the request more than
    /// the global switch.</summary>
    /// <param name="enabled">The global switch.</param>
    /// <param name="mode">The model's own: off, on, sampled, or null for the global one.</param>
    /// <param name="wish">The request's own switch: on, off, or null.</param>
    public static bool IsOn(bool enabled, string? mode, string? wish) =>
        mode is "on" or "sampled" || (mode != "off" && (enabled || wish == "on"));

    /// <summary>Whether the answer repeats the prompt: llama-server's own completions do, and rankings that are asked to.</summary>
    /// <param name="kind">Kind of the route.</param>
    /// <param name="body">The body.</param>
    public static bool RepeatsPrompt(RouteKind kind, ReadOnlySpan<byte> body) =>
        kind == RouteKind.Native || body.IndexOf("\"return_text\""u8) >= 0;

    /// <summary>Whether an answer may be kept.</summary>
    /// <param name="status">Its status.</param>
    /// <param name="usage">What was read from it.</param>
    /// <param name="length">Its bytes.</param>
    public static bool MayStore(int status, GenerationUsage usage, int length) =>
        status == 200 && usage.Error is null && usage.FinishReason is not "error" && length is > 0 and <= BodyLimit;

    private static bool CanReplay(RouteKind kind) => kind is RouteKind.Chat or RouteKind.Completion or RouteKind.Native;

    // Probabilities and tokens stand in each event, and an answer put together from a stream would have lost them, or the other way round.
    private static bool HasTokenDetails(ReadOnlySpan<byte> body) =>
        body.IndexOf("\"logprobs\""u8) >= 0
        || body.IndexOf("\"top_logprobs\""u8) >= 0
        || body.IndexOf("\"n_probs\""u8) >= 0
        || body.IndexOf("\"return_tokens\""u8) >= 0;

    // The picture behind an address may change; one inside the body is part of the key.
    private static bool HasRemoteImage(ReadOnlySpan<byte> body) =>
        body.IndexOf("\"image_url\""u8) >= 0
        && (body.IndexOf("\"http:"u8) >= 0 || body.IndexOf("\"https:"u8) >= 0 || body.IndexOf("\"file:"u8) >= 0);

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
