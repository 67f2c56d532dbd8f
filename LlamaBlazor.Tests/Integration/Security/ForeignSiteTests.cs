using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Integration.Proxy;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Security;

/// <summary>One that programs may call by a further name.</summary>
public sealed class NamedFixture : ProxyFixture
{
    public NamedFixture() =>
        With("LlamaBlazor:Security:AllowedHosts:0", "host.docker.internal").With("LlamaBlazor:Security:AllowedHosts:1", "172.17.0.1");
}

/// <summary>What a page of another site can make a browser ask for, and what it gets.</summary>
public sealed class ForeignSiteTests(NamedFixture app) : IClassFixture<NamedFixture>
{
    private static readonly string[] Foreign =
    [
        "Sec-Fetch-Site: cross-site|Sec-Fetch-Mode: no-cors|Sec-Fetch-Dest: image",
        "Sec-Fetch-Site: same-site",
        "Sec-Fetch-Site: cross-site|Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: document",
        "Sec-Fetch-Site: cross-site|Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: iframe",
        "Origin: http://evil.example",
        "Origin: null",
        "Referer: http://evil.example/page",
    ];

    public static TheoryData<string, string> Asked()
    {
        var asked = new TheoryData<string, string>();
        foreach (
            var path in new[]
            {
                "/props?model=cold",
                "/slots?model=cold",
                "/metrics?model=cold",
                "/metrics",
                "/upstream/cold/x",
                "/upstream/cold",
                "/v1/models",
                "/v1/audio/voices?model=cold",
                "/lora-adapters?model=cold",
                "/api/database/export",
                "/api/models",
                "/hubs/telemetry",
                "/openapi/v1.json",
                "//props?model=cold",
                "/PROPS?model=cold",
            }
        )
        {
            foreach (var method in new[] { "GET", "HEAD" })
                asked.Add(method, path);
        }

        return asked;
    }

    [Theory]
    [MemberData(nameof(Asked))]
    public async Task ForeignPage_StartsNothing_AndGetsNothing(string method, string path)
    {
        var name = "cold" + Guid.NewGuid().ToString("N");
        var id = await app.AddModelAsync(name);
        path = path.Replace("cold", name, StringComparison.Ordinal);
        foreach (var headers in Foreign)
        {
            using var answer = await SendAsync(method, path, headers);
            Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, $"{method} {path} with {headers}: {answer.StatusCode}");
        }

        Assert.Equal(0, app.Starts(id));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/models")]
    [InlineData("/models/1/core")]
    [InlineData("/settings?x=1")]
    public async Task ForeignLink_LeadsToAPage(string path)
    {
        using var link = await SendAsync(
            "GET",
            path,
            "Sec-Fetch-Site: cross-site|Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: document|Accept: text/html"
        );
        Assert.NotEqual(HttpStatusCode.Forbidden, link.StatusCode);
        using var old = await SendAsync("GET", path, "Referer: http://evil.example/page|Accept: text/html");
        Assert.NotEqual(HttpStatusCode.Forbidden, old.StatusCode);
        using var frame = await SendAsync("GET", path, "Sec-Fetch-Site: cross-site|Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: iframe");
        Assert.Equal(HttpStatusCode.Forbidden, frame.StatusCode);
    }

    [Fact]
    public async Task OwnPages_Persons_AndPrograms_AreLetThrough()
    {
        await app.AddRunningAsync("warm");
        foreach (
            var headers in new[]
            {
                "",
                "Sec-Fetch-Site: same-origin",
                "Sec-Fetch-Site: none|Sec-Fetch-Mode: navigate",
                $"Origin: {app.Address.GetLeftPart(UriPartial.Authority)}",
                $"Referer: {app.Address}models",
            }
        )
        {
            using var answer = await SendAsync("GET", "/v1/models", headers);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("same-origin", answer.Headers.GetValues("Cross-Origin-Resource-Policy").Single());
        }
    }

    [Theory]
    [InlineData("localhost.", true)]
    [InlineData("LOCALHOST", true)]
    [InlineData("host.docker.internal", true)]
    [InlineData("HOST.docker.internal.", true)]
    [InlineData("172.17.0.1", true)]
    [InlineData("172.17.0.2", false)]
    [InlineData("evil.example", false)]
    [InlineData("localhost.evil.example", false)]
    [EffectOf("LlamaBlazor:Security:AllowedHosts")]
    public async Task Host_NamesThisMachine_OrIsAllowed(string host, bool taken)
    {
        using var answer = await SendAsync("GET", "/v1/models", $"Host: {host}:{app.Address.Port}");
        Assert.Equal(taken ? HttpStatusCode.OK : HttpStatusCode.Forbidden, answer.StatusCode);
        if (!taken)
            Assert.Contains(
                "LlamaBlazor:Security:AllowedHosts",
                (await ProxyFixture.ErrorAsync(answer)).GetProperty("message").GetString()
            );
    }

    [Theory]
    [InlineData("/api/models")]
    [InlineData("/")]
    [InlineData("/upstream/warm/")]
    [InlineData("/hubs/telemetry")]
    [InlineData("/metrics")]
    public async Task AllowedHost_LeadsToProgramRoutesOnly(string path)
    {
        using var answer = await SendAsync("GET", path, "Host: host.docker.internal");
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("POST", "/v1/chat/completions", "error.code")]
    [InlineData("POST", "/v1/messages", "error.type")]
    [InlineData("GET", "/api/models", "detail")]
    public async Task Refusal_HasTheFormOfItsApi(string method, string path, string field)
    {
        using var answer = await SendAsync(method, path, "Origin: http://evil.example");
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>();
        foreach (var name in field.Split('.'))
            json = json.GetProperty(name);
        Assert.Equal(JsonValueKind.String, json.ValueKind);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Theory]
    [InlineData("grasping", "/upstream/grasping/x", "own=1|plain=1")]
    [InlineData("grasping-too", "/props?model=grasping-too", "")]
    public async Task HeadersForTheWholeOrigin_DoNotPass(string name, string path, string cookies)
    {
        await app.AddRunningAsync(name);
        using var answer = await SendAsync("GET", path, "X-Stub: grasping");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        foreach (var header in new[] { "Service-Worker-Allowed", "Clear-Site-Data", "Strict-Transport-Security", "Alt-Svc", "Report-To" })
            Assert.False(answer.Headers.Contains(header), header);
        Assert.Equal("same-origin", string.Join(',', answer.Headers.GetValues("Cross-Origin-Resource-Policy")));
        Assert.Equal(
            cookies,
            string.Join('|', answer.Headers.TryGetValues("Set-Cookie", out var set) ? set.Select(cookie => cookie.Split(';')[0]) : [])
        );
        if (path.StartsWith("/upstream", StringComparison.Ordinal))
        {
            Assert.Equal("unsafe-none", answer.Headers.GetValues("Cross-Origin-Opener-Policy").Single());
            var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Matches("^sandbox ", policy);
            Assert.DoesNotContain("allow-same-origin", policy);
            Assert.DoesNotContain("allow-popups", policy);
        }
    }

    [Fact]
    public async Task SiteOfAnEngine_IsReachedByItsNameAlone()
    {
        await app.AddRunningAsync("sited");
        await app.AddRunningAsync("neighbour");
        const string Navigation = "Sec-Fetch-Site: same-origin|Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: document";
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = app.Address };
        using var asked = new HttpRequestMessage(HttpMethod.Get, "/upstream/sited?x=1");
        foreach (var header in Navigation.Split('|').Select(header => header.Split(": ")))
            asked.Headers.TryAddWithoutValidation(header[0], header[1]);
        using var sent = await client.SendAsync(asked);
        var site = sent.Headers.Location!;
        Assert.Equal((HttpStatusCode.Redirect, "/upstream/sited/?x=1", app.Address.Port), (sent.StatusCode, site.PathAndQuery, site.Port));
        Assert.Matches("^engine-[0-9a-f]{32}[.]localhost$", site.Host);
        using var own = await SendAsync("GET", "/upstream/sited/props", $"Host: {site.Authority}");
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        foreach (
            var (path, host) in new[]
            {
                ("/upstream/neighbour/props", site.Authority),
                ("/api/models", site.Authority),
                ("/", site.Authority),
                ("/v1/models", site.Authority),
                ("/upstream/sited/props", $"engine-{new string('0', 32)}.localhost:{site.Port}"),
            }
        )
        {
            using var refused = await SendAsync("GET", path, $"Host: {host}");
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }

        using var image = await SendAsync(
            "GET",
            "/upstream/sited/props",
            $"Host: {site.Authority}|Sec-Fetch-Site: cross-site|Sec-Fetch-Mode: no-cors|Sec-Fetch-Dest: image"
        );
        Assert.Equal(HttpStatusCode.Forbidden, image.StatusCode);
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string path, string headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(app.Address.GetLeftPart(UriPartial.Authority) + path));
        foreach (var header in headers.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(header => header.Split(": ", 2)))
            request.Headers.TryAddWithoutValidation(header[0], header[1]);
        return await app.Http.SendAsync(request);
    }
}
