namespace LlamaBlazor.Domain.Proxy;

/// <summary>Why the endpoint itself answers instead of an engine. Status, words of OpenAI and log level follow from it in
/// <see cref="ProxyErrors"/>.</summary>
public enum ProxyError
{
    /// <summary>The body is not JSON, or not the form the route needs.</summary>
    BadBody,

    /// <summary>The request names no model.</summary>
    ModelRequired,

    /// <summary>No model has the name.</summary>
    ModelNotFound,

    /// <summary>The path is none of the endpoint's.</summary>
    UnknownRoute,

    /// <summary>No engine that runs holds the stream.</summary>
    StreamNotFound,

    /// <summary>The body is over the limit.</summary>
    BodyTooLarge,

    /// <summary>The body has an encoding that cannot be read.</summary>
    UnsupportedEncoding,

    /// <summary>There was no room for the body in memory, and none on disk.</summary>
    BodyNotKept,

    /// <summary>The client sent its body too slowly.</summary>
    SlowClient,

    /// <summary>A key is needed, or the one sent is not known, expired or revoked.</summary>
    Unauthorized,

    /// <summary>The key may not do this.</summary>
    Forbidden,

    /// <summary>The key is over one of its limits.</summary>
    RateLimited,

    /// <summary>As many requests wait for the model as may.</summary>
    QueueFull,

    /// <summary>The request waited as long as it may.</summary>
    QueueTimeout,

    /// <summary>The model could not be started.</summary>
    StartFailed,

    /// <summary>The dashboard has just been started, or its database cannot be used now.</summary>
    NotReady,

    /// <summary>The dashboard is being stopped.</summary>
    ShuttingDown,

    /// <summary>Somebody cancelled the request in the dashboard.</summary>
    Cancelled,

    /// <summary>The client went away.</summary>
    ClientGone,

    /// <summary>A mistake of the dashboard itself.</summary>
    Internal,

    /// <summary>The engine broke the connection before its answer.</summary>
    UpstreamFailed,

    /// <summary>The engine broke the connection in the middle of its answer.</summary>
    UpstreamDied,

    /// <summary>The engine sent nothing for as long as allowed.</summary>
    UpstreamTimeout,
}

/// <summary>How loudly something is logged.</summary>
public enum Severity
{
    /// <summary>No fault of ours or of the engine.</summary>
    Debug,

    /// <summary>Worth a line.</summary>
    Information,

    /// <summary>Somebody should look.</summary>
    Warning,
}

/// <summary>What a client is told for a <see cref="ProxyError"/>.</summary>
/// <param name="Status">HTTP status; 499 (client closed request) is only recorded.</param>
/// <param name="Type">OpenAI's <c>error.type</c>.</param>
/// <param name="Code">OpenAI's <c>error.code</c>.</param>
/// <param name="Severity">Log level.</param>
public sealed record ProxyErrorFacts(int Status, string Type, string Code, Severity Severity);

/// <summary>The one switch from error to answer.</summary>
public static class ProxyErrors
{
    private const string Invalid = "invalid_request_error";
    private const string Server = "server_error";

    /// <summary>Status, words and log level of an error.</summary>
    /// <param name="error">The error.</param>
    public static ProxyErrorFacts Facts(this ProxyError error) =>
        error switch
        {
            ProxyError.BadBody => new(400, Invalid, "invalid_body", Severity.Debug),
            ProxyError.ModelRequired => new(400, Invalid, "model_required", Severity.Debug),
            ProxyError.ModelNotFound => new(404, Invalid, "model_not_found", Severity.Debug),
            ProxyError.UnknownRoute => new(404, Invalid, "unknown_route", Severity.Debug),
            ProxyError.StreamNotFound => new(404, Invalid, "stream_not_found", Severity.Debug),
            ProxyError.BodyTooLarge => new(413, Invalid, "body_too_large", Severity.Information),
            ProxyError.UnsupportedEncoding => new(415, Invalid, "unsupported_encoding", Severity.Debug),
            ProxyError.BodyNotKept => new(503, Server, "no_room_for_body", Severity.Warning),
            ProxyError.SlowClient => new(408, Invalid, "request_timeout", Severity.Debug),
            ProxyError.Unauthorized => new(401, "authentication_error", "invalid_api_key", Severity.Information),
            ProxyError.Forbidden => new(403, "permission_error", "not_allowed", Severity.Information),
            ProxyError.RateLimited => new(429, "rate_limit_error", "rate_limit_exceeded", Severity.Debug),
            ProxyError.QueueFull => new(429, "rate_limit_error", "queue_full", Severity.Warning),
            ProxyError.QueueTimeout => new(503, Server, "queue_timeout", Severity.Warning),
            ProxyError.StartFailed => new(503, Server, "model_start_failed", Severity.Warning),
            ProxyError.NotReady => new(503, Server, "not_ready", Severity.Debug),
            ProxyError.ShuttingDown => new(503, Server, "shutting_down", Severity.Debug),
            ProxyError.Cancelled => new(503, Server, "cancelled", Severity.Information),
            ProxyError.ClientGone => new(499, Invalid, "client_closed_request", Severity.Information),
            ProxyError.Internal => new(500, Server, "internal_error", Severity.Warning),
            ProxyError.UpstreamFailed => new(502, Server, "engine_failed", Severity.Warning),
            ProxyError.UpstreamDied => new(502, Server, "engine_died", Severity.Warning),
            ProxyError.UpstreamTimeout => new(504, Server, "engine_timeout", Severity.Warning),
            _ => throw new ArgumentOutOfRangeException(nameof(error), error, null),
        };
}
