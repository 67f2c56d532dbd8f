using System.IO.Compression;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace LlamaBlazor.Tests.Integration.Proxy;

public sealed class ForwardingTests(ProxyFixture app) : IClassFixture<ProxyFixture>
{
    [Fact]
    public async Task Bodies_GoUpstreamAndBack_ByteForByte()
    {
        await app.AddRunningAsync("bytes");
        var random = new Random(7);
        for (var i = 0; i < 500; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(i * 3 + 1)).Select(_ => (char)random.Next(32, 0x24F))]);
            var spaces = new string(' ', random.Next(4));
            var body = Encoding.UTF8.GetBytes(
                $$"""{{{spaces}}"seed" : 1844674407370955161{{i % 10}},{{spaces}}"x":1.0e{{i % 5}}, "prompt":"""
                    + $$"""{{JsonSerializer.Serialize(text)}},"model": "bytes"{{spaces}}}"""
            );
            using var request = new HttpRequestMessage(HttpMethod.Post, "/completion") { Content = new ByteArrayContent(body) };
            request.Headers.Add("X-Stub", "echo");
            if (i % 3 == 0)
                request.Headers.TransferEncodingChunked = true;
            using var answer = await app.Http.SendAsync(request);
            Assert.Equal(body, await answer.Content.ReadAsByteArrayAsync());
        }
    }

    [Theory]
    [InlineData("/v1/chat/completions", "/v1/chat/completions")]
    [InlineData("/chat/completions", "/chat/completions")]
    [InlineData("/v/chat/completions", "/chat/completions")]
    [InlineData("/v1/embeddings?x=%2F&y=a+b", "/v1/embeddings?x=%2F&y=a+b")]
    [InlineData("/audio/speech", "/audio/speech")]
    [InlineData("/images/generations", "/images/generations")]
    [InlineData("/infill", "/infill")]
    [InlineData("/tokenize", "/tokenize")]
    [InlineData("/v1/messages/count_tokens", "/v1/messages/count_tokens")]
    [InlineData("/slots/3?action=erase", "/slots/3?action=erase")]
    [InlineData("/upstream/routes/v1/chat/completions", "/v1/chat/completions")]
    [InlineData("/upstream/routes/a%2Fb//c%20d?q=%41", "/a%2Fb//c%20d?q=%41")]
    public async Task Paths_GoUpstream_AsTheyCame(string path, string upstream)
    {
        await EnsureAsync("routes");
        using var request = ProxyFixture.Post(path, ProxyFixture.Chat("routes"));
        request.RequestUri = new Uri(
            app.Address.OriginalString.TrimEnd('/') + path,
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }
        );
        using var answer = await app.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(upstream, app.Engine.Seen.Last().Target);
    }

    [Fact]
    public async Task PostWithoutABody_IsPassedOn_WhereTheQueryNamesTheModel()
    {
        await EnsureAsync("routes");
        await EnsureAsync("beside"); // with one engine alone there would be no doubt which is meant
        using var answer = await app.Http.PostAsync("/slots/3?action=erase&model=routes", null);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(("/slots/3?action=erase&model=routes", 0), (app.Engine.Seen.Last().Target, app.Engine.Seen.Last().Body.Length));
        using var nameless = await app.Http.PostAsync("/slots/3?action=erase", null);
        Assert.Equal(HttpStatusCode.BadRequest, nameless.StatusCode);
    }

    [Fact]
    public async Task Names_WithSlashes_WorkInBodyAndPath()
    {
        await app.AddRunningAsync("owner/na me");
        using var body = await app.Http.SendAsync(ProxyFixture.Post("/v1/chat/completions", ProxyFixture.Chat("Owner/na me")));
        Assert.Equal(HttpStatusCode.OK, body.StatusCode);
        foreach (var path in new[] { "/upstream/owner/na%20me/props", "/upstream/owner%2Fna%20me/props" })
        {
            using var answer = await app.Http.GetAsync(path);
            Assert.Equal("/props", app.Engine.Seen.Last().Target);
        }
    }

    [Fact]
    public async Task Form_And_Query_NameTheModel()
    {
        await EnsureAsync("routes");
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent([1, 2, 3]), "file", "model.wav" },
            { new StringContent("routes"), "model" },
        };
        using var spoken = await app.Http.PostAsync("/v1/audio/transcriptions", form);
        Assert.Equal(HttpStatusCode.OK, spoken.StatusCode);
        foreach (var path in new[] { "/audio/translations", "/images/edits", "/images/variations" })
        {
            using var again = new MultipartFormDataContent { { new StringContent("routes"), "model" } };
            using var changed = await app.Http.PostAsync(path, again);
            Assert.Equal((HttpStatusCode.OK, path), (changed.StatusCode, app.Engine.Seen.Last().Target));
        }

        using var props = await app.Http.GetAsync("/props?model=routes");
        Assert.Equal("/props?model=routes", app.Engine.Seen.Last().Target);
        using var metrics = await app.Http.GetAsync("/metrics?model=routes");
        Assert.Equal("/metrics?model=routes", app.Engine.Seen.Last().Target);
    }

    [Fact]
    public async Task Secrets_StayHere_AndTheRequestIdGoesBack()
    {
        await EnsureAsync("routes");
        using var request = ProxyFixture.Post("/v1/chat/completions", ProxyFixture.Chat("routes"));
        request.Headers.Add("Cookie", "a=b");
        request.Headers.Add("X-Other", "kept");
        using var answer = await app.Http.SendAsync(request);
        var seen = app.Engine.Seen.Last().Headers;
        Assert.DoesNotContain("Cookie", seen.Keys);
        Assert.Equal("kept", seen["X-Other"]);
        Assert.Equal($"127.0.0.1:{app.Engine.Port}", seen["Host"]);
        Assert.StartsWith("req-", answer.Headers.GetValues("X-Request-Id").Single());
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("identity")]
    public async Task PackedBody_IsUnpacked(string encoding)
    {
        await EnsureAsync("routes");
        var plain = Encoding.UTF8.GetBytes(ProxyFixture.Chat("routes"));
        using var packed = new MemoryStream();
        await using (
            Stream packer = encoding switch
            {
                "gzip" => new GZipStream(packed, CompressionLevel.Fastest, true),
                "br" => new BrotliStream(packed, CompressionLevel.Fastest, true),
                "identity" => new BufferedStream(packed),
                _ => new ZLibStream(packed, CompressionLevel.Fastest, true),
            }
        )
            await packer.WriteAsync(plain);
        using var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentEncoding.Add(encoding);
        using var answer = await app.Http.PostAsync("/v1/chat/completions", content);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(plain, app.Engine.Seen.Last().Body);
        Assert.DoesNotContain("Content-Encoding", app.Engine.Seen.Last().Headers.Keys);
    }

    [Fact]
    public async Task WebSocket_PassesThrough()
    {
        await EnsureAsync("routes");
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("X-Stub", "socket");
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{app.Address.Port}/upstream/routes/ws"), CancellationToken.None);
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        var buffer = new byte[100];
        var answer = await socket.ReceiveAsync(buffer, CancellationToken.None);
        Assert.Equal("echo hello", Encoding.UTF8.GetString(buffer, 0, answer.Count));
    }

    [Fact]
    public async Task EnginesPage_MayReachItsOwnPathOnly()
    {
        await EnsureAsync("own;page");
        using var answer = await app.Http.GetAsync("/upstream/own;page/index.html?a=b");
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        var own = $"http://127.0.0.1:{app.Address.Port}/upstream/own%3Bpage/";
        Assert.Contains($"connect-src {own} ws://", policy);
        Assert.Contains($"script-src {own} 'unsafe-inline'", policy);
        Assert.Contains($"form-action {own};", policy);
        Assert.DoesNotContain("'self'", policy);
    }

    [Fact]
    public async Task UpstreamWithoutSlash_Redirects()
    {
        await EnsureAsync("routes");
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = app.Address };
        using var answer = await client.GetAsync("/upstream/routes?a=b");
        Assert.Equal(
            (HttpStatusCode.MovedPermanently, "/upstream/routes/?a=b"),
            (answer.StatusCode, answer.Headers.Location!.OriginalString)
        );
    }

    [Fact]
    public async Task Models_AreListed_WithAliasesAndStatus()
    {
        await app.AddRunningAsync("listed", runtime => runtime.Aliases = """["nick","other nick"]""");
        var list = await app.GetAsync("/v1/models");
        var model = list.GetProperty("data").EnumerateArray().Single(item => item.GetProperty("id").GetString() == "listed");
        Assert.Equal(
            ("running", 4096),
            (model.GetProperty("status").GetProperty("value").GetString(), model.GetProperty("context_length").GetInt32())
        );
        Assert.Contains("chat", model.GetProperty("capabilities").EnumerateArray().Select(item => item.GetString()));
        var alias = await app.GetAsync("/v1/models/other%20nick");
        Assert.Equal("listed", alias.GetProperty("alias_of").GetString());
        using var answer = await app.Http.SendAsync(ProxyFixture.Post("/v1/chat/completions", ProxyFixture.Chat("NICK")));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private async Task EnsureAsync(string name)
    {
        var list = await app.GetAsync("/v1/models");
        if (!list.GetProperty("data").EnumerateArray().Any(item => item.GetProperty("id").GetString() == name))
            await app.AddRunningAsync(name);
    }
}
