using System.Globalization;
using System.Text;

namespace LlamaBlazor.ProxyBench;

/// <summary>An engine that answers at once: what remains of a measured time is the way.</summary>
internal static class StubEngine
{
    private const int Chunks = 500;
    private static readonly TimeSpan TokenTime = TimeSpan.FromMilliseconds(2);
    private static readonly byte[] Answer = Encoding.UTF8.GetBytes(
        """{"id":"c","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"Hello there, this is an answer of ordinary length for a bench."},"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":14,"total_tokens":26},"timings":{"prompt_n":12,"prompt_ms":1.5,"predicted_n":14,"predicted_ms":3.5,"predicted_per_second":4000}}"""
    );

    /// <summary>Serves until it is told to end.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var at = Array.IndexOf(args, "--port");
        if (at < 0)
        {
            Console.WriteLine("usage: --port N"); // asked for --help or --version by the dashboard
            return 0;
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:" + args[at + 1]);
        var app = builder.Build();
        app.MapGet("/health", () => Results.Json(new { status = "ok" }));
        app.MapPost("/v1/chat/completions", ChatAsync);
        await app.RunAsync();
        return 0;
    }

    private static async Task ChatAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (body.ToArray().AsSpan().IndexOf("\"stream\":true"u8) < 0)
        {
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = Answer.Length;
            await context.Response.Body.WriteAsync(Answer);
            return;
        }

        // A few tokens come as a fast engine makes them, one after the other; many come as fast as they can be written.
        var few = body.ToArray().AsSpan().IndexOf("\"max_tokens\":8"u8) >= 0;
        context.Response.ContentType = "text/event-stream";
        for (var i = 0; i < (few ? 8 : Chunks); i++)
        {
            if (few && i > 0)
                await Task.Delay(TokenTime);
            await context.Response.Body.WriteAsync(
                Encoding.UTF8.GetBytes(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $$$"""data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"token{{{i}}} "},"finish_reason":null}]}{{{"\n\n"}}}"""
                    )
                )
            );
        }

        await context.Response.Body.WriteAsync(
            "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"timings\":{\"predicted_n\":500}}\n\ndata: [DONE]\n\n"u8.ToArray()
        );
    }
}
