namespace LlamaBlazor.Web.Proxy.Bodies;

/// <summary>
/// Puts a body that was read here in the place of the forwarder's own content. That one does not know when the body comes and sends
/// headers and body apart; this one goes out in one piece, and again where a connection broke. The forwarder allows no transformer to
/// replace its content.
/// </summary>
internal sealed class ReadBodyHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>Where a request says which body it has.</summary>
    public static readonly HttpRequestOptionsKey<RequestBody> Body = new("LlamaBlazor.Body");

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Options.TryGetValue(Body, out var body))
            request.Content = ContentOf(body, request.Content);
        return base.SendAsync(request, cancellationToken);
    }

    private static HttpContent ContentOf(RequestBody body, HttpContent? streamed)
    {
        var content = body.ToContent();
        if (streamed is null)
            return content;
        foreach (var (name, values) in streamed.Headers.NonValidated)
        {
            if (!name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                content.Headers.TryAddWithoutValidation(name, values);
        }

        return content;
    }
}
