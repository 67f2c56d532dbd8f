using System.Net;
using System.Net.Sockets;
using System.Text;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Proxy;

public sealed class RefusalTests(ProxyFixture app) : IClassFixture<ProxyFixture>
{
    [Theory]
    [InlineData("not json", 400, "invalid_body")]
    [InlineData("[1]", 400, "invalid_body")]
    [InlineData("{\"model\":\"qwen3-8", 400, "invalid_body")]
    [InlineData("{\"messages\":[]}", 400, "model_required")]
    [InlineData("{\"model\":\"\"}", 400, "model_required")]
    [InlineData("{\"model\":7}", 400, "model_required")]
    [InlineData("{\"model\":\"nothing like it\"}", 404, "model_not_found")]
    public async Task BadRequests_GetOpenAiErrors(string body, int status, string code)
    {
        using var answer = await app.Http.SendAsync(ProxyFixture.Post("/v1/chat/completions", body));
        Assert.Equal((status, code), ((int)answer.StatusCode, (await ProxyFixture.ErrorAsync(answer)).GetProperty("code").GetString()));
        Assert.Equal(status, (await app.RowAsync(answer.Headers.GetValues("X-Request-Id").Single())).HttpStatus);
    }

    [Fact]
    public async Task UnknownModel_SuggestsCloseNames()
    {
        await app.AddModelAsync("Mistral-7B-Q4_K_M");
        using var answer = await app.Http.SendAsync(ProxyFixture.Post("/v1/chat/completions", ProxyFixture.Chat("mistral-7b")));
        Assert.Contains("'Mistral-7B-Q4_K_M'", (await ProxyFixture.ErrorAsync(answer)).GetProperty("message").GetString());
    }

    [Fact]
    public async Task UnknownRoute_GetsAnOpenAiError()
    {
        using var answer = await app.Http.GetAsync("/v1/nothing/here");
        Assert.Equal(
            (HttpStatusCode.NotFound, "unknown_route"),
            (answer.StatusCode, (await ProxyFixture.ErrorAsync(answer)).GetProperty("code").GetString())
        );
        using var upstream = await app.Http.GetAsync("/upstream/unknown/x");
        Assert.Equal("model_not_found", (await ProxyFixture.ErrorAsync(upstream)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task BodyOverTheLimit_Is413_WithoutReadingIt()
    {
        using var content = new ByteArrayContent(new byte[1024]);
        content.Headers.ContentLength = 100L << 20;
        using var socket = await ConnectAsync();
        await WriteAsync(socket, $"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {100L << 20}\r\n\r\n{{");
        Assert.Contains("413", await ReadAsync(socket, "body_too_large"));
    }

    [Fact]
    public async Task ChunkedBodyOverTheLimit_Is413()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StreamContent(new EndlessStream(65 << 20)),
        };
        request.Headers.TransferEncodingChunked = true;
        using var answer = await app.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task PackedBomb_IsStoppedAtTheLimit()
    {
        using var packed = new MemoryStream();
        await using (var packer = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest, true))
            await new EndlessStream(80 << 20).CopyToAsync(packer);
        using var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentEncoding.Add("gzip");
        using var answer = await app.Http.PostAsync("/v1/chat/completions", content);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Theory]
    [InlineData("compress", 415)]
    [InlineData("gzip", 400)]
    public async Task BodyWithABadEncoding_IsRefused(string encoding, int status)
    {
        using var content = new StringContent("{\"model\":\"x\"}");
        content.Headers.ContentEncoding.Add(encoding);
        using var answer = await app.Http.PostAsync("/v1/chat/completions", content);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task ClientThatHangsUpDuringItsBody_LeavesNothingBehind()
    {
        using (var socket = await ConnectAsync())
            await WriteAsync(socket, "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n{\"model\":");
        await Until.TrueAsync(() => app.Registry.Count == 0, "the requests have come or gone");
        Assert.Equal("ok", (await app.GetAsync("/healthz")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task HeaderFlood_Is431()
    {
        using var socket = await ConnectAsync();
        await WriteAsync(socket, "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + new string('x', 70_000) + "\r\n\r\n");
        Assert.Contains("431", await ReadAsync(socket, "431"));
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", app.Address.Port);
        return client;
    }

    private static async Task WriteAsync(TcpClient client, string text) =>
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));

    private static async Task<string> ReadAsync(TcpClient client, string until)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (!text.ToString().Contains(until) && await client.GetStream().ReadAsync(buffer, limit.Token) is > 0 and var read)
            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        return text.ToString();
    }

    /// <summary>That many spaces.</summary>
    private sealed class EndlessStream(long left) : Stream
    {
        private long _left = left;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(_left, count);
            Array.Fill(buffer, (byte)' ', offset, read);
            _left -= read;
            return read;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
