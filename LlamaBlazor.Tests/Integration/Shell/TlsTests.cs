using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Cli;
using LlamaBlazor.Web.Playground;
using LlamaBlazor.Web.Security.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Shell;

/// <summary>TLS with a certificate of one's own making, and HTTP/2 over it.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Chat_IsStreamed_OverHttp2_AndCommandsFindTheDashboard()
    {
        using var certificate = TestCertificate.Create();
        certificate.WritePfx(_folder.File("own.pfx"), "secret");
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == certificate.Thumbprint,
            },
        };
        // As docs/operations.md says.
        using var app = new ProgramProcess(
            _folder.File("data"),
            handler,
            "--demo",
            "--urls",
            "https://127.0.0.1:0",
            $"--Kestrel:Certificates:Default:Path={_folder.File("own.pfx")}",
            "--Kestrel:Certificates:Default:Password=secret"
        );
        await app.WaitReadyAsync();
        Assert.Equal("https", app.Http.BaseAddress!.Scheme);
        var model = "";
        await Until.TrueAsync(
            async () =>
                (
                    model =
                        (await app.GetAsync("/v1/models"))
                            .GetProperty("data")
                            .EnumerateArray()
                            .Select(item => item.GetProperty("id").GetString()!)
                            .FirstOrDefault()
                        ?? ""
                ).Length > 0,
            "the sample models"
        );

        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = JsonContent.Create(
                new
                {
                    model,
                    stream = true,
                    max_tokens = 20,
                    messages = new[] { new { role = "user", content = "Hi" } },
                }
            ),
        };
        using var answer = await app.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal((HttpVersion.Version20, HttpStatusCode.OK), (answer.Version, answer.StatusCode));
        var events = new List<string>();
        var parser = new SseParser(data => events.Add(System.Text.Encoding.UTF8.GetString(data)));
        parser.Feed(await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal("[DONE]", events[^1]);
        Assert.True(events.Count > 10, $"{events.Count} events");
        Assert.Contains(events, item => item.Contains("\"finish_reason\":\"length\"") || item.Contains("\"finish_reason\":\"stop\""));

        using var http1 = await app.Http.GetAsync(new Uri("/healthz", UriKind.Relative));
        Assert.Equal(HttpVersion.Version11, http1.Version); // who does not ask for 2 still gets 1.1
        using var page = await app.Http.GetAsync(new Uri("/keys", UriKind.Relative));
        Assert.All(page.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("secure", cookie, StringComparison.OrdinalIgnoreCase));
        using var plain = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        plain.Headers.Add("Origin", $"http://{app.Http.BaseAddress!.Authority}"); // the same port, but not the same scheme
        Assert.Equal(HttpStatusCode.Forbidden, (await app.Http.SendAsync(plain)).StatusCode);

        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CliProgram.RunAsync(
            ["models", "list", "--json", "--data", _folder.File("data/demo")],
            _ => throw new InvalidOperationException("A dashboard runs; none must be started"),
            output,
            error
        );
        Assert.True(code == 0 && output.ToString().Contains(model), error.ToString());
    }

    [Fact]
    public async Task Playground_TalksToItsOwnEndpoint_WhateverItsCertificate()
    {
        using var certificate = TestCertificate.Create();
        var builder = WebApplication.CreateSlimBuilder();
        builder
            .WebHost.UseKestrelHttpsConfiguration()
            .UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        await using var app = builder.Build();
        app.MapPost(
            "/v1/chat/completions",
            (HttpContext context) =>
            {
                context.Response.ContentType = "text/event-stream";
                return context.Response.WriteAsync(
                    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hello\"}}]}\n\ndata: [DONE]\n\n"
                );
            }
        );
        await app.StartAsync();
        await using var keys = new AppFixture();
        await keys.InitializeAsync();
        using var client = new ChatClient(
            app.Services.GetRequiredService<IServer>(),
            keys.Services.GetRequiredService<KeyRing>(),
            TimeProvider.System
        );
        var reply = new ChatTurn("assistant");
        await client.AskAsync(new ChatSettings { Model = "m" }, [new ChatTurn("user", "Hi")], reply, () => { }, CancellationToken.None);
        Assert.Equal((null, "hello"), (reply.Error, reply.Text));
    }

    [Theory]
    [InlineData("--urls", "http://0.0.0.0:0")]
    [InlineData("--Kestrel:Endpoints:Open:Url=http://0.0.0.0:0")]
    [InlineData("--Kestrel:Endpoints:Open:Url=https://*:0")]
    public async Task AddressesBeyondThisMachine_AreRefused_HoweverTheyAreSet(params string[] arguments)
    {
        using var app = new ProgramProcess(_folder.File("data"), arguments);
        await app.WaitExitAsync(TimeSpan.FromSeconds(30));
        await Until.TrueAsync(() => app.Said("can be reached from other machines"), "the reason");
    }
}
