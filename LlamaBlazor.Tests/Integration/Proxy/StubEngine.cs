using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlamaBlazor.Tests.Integration.Proxy;

/// <summary>What an engine has seen.</summary>
internal sealed record SeenRequest(string Method, string Target, byte[] Body, IReadOnlyDictionary<string, string> Headers);

/// <summary>An engine of the tests: a real HTTP server that does what the request's <c>X-Stub</c> header says.</summary>
internal sealed class StubEngine : IAsyncDisposable
{
    private const string Answer =
        """{"id":"c","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7},"timings":{"cache_n":1,"prompt_n":4,"prompt_ms":8,"prompt_per_second":500,"predicted_n":2,"predicted_ms":4,"predicted_per_second":500}}""";

    /// <summary>Headers that speak for the whole origin, and cookies of many paths.</summary>
    private static readonly (string Name, string Value)[] Grasping =
    [
        ("Service-Worker-Allowed", "/"),
        ("Clear-Site-Data", "\"*\""),
        ("Strict-Transport-Security", "max-age=1"),
        ("Alt-Svc", "h3=\":443\""),
        ("Content-Security-Policy", "default-src *"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "cross-origin"),
        ("Referrer-Policy", "unsafe-url"),
        ("Report-To", "{}"),
        ("Set-Cookie", "whole=1; Path=/"),
        ("Set-Cookie", "wide=1; path=/upstream"),
        ("Set-Cookie", "domain=1; Domain=localhost"),
        ("Set-Cookie", "other=1; Path=/upstream/grasping2/"),
        ("Set-Cookie", "own=1; Path=/upstream/grasping/"),
        ("Set-Cookie", "plain=1; HttpOnly"),
    ];

    private readonly WebApplication _app;
    private TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private StubEngine(WebApplication app) => _app = app;

    public int Port { get; private set; }

    /// <summary>Requests in the order they came.</summary>
    public ConcurrentQueue<SeenRequest> Seen { get; } = new();

    /// <summary>Requests that were broken off by the other side.</summary>
    public int Aborted => _aborted;

    private int _aborted;

    public static async Task<StubEngine> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrel(options => options.Limits.MaxRequestBodySize = null).UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var engine = new StubEngine(app);
        app.UseWebSockets();
        app.Map("/{**path}", engine.HandleAsync);
        await app.StartAsync();
        engine.Port = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
        return engine;
    }

    /// <summary>Lets requests go on that wait for <c>hold</c>.</summary>
    public void Release() => Interlocked.Exchange(ref _gate, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        var gate = _gate.Task;
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        Seen.Enqueue(
            new SeenRequest(
                context.Request.Method,
                context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget,
                body.ToArray(),
                context.Request.Headers.ToDictionary(
                    header => header.Key,
                    header => header.Value.ToString(),
                    StringComparer.OrdinalIgnoreCase
                )
            )
        );
        var words = context.Request.Headers["X-Stub"].ToString().Split(':');
        try
        {
            if (context.Request.Method == "GET" && await EnginePage.TryServeAsync(context))
                return;
            await PlayAsync(context, words[0], words.Length > 1 ? words[1] : "", body.ToArray(), gate);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _aborted); // the other side has left
        }
    }

    private static async Task PlayAsync(HttpContext context, string word, string argument, byte[] body, Task gate)
    {
        switch (word)
        {
            case "stream":
                await StreamAsync(context, int.Parse(argument), finish: true, gate: null);
                break;
            case "hold":
                await StreamAsync(context, 2, finish: true, gate);
                break;
            case "die":
                await StreamAsync(context, 1, finish: false, null);
                await gate;
                context.Abort();
                break;
            case "truncate":
                await StreamAsync(context, 1, finish: false, null);
                break;
            case "die-after":
                await StreamAsync(context, 1, finish: true, null);
                await context.Response.Body.FlushAsync();
                await gate;
                context.Abort();
                break;
            case "huge-end":
                context.Response.ContentType = "text/event-stream";
                await context.Response.WriteAsync(
                    "data: {\"content\":\"t0\",\"stop\":false}\n\ndata: {\"content\":\"\",\"prompt\":\""
                        + new string('x', 2 << 20)
                        + "\",\"stop\":true,\"stop_type\":\"limit\"}\n\n"
                );
                break;
            case "die-before":
                context.Abort();
                break;
            case "die-json":
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync("{\"choices\":[");
                await context.Response.Body.FlushAsync();
                await gate;
                context.Abort();
                break;
            case "wait":
                await gate.WaitAsync(context.RequestAborted);
                await JsonAsync(context, 200, Answer);
                break;
            case "status":
                await JsonAsync(
                    context,
                    int.Parse(argument),
                    "{\"error\":{\"code\":" + argument + ",\"message\":\"engine words\",\"type\":\"server_error\"}}"
                );
                break;
            case "echo":
                context.Response.ContentType = "application/octet-stream";
                await context.Response.Body.WriteAsync(body);
                break;
            case "native":
                await JsonAsync(
                    context,
                    200,
                    JsonSerializer.Serialize(
                        new
                        {
                            content = "hi",
                            stop = true,
                            stop_type = "eos",
                            prompt = "<s>" + JsonDocument.Parse(body).RootElement.GetProperty("prompt").GetString(),
                            tokens_predicted = 2,
                        }
                    )
                );
                break;
            case "cors":
                context.Response.Headers.AccessControlAllowOrigin = "*";
                await JsonAsync(context, 200, Answer);
                break;
            case "grasping":
                foreach (var (name, value) in Grasping)
                    context.Response.Headers.Append(name, value);
                await JsonAsync(context, 200, Answer);
                break;
            case "socket":
                await SocketAsync(context);
                break;
            default:
                await JsonAsync(context, 200, Answer);
                break;
        }
    }

    private static async Task JsonAsync(HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync(json);
    }

    private static async Task StreamAsync(HttpContext context, int chunks, bool finish, Task? gate)
    {
        context.Response.ContentType = "text/event-stream";
        for (var i = 0; i < chunks; i++)
        {
            await context.Response.WriteAsync(
                $$$"""data: {"choices":[{"index":0,"delta":{"content":"t{{{i}}} "},"finish_reason":null}]}{{{"\n\n"}}}"""
            );
            await context.Response.Body.FlushAsync();
            if (gate is not null && i == 0)
                await gate.WaitAsync(context.RequestAborted);
        }

        if (finish)
            await context.Response.WriteAsync(
                "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"timings\":{\"prompt_n\":4,\"predicted_n\":"
                    + chunks
                    + ",\"predicted_ms\":10,\"predicted_per_second\":100}}\n\ndata: [DONE]\n\n"
            );
    }

    internal static async Task SocketAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[1024];
        var message = await socket.ReceiveAsync(buffer, context.RequestAborted);
        await socket.SendAsync(
            Encoding.UTF8.GetBytes("echo " + Encoding.UTF8.GetString(buffer, 0, message.Count)),
            WebSocketMessageType.Text,
            true,
            context.RequestAborted
        );
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
    }
}
