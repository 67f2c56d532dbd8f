using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Primitives;

namespace LlamaBlazor.Web.Simulator;

/// <summary>What goes over the connection, as llama-server's HTTP library writes it: headers, refusals, and the end of a stream.</summary>
internal static class SimulatedWire
{
    /// <summary>Type of all JSON.</summary>
    public const string JsonType = "application/json; charset=utf-8";

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Sets the headers that every answer has.</summary>
    public static void Prepare(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.Server = "llama.cpp";
        headers.AccessControlAllowOrigin = context.Request.Headers.Origin.ToString(); // empty when there is none, as the real one
        headers.Date = new StringValues([null]); // the real one sends no date: an entry without a value keeps Kestrel from adding one
    }

    /// <summary>JSON as the real one writes it: text as it is, in UTF-8.</summary>
    public static string Text(JsonNode json) => json.ToJsonString(Plain);

    /// <summary>A whole answer of JSON.</summary>
    public static Task WriteAsync(HttpContext context, JsonNode answer) =>
        WriteAsync(context, StatusCodes.Status200OK, JsonType, Text(answer));

    /// <summary>A refusal.</summary>
    public static Task WriteAsync(HttpContext context, SimulatedError error) =>
        WriteAsync(context, error.Status, JsonType, Text(error.Json()));

    /// <summary>Refuses what needs a flag.</summary>
    public static Task RefuseAsync(HttpContext context, string message) => WriteAsync(context, SimulatedError.NotSupported(message));

    /// <summary>A whole answer of any type.</summary>
    public static async Task WriteAsync(HttpContext context, int status, string contentType, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = status == StatusCodes.Status204NoContent ? null : bytes.Length;
        if (status >= StatusCodes.Status400BadRequest)
            response.Headers.Connection = "close";
        else
            KeepAlive(context);
        if (HttpMethods.IsHead(context.Request.Method))
            response.Headers.AcceptRanges = "bytes";
        else if (status != StatusCodes.Status204NoContent)
            await response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    /// <summary>
    /// Begins an answer in chunks. As with the real one its headers promise to keep the connection, and yet the connection is closed behind
    /// the last chunk without a word: who has put it back into a pool by then finds it broken at the next request.
    /// </summary>
    public static async Task StartStreamAsync(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers["X-Accel-Buffering"] = "no";
        KeepAlive(context);
        await response.StartAsync(context.RequestAborted);
        // Behind the headers: before them it would add "Connection: close".
        context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
    }

    /// <summary>Sends a chunk of a stream.</summary>
    public static async Task SendAsync(HttpContext context, string chunk)
    {
        await context.Response.WriteAsync(chunk, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private static void KeepAlive(HttpContext context)
    {
        if (!context.Request.Headers.Connection.Contains("close", StringComparer.OrdinalIgnoreCase))
            context.Response.Headers.KeepAlive = "timeout=5, max=100";
    }
}

/// <summary>A refusal in the real one's form.</summary>
/// <param name="Status">Status, and the body's <c>code</c>.</param>
/// <param name="Type">Kind of error.</param>
/// <param name="Message">The words.</param>
internal sealed record SimulatedError(int Status, string Type, string Message)
{
    /// <summary>Tokens of a prompt that is too long, and the room there is.</summary>
    public (int Prompt, int Context)? Room { get; private init; }

    /// <summary>The request is wrong: 400.</summary>
    public static SimulatedError Invalid(string message) => new(StatusCodes.Status400BadRequest, "invalid_request_error", message);

    /// <summary>What the real one takes for an error of its own, such as JSON that cannot be read: 500.</summary>
    public static SimulatedError Server(string message) => new(StatusCodes.Status500InternalServerError, "server_error", message);

    /// <summary>A flag is missing: 501.</summary>
    public static SimulatedError NotSupported(string message) => new(StatusCodes.Status501NotImplemented, "not_supported_error", message);

    /// <summary>No key, or none that is known: 401.</summary>
    public static SimulatedError WrongKey { get; } = new(StatusCodes.Status401Unauthorized, "authentication_error", "Invalid API Key");

    /// <summary>Not now: 503.</summary>
    public static SimulatedError Unavailable(string message) => new(StatusCodes.Status503ServiceUnavailable, "unavailable_error", message);

    /// <summary>No such route: 404.</summary>
    public static SimulatedError NotFound { get; } = new(StatusCodes.Status404NotFound, "not_found_error", "File Not Found");

    /// <summary>The prompt does not fit: 400.</summary>
    public static SimulatedError TooLong(int prompt, int context) =>
        Invalid($"request ({prompt} tokens) exceeds the available context size ({context} tokens), try increasing it") with
        {
            Type = "exceed_context_size_error",
            Room = (prompt, context),
        };

    /// <summary>Its body.</summary>
    public JsonObject Json()
    {
        var error = new JsonObject
        {
            ["code"] = Status,
            ["message"] = Message,
            ["type"] = Type,
        };
        if (Room is { } room)
            (error["n_prompt_tokens"], error["n_ctx"]) = (room.Prompt, room.Context);
        return new JsonObject { ["error"] = error };
    }
}
