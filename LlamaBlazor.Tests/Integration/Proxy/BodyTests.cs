using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Proxy.Bodies;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Proxy;

/// <summary>With 1 MiB of memory for all bodies.</summary>
public sealed class TightFixture : Ollama.OllamaFixtureBase
{
    public TightFixture() => With("LlamaBlazor:Proxy:BodyMemoryMb", "1");
}

/// <summary>Bodies of every size and encoding: in memory while there is room, else on disk, and the same at the engine.</summary>
public sealed class BodyTests(TightFixture app) : IClassFixture<TightFixture>
{
    [Theory]
    [InlineData(10)]
    [InlineData(16 << 10)]
    [InlineData(1 << 20)]
    [InlineData(20 << 20)]
    public async Task Bodies_ReachTheEngine_ByteForByte(int size)
    {
        await EnsureAsync();
        var body = Json("bodies", size);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/completion") { Content = new ByteArrayContent(body) };
        request.Headers.Add("X-Stub", "echo");
        using var answer = await app.Http.SendAsync(request);
        var echo = await answer.Content.ReadAsByteArrayAsync();
        Assert.True(body.AsSpan().SequenceEqual(echo));
        await AssertNothingIsLeftAsync();
    }

    [Fact]
    [EffectOf("LlamaBlazor:Proxy:BodyMemoryMb")]
    public async Task ManyAtOnce_TakeNoMoreThanTheBudget()
    {
        await EnsureAsync();
        app.Engine.Seen.Clear();
        var bodies = app.Services.GetRequiredService<BodyStore>();
        var asked = Enumerable
            .Range(0, 12)
            .Select(_ => app.Http.SendAsync(ProxyFixture.Post("/completion", Encoding.UTF8.GetString(Json("bodies", 3 << 20)), "wait")))
            .ToList();
        await Until.TrueAsync(() => app.Engine.Seen.Count == 12, "all are at the engine");
        Assert.InRange(bodies.Budget.Taken, 0, 1 << 20);
        app.Engine.Release();
        Assert.All(await Task.WhenAll(asked), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.All(app.Engine.Seen.TakeLast(12), seen => Assert.InRange(seen.Body.Length, 3 << 20, 4 << 20));
        await AssertNothingIsLeftAsync();
        app.Engine.Seen.Clear();
    }

    [Fact]
    public async Task FieldsOfAnAlias_AreSet_InABodyOnDisk()
    {
        await EnsureAsync();
        using var made = await app.Http.SendAsync(
            ProxyFixture.Post("/api/aliases", """{"name":"bodies-warm","model":"bodies","parameters":{"temperature":1.5}}""")
        );
        using var answer = await app.Http.SendAsync(
            ProxyFixture.Post("/completion", Encoding.UTF8.GetString(Json("bodies-warm", 3 << 20)))
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.EndsWith("\",\"temperature\":1.5}", Encoding.UTF8.GetString(app.Engine.Seen.Last().Body));
        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task OllamaBody_OnDisk_IsTranslated()
    {
        await EnsureAsync();
        using var answer = await app.Ollama.PostAsync(
            "/api/generate",
            new StringContent(Encoding.UTF8.GetString(Json("bodies", 3 << 20)).Replace("}", ",\"stream\":false}"))
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.InRange(app.Engine.Seen.Last().Body.Length, 3 << 20, 4 << 20);
        await AssertNothingIsLeftAsync();
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("gzip")]
    [InlineData("x-gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("identity")]
    [InlineData("GZip, zstd")]
    public async Task PackedBodies_AreUnpacked(string encoding)
    {
        await EnsureAsync();
        var body = Json("bodies", 100_000);
        using var content = new ByteArrayContent(encoding.Split(", ").Aggregate(body, Pack));
        content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        using var answer = await app.Http.PostAsync("/completion", content);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(body, app.Engine.Seen.Last().Body);
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("gzip, br")]
    public async Task DamagedBodies_Are400(string encoding)
    {
        await EnsureAsync();
        var whole = encoding.Split(", ").Aggregate(Json("bodies", 100_000), Pack);
        foreach (
            var damaged in new[]
            {
                "this is not packed at all"u8.ToArray(),
                whole[..(whole.Length / 2)],
                [.. Enumerable.Repeat((byte)0xFF, 5000)],
            }
        )
        {
            using var content = new ByteArrayContent(damaged);
            content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
            using var answer = await app.Http.PostAsync("/completion", content);
            Assert.Equal(
                (HttpStatusCode.BadRequest, "invalid_body"),
                (answer.StatusCode, (await ProxyFixture.ErrorAsync(answer)).GetProperty("code").GetString())
            );
        }
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("gzip, zstd")]
    public async Task PackedBombs_AreStoppedAtTheLimit(string encoding)
    {
        using var content = new ByteArrayContent(encoding.Split(", ").Aggregate(new byte[80 << 20], Pack));
        content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        using var answer = await app.Http.PostAsync("/completion", content);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        await AssertNothingIsLeftAsync();
    }

    // A frame may ask for a window of gigabytes: the decoder must not take it.
    [Fact]
    public async Task ZstdWithAHugeWindow_IsRefused()
    {
        using var compressor = new ZstdSharp.Compressor(3);
        compressor.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_windowLog, 27);
        compressor.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_contentSizeFlag, 0);
        using var packed = new MemoryStream();
        using (var stream = new ZstdSharp.CompressionStream(packed, compressor, 0, preserveCompressor: true, leaveOpen: true))
            stream.Write(new byte[1000]);
        using var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentEncoding.Add("zstd");
        using var answer = await app.Http.PostAsync("/completion", content);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("compress")]
    [InlineData("gzip, gzip, gzip")]
    public async Task UnknownEncodings_Are415(string encoding)
    {
        using var content = new ByteArrayContent([1, 2, 3]);
        content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        using var answer = await app.Http.PostAsync("/completion", content);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
    }

    [Theory]
    [InlineData("zz\r\n{}\r\n")]
    [InlineData("5\r\n{\"a\":zz\r\n0\r\n\r\n")]
    [InlineData("-1\r\n{}\r\n0\r\n\r\n")]
    [InlineData("fffffffffffffffff\r\n{}\r\n")]
    public async Task ChunkOfABadSize_Is400(string body)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", app.Address.Port);
        await client
            .GetStream()
            .WriteAsync(
                Encoding.ASCII.GetBytes(
                    "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n" + body
                )
            );
        using var reader = new StreamReader(client.GetStream());
        Assert.Contains("400", await reader.ReadLineAsync());
    }

    [Fact]
    public async Task ChunkOfABadSize_BehindTheMemoryLimit_Is400()
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", app.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync("POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray());
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{2 << 20:x}\r\n{new string(' ', 2 << 20)}\r\nzz\r\n"));
        using var reader = new StreamReader(stream);
        Assert.Contains("400", await reader.ReadLineAsync());
        await AssertNothingIsLeftAsync();
    }

    private static byte[] Pack(byte[] body, string encoding)
    {
        using var packed = new MemoryStream();
        using (
            Stream packer = encoding.ToLowerInvariant() switch
            {
                "zstd" => new ZstdSharp.CompressionStream(packed, leaveOpen: true),
                "br" => new BrotliStream(packed, CompressionLevel.Fastest, true),
                "deflate" => new ZLibStream(packed, CompressionLevel.Fastest, true),
                "identity" => new BufferedStream(packed),
                _ => new GZipStream(packed, CompressionLevel.Fastest, true),
            }
        )
        {
            packer.Write(body);
            packer.Flush();
            if (encoding == "identity")
                return packed.ToArray();
        }

        return packed.ToArray();
    }

    private static byte[] Json(string model, int size) =>
        Encoding.UTF8.GetBytes(
            $$"""{"model":"{{model}}","prompt":"{{string.Concat(Enumerable.Range(0, size / 8).Select(i => $"{i:x8}"))}}"}"""
        );

    private async Task EnsureAsync()
    {
        if (
            (await app.GetAsync("/v1/models"))
                .GetProperty("data")
                .EnumerateArray()
                .All(model => model.GetProperty("id").GetString() != "bodies")
        )
            await app.AddRunningAsync("bodies");
    }

    private async Task AssertNothingIsLeftAsync()
    {
        await Until.TrueAsync(() => app.Services.GetRequiredService<BodyStore>().Budget.Taken == 0, "all memory is given back");
        Assert.Empty(Directory.GetFiles(app.Folder.File("data"), ".body-*"));
    }
}
