namespace LlamaBlazor.Domain.Proxy;

/// <summary>Whose form an answer takes: each family of clients reads errors and lists in its own.</summary>
public enum ApiFamily
{
    /// <summary>OpenAI's, and llama-server's own routes.</summary>
    OpenAi,

    /// <summary>Anthropic's Messages.</summary>
    Anthropic,

    /// <summary>Ollama's, on the port of its own.</summary>
    Ollama,

    /// <summary>The dashboard's own API: problem details (RFC 9457).</summary>
    Dashboard,
}

/// <summary>Finds the family of a request.</summary>
public static class ApiFamilies
{
    /// <summary>The family of a path.</summary>
    /// <param name="path">The path without its query, as the client wrote it: case, repeated slashes and one at the end do not
    /// matter.</param>
    /// <param name="namesAnthropicVersion">Whether the request has the header <c>anthropic-version</c>, which only Anthropic's clients
    /// send.</param>
    /// <param name="isOllamaPort">Whether it came through the port of Ollama's API.</param>
    public static ApiFamily Of(string? path, bool namesAnthropicVersion, bool isOllamaPort)
    {
        var plain = RoutePath.Normal(path ?? "");
        var upstream = plain.StartsWith(RouteTable.UpstreamPrefix, StringComparison.OrdinalIgnoreCase);
        if (Ends(plain, "/messages", upstream) || Ends(plain, "/messages/count_tokens", upstream))
            return ApiFamily.Anthropic;
        if (plain.Equals("/v1", StringComparison.OrdinalIgnoreCase) || plain.StartsWith("/v1/", StringComparison.OrdinalIgnoreCase))
            return namesAnthropicVersion ? ApiFamily.Anthropic : ApiFamily.OpenAi;
        if (isOllamaPort)
            return ApiFamily.Ollama;
        return upstream || RouteTable.Canonical(plain) is not null ? ApiFamily.OpenAi : ApiFamily.Dashboard;
    }

    // "/v1/messages", "/messages" and "/v/messages"; behind the name of a model anything may stand before it.
    private static bool Ends(string path, string route, bool anywhere) =>
        path.EndsWith(route, StringComparison.OrdinalIgnoreCase)
        && (anywhere || path[..^route.Length].ToLowerInvariant() is "" or "/v1" or "/v");
}
