using System.Collections.Frozen;

namespace LlamaBlazor.Domain.Proxy;

/// <summary>
/// Every route that is passed on to an engine: llama-swap's, llama-server's own at top level, and OpenAI's without the version (product.md
/// 6 and 16).
/// Routes of the dashboard (<c>/models</c>, <c>/logs</c>, <c>/metrics</c> without a model) are not here.
/// </summary>
public static class RouteTable
{
    /// <summary>Prefix of the route that takes any path of one model.</summary>
    public const string UpstreamPrefix = "/upstream/";

    /// <summary>Path of the list of models.</summary>
    public const string ModelsPath = "/v1/models";

    /// <summary>Where clients of llama-server and llama-swap ask whether somebody is there. No key is needed, and no engine.</summary>
    public static IReadOnlyList<string> HealthPaths { get; } = ["/health", "/v1/health"];

    /// <summary>Prefix of a stream that a client goes on with or ends (GET, DELETE); the id of its conversation follows.</summary>
    public const string StreamPrefix = "/v1/stream/";

    /// <summary>Asks which streams are known of given conversations.</summary>
    public const string StreamLookupPath = "/v1/streams/lookup";

    private const string SlotPrefix = "/slots/";

    /// <summary>An engine's own figures; taken only when the query names a model.</summary>
    public static ProxyRoute Metrics { get; } = new("GET", "/metrics", ModelSource.Query, RouteKind.Other);

    /// <summary>All routes, without <see cref="UpstreamPrefix"/>.</summary>
    public static IReadOnlyList<ProxyRoute> All { get; } =
    [
        .. Versioned(RouteKind.Chat, "/chat/completions"),
        .. Versioned(RouteKind.Completion, "/completions"),
        .. Versioned(RouteKind.Responses, "/responses"),
        .. Versioned(RouteKind.Messages, "/messages"),
        .. Versioned(RouteKind.Other, "/messages/count_tokens"),
        .. Versioned(RouteKind.Embedding, "/embeddings", "/rerank", "/reranking"),
        .. Post(
            RouteKind.Other,
            "/v1/chat/completions/control",
            "/v1/chat/completions/input_tokens",
            "/chat/completions/input_tokens",
            "/v1/responses/input_tokens",
            "/responses/input_tokens"
        ),
        .. Post(RouteKind.Native, "/completion", "/infill"),
        .. Post(RouteKind.Embedding, "/embedding"),
        .. Post(RouteKind.Other, "/tokenize", "/detokenize", "/apply-template", "/props", "/lora-adapters", "/slots/{slot:int}"),
        .. Post(
            RouteKind.Media,
            "/v1/audio/speech",
            "/audio/speech",
            "/v1/audio/voices",
            "/v1/images/generations",
            "/images/generations",
            "/sdapi/v1/txt2img",
            "/sdapi/v1/img2img"
        ),
        new("POST", "/audioapi/v1/tasks/run", ModelSource.Body, RouteKind.Media, "/audioapi"),
        .. new[]
        {
            "/v1/audio/transcriptions",
            "/audio/transcriptions",
            "/v1/audio/translations",
            "/audio/translations",
            "/v1/images/edits",
            "/images/edits",
            "/v1/images/variations",
            "/images/variations",
        }.Select(path => new ProxyRoute("POST", path, ModelSource.Form, RouteKind.Media)),
        .. new[] { "/v1/audio/voices", "/sdapi/v1/loras", "/props", "/slots", "/lora-adapters" }.Select(path => new ProxyRoute(
            "GET",
            path,
            ModelSource.Query,
            RouteKind.Other
        )),
    ];

    private static readonly FrozenDictionary<string, string> Literal = All.Select(route => route.Path)
        .Distinct()
        .Where(path => !path.Contains('{', StringComparison.Ordinal))
        .ToFrozenDictionary(path => path, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a path is one of those that programs use and no page of the dashboard.</summary>
    /// <param name="path">The path without its query.</param>
    public static bool IsForPrograms(string? path) =>
        path is not null && (path.StartsWith("/v1/", StringComparison.OrdinalIgnoreCase) || Literal.ContainsKey(path) || IsHealth(path));

    /// <summary>Whether a path asks whether somebody is there.</summary>
    /// <param name="path">The path without its query.</param>
    public static bool IsHealth(string path) => HealthPaths.Contains(path, StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The one way to write a path for programs, or null where it is none of theirs. Repeated slashes, one at the end and case do not
    /// matter to clients;
    /// they would to an engine.
    /// </summary>
    /// <param name="path">The path without its query, as it came.</param>
    public static string? Canonical(string path)
    {
        var plain = RoutePath.Normal(path);
        if (Literal.TryGetValue(plain, out var literal))
            return literal;
        if (
            plain.StartsWith(SlotPrefix, StringComparison.OrdinalIgnoreCase)
            && plain.AsSpan(SlotPrefix.Length) is { IsEmpty: false } slot
            && !slot.ContainsAnyExceptInRange('0', '9')
        )
            return SlotPrefix + plain[SlotPrefix.Length..];
        if (plain.Equals(ModelsPath, StringComparison.OrdinalIgnoreCase))
            return ModelsPath;
        if (plain.StartsWith(ModelsPath + "/", StringComparison.OrdinalIgnoreCase)) // a name follows: its case and slashes are its own
            return ModelsPath + plain[ModelsPath.Length..];
        if (plain.StartsWith(StreamPrefix, StringComparison.OrdinalIgnoreCase))
            return StreamPrefix + plain[StreamPrefix.Length..];
        if (plain.Equals(StreamLookupPath, StringComparison.OrdinalIgnoreCase))
            return StreamLookupPath;
        return plain.StartsWith("/v1/", StringComparison.OrdinalIgnoreCase) ? "/v1/" + plain[4..] : null;
    }

    /// <summary>The path that goes upstream for the path of a route.</summary>
    /// <param name="route">The matched route.</param>
    /// <param name="path">The path, as <see cref="Canonical"/> writes it.</param>
    public static string UpstreamPath(ProxyRoute route, string path) =>
        route.Strip is { } prefix && path.StartsWith(prefix, StringComparison.Ordinal) ? path[prefix.Length..] : path;

    /// <summary>The kind of a path that was reached through <see cref="UpstreamPrefix"/>.</summary>
    /// <param name="method">Method of the request.</param>
    /// <param name="path">Path after the model, with its leading slash.</param>
    public static RouteKind KindOf(string method, string path) =>
        All.FirstOrDefault(route => route.Method == method && string.Equals(route.Path, path, StringComparison.OrdinalIgnoreCase))?.Kind
        ?? RouteKind.Other;

    // With the version, without it, and llama-swap's "/v" form, whose prefix is removed.
    private static IEnumerable<ProxyRoute> Versioned(RouteKind kind, params string[] paths) =>
        paths.SelectMany(path =>
            new ProxyRoute[]
            {
                new("POST", "/v1" + path, ModelSource.Body, kind),
                new("POST", path, ModelSource.Body, kind),
                new("POST", "/v" + path, ModelSource.Body, kind, "/v"),
            }
        );

    private static IEnumerable<ProxyRoute> Post(RouteKind kind, params string[] paths) =>
        paths.Select(path => new ProxyRoute("POST", path, ModelSource.Body, kind));
}
