using System.Text.Json.Nodes;

namespace LlamaBlazor.Web.Simulator;

/// <summary>The HTTP side of the simulated engine: one switch, no routing, so that it listens within a fraction of a second.</summary>
/// <param name="model">What it runs.</param>
/// <param name="arguments">Its command line.</param>
/// <param name="faults">Its speeds and faults.</param>
/// <param name="log">Its log.</param>
/// <param name="clock">The time.</param>
internal sealed class SimulatedServer(SimulatedModel model, SimulatedArguments arguments, SimulatedFaults faults, SimulatedLog log, TimeProvider clock)
{
    private readonly SimulatedSlots _slots = new(model.Slots);
    private readonly string _prefix = arguments.Text("--api-prefix") ?? "";
    private volatile bool _isReady;

    private SimulatedCompletion Completion => field ??= new SimulatedCompletion(model, _slots, faults, log, clock);

    private SimulatedAnswers Answers => field ??= new SimulatedAnswers(model, _slots, arguments, clock);

    /// <summary>Ends the loading: every path answers 503 before.</summary>
    public void BecomeReady() => _isReady = true;

    /// <summary>Answers one request.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        context.Response.Headers.Server = "llama.cpp";
        var path = context.Request.Path.Value ?? "/";
        if (!_isReady)
            await SimulatedCompletion.WriteErrorAsync(context, StatusCodes.Status503ServiceUnavailable, "Loading model", "unavailable_error");
        else if (!path.StartsWith(_prefix, StringComparison.Ordinal))
            await NotFoundAsync(context);
        else
            await RouteAsync(context, path[_prefix.Length..]);
    }

    private Task RouteAsync(HttpContext context, string path) => (context.Request.Method, path) switch
    {
        _ when !IsPublic(path) && !IsAllowed(context) => SimulatedCompletion.WriteErrorAsync(context, StatusCodes.Status401Unauthorized, "Invalid API Key", "authentication_error"),
        ("GET", "/health" or "/v1/health") => WriteAsync(context, new JsonObject { ["status"] = "ok" }),
        ("GET", "/v1/models" or "/models") => WriteAsync(context, Answers.Models()),
        ("GET", "/props") => WriteAsync(context, Answers.Props()),
        ("GET", "/slots") => Answers.Slots() is { } slots ? WriteAsync(context, slots) : NotSupportedAsync(context, "This server does not support slots endpoint. Start it without `--no-slots`"),
        ("GET", "/metrics") => Answers.Metrics() is { } text ? WriteMetricsAsync(context, text) : NotSupportedAsync(context, "This server does not support metrics endpoint. Start it with `--metrics`"),
        ("POST", "/v1/chat/completions" or "/chat/completions") => Completion.RunAsync(context, CompletionShape.Chat),
        ("POST", "/v1/completions" or "/completions") => Completion.RunAsync(context, CompletionShape.Text),
        ("POST", "/completion") => Completion.RunAsync(context, CompletionShape.Native),
        ("POST", "/v1/embeddings" or "/embeddings" or "/embedding") => EmbedAsync(context),
        ("POST", "/tokenize") => TokenizeAsync(context),
        _ => NotFoundAsync(context),
    };

    // The real one compares the whole path with its list of public ones: below a prefix none is.
    private bool IsPublic(string path) => _prefix.Length == 0 && path is ("/health" or "/v1/health" or "/v1/models" or "/models");

    private bool IsAllowed(HttpContext context)
    {
        var keys = (arguments.Text("--api-key") ?? Environment.GetEnvironmentVariable("LLAMA_API_KEY"))?.Split(',');
        var given = context.Request.Headers.Authorization.ToString() is { Length: > 7 } bearer ? bearer[7..] : context.Request.Headers["X-Api-Key"].ToString();
        return keys is null || keys.Contains(given);
    }

    private async Task EmbedAsync(HttpContext context)
    {
        var inputs = (await JsonNode.ParseAsync(context.Request.Body))?["input"];
        var texts = inputs is JsonArray list ? list.Select(item => item?.ToString() ?? "").ToArray() : [inputs?.ToString() ?? ""];
        var tokens = texts.Sum(SimulatedText.CountTokens);
        await WriteAsync(context, new JsonObject
        {
            ["model"] = model.Name,
            ["object"] = "list",
            ["usage"] = new JsonObject { ["prompt_tokens"] = tokens, ["total_tokens"] = tokens },
            ["data"] = new JsonArray([.. texts.Select((text, index) => new JsonObject { ["embedding"] = Vector(text), ["index"] = index, ["object"] = "embedding" })]),
        });
    }

    // The same text has the same vector, of length 1.
    private static JsonArray Vector(string text)
    {
        var state = text.Aggregate(17L, (hash, letter) => unchecked(hash * 31 + letter));
        var values = Enumerable.Range(0, 64).Select(_ => (state = unchecked(state * 6364136223846793005 + 1442695040888963407)) / (double)long.MaxValue).ToArray();
        var length = Math.Sqrt(values.Sum(value => value * value));
        return [.. values.Select(value => (JsonNode)(value / length))];
    }

    private static async Task TokenizeAsync(HttpContext context)
    {
        var content = (await JsonNode.ParseAsync(context.Request.Body))?["content"]?.ToString() ?? "";
        await WriteAsync(context, new JsonObject { ["tokens"] = new JsonArray([.. SimulatedText.Split(content).Select(word => (JsonNode)(word.Sum(letter => letter * 31) % 32000))]) });
    }

    private static Task WriteMetricsAsync(HttpContext context, string text)
    {
        context.Response.ContentType = "text/plain; version=0.0.4";
        return context.Response.WriteAsync(text);
    }

    private static Task WriteAsync(HttpContext context, JsonNode answer)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.WriteAsync(answer.ToJsonString());
    }

    private static Task NotFoundAsync(HttpContext context) => SimulatedCompletion.WriteErrorAsync(context, StatusCodes.Status404NotFound, "File Not Found", "not_found_error");

    private static Task NotSupportedAsync(HttpContext context, string message) => SimulatedCompletion.WriteErrorAsync(context, StatusCodes.Status501NotImplemented, message, "not_supported_error");
}
