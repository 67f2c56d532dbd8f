using System.Collections.Concurrent;
using System.Globalization;
using LlamaBlazor.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlamaBlazor.Tests.Integration.Downloads;

/// <summary>A request as the server saw it.</summary>
internal sealed record AskedRequest(string Path, string? Range, string? IfRange, string? Authorization);

/// <summary>A file on the server and how it is sent.</summary>
internal sealed class ServedFile
{
    public byte[] Content { get; set; } = GgufSamples.Llama().ToArray();

    public string? ETag { get; set; } = "\"one\"";

    public bool Ranges { get; init; } = true;

    /// <summary>Sends half of an answer and then nothing until it is set: true sends the rest, false breaks the connection.</summary>
    public TaskCompletionSource<bool>? Hold { get; set; }

    /// <summary>A file whose first half comes.</summary>
    public static ServedFile Held() => new() { Hold = new TaskCompletionSource<bool>() };
}

/// <summary>Stands in for Hugging Face, a mirror, or any server of files: a real HTTP server on loopback.</summary>
internal sealed class FileServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, RequestDelegate> _answers = new();

    private FileServer(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = null!;

    public ConcurrentQueue<AskedRequest> Asked { get; } = new();

    public static async Task<FileServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var server = new FileServer(builder.Build());
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        server.Address = new Uri(
            server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
        );
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    public string Url(string path) => new Uri(Address, path).AbsoluteUri;

    /// <summary>Serves a file at a path; returns it, to change how.</summary>
    public ServedFile Serve(string path, ServedFile? file = null)
    {
        file ??= new ServedFile();
        _answers[path] = context => SendAsync(context, file);
        return file;
    }

    public void On(string path, RequestDelegate answer) => _answers[path] = answer;

    public void Redirect(string path, string to) =>
        On(
            path,
            context =>
            {
                context.Response.StatusCode = 302;
                context.Response.Headers.Location = to;
                return Task.CompletedTask;
            }
        );

    public void Json(string path, string json) =>
        On(
            path,
            context =>
            {
                context.Response.ContentType = "application/json";
                return context.Response.WriteAsync(json);
            }
        );

    private Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        var headers = context.Request.Headers;
        Asked.Enqueue(new AskedRequest(path, Text(headers.Range), Text(headers.IfRange), Text(headers.Authorization)));
        if (_answers.TryGetValue(path, out var answer))
            return answer(context);
        context.Response.StatusCode = 404;
        return Task.CompletedTask;

        static string? Text(Microsoft.Extensions.Primitives.StringValues values) => values.Count == 0 ? null : values.ToString();
    }

    private static async Task SendAsync(HttpContext context, ServedFile file)
    {
        var (content, start) = (file.Content, 0);
        if (file.ETag is not null)
            context.Response.Headers.ETag = file.ETag;
        var range = context.Request.Headers.Range.ToString();
        var same = context.Request.Headers.IfRange is not [var tag] || tag == file.ETag;
        if (file.Ranges && range.Length > 0 && same)
        {
            start = int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture);
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes {start}-{content.Length - 1}/{content.Length}";
        }

        context.Response.ContentLength = content.Length - start;
        var end = file.Hold is null ? content.Length : (content.Length + start) / 2;
        await context.Response.Body.WriteAsync(content.AsMemory(start, end - start), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        if (file.Hold is not { } hold)
            return;
        if (await hold.Task.WaitAsync(context.RequestAborted))
            await context.Response.Body.WriteAsync(content.AsMemory(end), context.RequestAborted);
        else
            context.Abort();
    }
}
