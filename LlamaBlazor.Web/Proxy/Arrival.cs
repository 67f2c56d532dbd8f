using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Domain.Security;

namespace LlamaBlazor.Web.Proxy;

/// <summary>A request as it came, before anything is known of its model.</summary>
/// <param name="Route">The route.</param>
/// <param name="Path">Path as it goes upstream.</param>
/// <param name="Key">The key it came with, or null.</param>
internal sealed record Arrival(ProxyRoute Route, string Path, ApiKey? Key)
{
    /// <summary>Its body where it was read; null where it passes through.</summary>
    public RequestBody? Body { get; init; }

    /// <summary>The model, where the path names it.</summary>
    public string? ModelName { get; init; }

    /// <summary>Gets the request once it has begun, or null.</summary>
    public Action<InFlightRequest>? Begun { get; init; }

    /// <summary>Why it is refused at once, or null.</summary>
    public Refusal? Refusal { get; init; }
}

/// <summary>Why a request is not served.</summary>
/// <param name="Error">The kind.</param>
/// <param name="Message">The words.</param>
/// <param name="RetryAfter">Seconds to wait, or 0.</param>
internal sealed record Refusal(ProxyError Error, string Message, int RetryAfter = 0);
