namespace LlamaBlazor.Domain.Proxy;

/// <summary>Where a request names its model.</summary>
public enum ModelSource
{
    /// <summary>Field <c>model</c> of the JSON body; without it the query's.</summary>
    Body,

    /// <summary>Field <c>model</c> of a multipart form; without it the query's.</summary>
    Form,

    /// <summary><c>?model=</c>.</summary>
    Query,

    /// <summary>The first segments of the path.</summary>
    Path,
}

/// <summary>What a route is for: decides about statistics, caching and how a stream ends.</summary>
public enum RouteKind
{
    /// <summary>Chat: <c>choices[].delta</c>, ends with <c>[DONE]</c>.</summary>
    Chat,

    /// <summary>Text completion of OpenAI's form.</summary>
    Completion,

    /// <summary>llama-server's own <c>/completion</c> and <c>/infill</c>: the stream has no <c>[DONE]</c>.</summary>
    Native,

    /// <summary>OpenAI's Responses.</summary>
    Responses,

    /// <summary>Anthropic's Messages.</summary>
    Messages,

    /// <summary>Embeddings and ranking: deterministic.</summary>
    Embedding,

    /// <summary>Audio and images.</summary>
    Media,

    /// <summary>Everything that generates nothing, such as tokenizing.</summary>
    Other,
}

/// <summary>One route of the endpoint.</summary>
/// <param name="Method">GET or POST; ANY for all.</param>
/// <param name="Path">Path as clients write it; may hold ASP.NET route parameters.</param>
/// <param name="Source">Where the model is named.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="Strip">Prefix that is removed before the path goes upstream, or null.</param>
public sealed record ProxyRoute(string Method, string Path, ModelSource Source, RouteKind Kind, string? Strip = null)
{
    /// <summary>Whether the route produces tokens, so that its answer is measured and may be stopped.</summary>
    public bool Generates => Kind is not (RouteKind.Other or RouteKind.Media);

    /// <summary>Whether answers may be kept in the response cache (acceptance Y6).</summary>
    public bool Cacheable =>
        Method == "POST"
        && Source == ModelSource.Body
        && Kind is RouteKind.Chat or RouteKind.Completion or RouteKind.Native or RouteKind.Embedding or RouteKind.Messages
        && !Path.EndsWith("/control", StringComparison.Ordinal);
}
