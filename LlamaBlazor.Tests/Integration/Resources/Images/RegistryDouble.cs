using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlamaBlazor.Tests.Integration.Resources.Images;

/// <summary>An OCI registry on loopback: asks for a token, answers tags page by page, and serves one image from a folder of the OCI
/// layout.</summary>
internal sealed class RegistryDouble : IAsyncDisposable
{
    private const string Token = "let-me-in";
    private readonly WebApplication _app;

    private RegistryDouble(WebApplication app) => _app = app;

    /// <summary>Tags it has.</summary>
    public List<string> Tags { get; } = [];

    /// <summary>Paths that were asked for.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>True to answer 503 to everything.</summary>
    public bool IsDown { get; set; }

    /// <summary>Folder of an image in the OCI layout, or null.</summary>
    public string? Layout { get; set; }

    /// <summary>Host and port.</summary>
    public string Host =>
        new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Authority;

    public static async Task<RegistryDouble> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var registry = new RegistryDouble(builder.Build());
        registry._app.Run(registry.AnswerAsync);
        await registry._app.StartAsync();
        return registry;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        var path = http.Request.Path.Value!;
        Asked.Enqueue(path);
        if (IsDown)
            http.Response.StatusCode = 503;
        else if (path == "/token")
            await http.Response.WriteAsJsonAsync(
                new { token = http.Request.Query["scope"] == "repository:my/llama:pull" ? Token : "useless" }
            );
        else if (http.Request.Headers.Authorization != $"Bearer {Token}")
            (http.Response.StatusCode, http.Response.Headers.WWWAuthenticate) = (
                401,
                $"Bearer realm=\"http://{Host}/token\",service=\"double\",scope=\"repository:my/llama:pull\""
            );
        else if (path == "/v2/my/llama/tags/list")
            await TagsAsync(http);
        else if (path.StartsWith("/v2/my/llama/", StringComparison.Ordinal) && Layout is not null)
            await ImageAsync(http, path["/v2/my/llama/".Length..]);
        else
            http.Response.StatusCode = path == "/v2/" ? 200 : 404;
    }

    private async Task TagsAsync(HttpContext http)
    {
        const int Page = 3;
        var rest = Tags.SkipWhile(tag => http.Request.Query["last"] is [{ } last] && tag != last)
            .Skip(http.Request.Query.ContainsKey("last") ? 1 : 0)
            .ToList();
        if (rest.Count > Page)
            http.Response.Headers.Link = $"</v2/my/llama/tags/list?last={rest[Page - 1]}&n={Page}>; rel=\"next\"";
        await http.Response.WriteAsJsonAsync(new { name = "my/llama", tags = rest.Take(Page) });
    }

    private async Task ImageAsync(HttpContext http, string what)
    {
        using var index = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Layout!, "index.json")));
        var manifest = index.RootElement.GetProperty("manifests")[0];
        var digest =
            what.StartsWith("manifests/", StringComparison.Ordinal) && !what.Contains(':')
                ? manifest.GetProperty("digest").GetString()!
                : what[(what.IndexOf('/') + 1)..];
        var file = Path.Combine(Layout!, "blobs", digest.Replace(':', '/'));
        if (!File.Exists(file))
        {
            http.Response.StatusCode = 404;
            return;
        }

        http.Response.ContentType = what.StartsWith("manifests/", StringComparison.Ordinal)
            ? manifest.GetProperty("mediaType").GetString()
            : "application/octet-stream";
        http.Response.Headers["Docker-Content-Digest"] = digest;
        await http.Response.SendFileAsync(file);
    }
}
