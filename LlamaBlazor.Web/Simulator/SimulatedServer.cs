using System.Text.Json.Nodes;
using LlamaBlazor.Web.Simulator.Completions;

namespace LlamaBlazor.Web.Simulator;

/// <summary>The HTTP side of the simulated engine: one switch, no routing, so that it listens within a fraction of a second.</summary>
/// <param name="model">What it runs.</param>
/// <param name="arguments">Its command line.</param>
/// <param name="faults">Its speeds and faults.</param>
/// <param name="log">Its log.</param>
/// <param name="clock">The time.</param>
internal sealed class SimulatedServer(
    SimulatedModel model,
    SimulatedArguments arguments,
    SimulatedFaults faults,
    SimulatedLog log,
    TimeProvider clock
)
{
    private const string StreamPrefix = "/v1/stream/";

    private readonly SimulatedSlots _slots = new(model.Slots);
    private readonly string _prefix = arguments.Text("--api-prefix") ?? "";
    private readonly IReadOnlyList<string> _keys = arguments.ApiKeys();
    private readonly SimulatedAdapters _adapters = new(arguments);
    private readonly SimulatedStreams _streams = new(clock);
    private volatile bool _isReady;

    private SimulatedCompletion Completion => field ??= new SimulatedCompletion(model, _slots, _streams, faults, log, clock);

    private SimulatedAnswers Answers => field ??= new SimulatedAnswers(model, _slots, arguments, clock);

    private SimulatedVectors Vectors => field ??= new SimulatedVectors(model, _slots, arguments, faults);

    private SimulatedSlotFiles SlotFiles => field ??= new SimulatedSlotFiles(_slots, arguments, clock);

    /// <summary>Ends the loading: every path answers 503 before.</summary>
    public void BecomeReady() => _isReady = true;

    /// <summary>
    /// Answers one request. As with the real one the state is looked at first, then the key, then the route; OPTIONS is always answered.
    /// </summary>
    public Task AnswerAsync(HttpContext context)
    {
        SimulatedWire.Prepare(context);
        var path = context.Request.Path.Value ?? "/";
        if (HttpMethods.IsOptions(context.Request.Method))
            return AllowAsync(context);
        if (!_isReady)
            return SimulatedWire.WriteAsync(context, SimulatedError.Unavailable("Loading model"));
        if (!IsPublic(path) && !IsAllowed(context))
            return SimulatedWire.WriteAsync(context, SimulatedError.WrongKey);
        if (!path.StartsWith(_prefix, StringComparison.Ordinal))
            return SimulatedWire.WriteAsync(context, SimulatedError.NotFound);
        var method = HttpMethods.IsHead(context.Request.Method) ? HttpMethods.Get : context.Request.Method;
        return RouteAsync(context, method, path[_prefix.Length..]);
    }

    private Task RouteAsync(HttpContext context, string method, string path) =>
        (method, path) switch
        {
            ("GET", "/health" or "/v1/health") => SimulatedWire.WriteAsync(context, new JsonObject { ["status"] = "ok" }),
            ("GET", "/v1/models" or "/models") => SimulatedWire.WriteAsync(context, Answers.Models()),
            ("GET", "/props") => SimulatedWire.WriteAsync(context, Answers.Props()),
            ("POST", "/props") => Answers.ChangeAsync(context),
            ("GET", "/slots") => Answers.SlotsAsync(context),
            ("GET", "/metrics") => Answers.MetricsAsync(context),
            ("GET" or "POST", "/tools" or "/cors-proxy") => SimulatedAnswers.DisabledAsync(context),
            ("GET" or "POST", "/lora-adapters") => _adapters.RunAsync(context, method),
            ("POST", _) => PostAsync(context, path),
            ("GET", _) when StreamOf(path) is { } id => _streams.ReadAsync(context, id),
            ("DELETE", _) when StreamOf(path) is { } id => _streams.EndAsync(context, id),
            _ => SimulatedWire.WriteAsync(context, SimulatedError.NotFound),
        };

    private Task PostAsync(HttpContext context, string path) =>
        path switch
        {
            "/v1/chat/completions" or "/chat/completions" => Completion.RunAsync(context, CompletionShape.Chat),
            "/v1/completions" => Completion.RunAsync(context, CompletionShape.Text),
            "/completion" or "/completions" => Completion.RunAsync(context, CompletionShape.Native),
            "/infill" => Completion.RunAsync(context, CompletionShape.Infill),
            "/v1/messages" => Completion.RunAsync(context, CompletionShape.Messages),
            "/v1/responses" or "/responses" => Completion.RunAsync(context, CompletionShape.Responses),
            "/v1/embeddings" => Vectors.EmbedAsync(context, isOpenAi: true),
            "/embeddings" or "/embedding" => Vectors.EmbedAsync(context, isOpenAi: false),
            "/rerank" or "/reranking" or "/v1/rerank" or "/v1/reranking" => Vectors.RerankAsync(context),
            "/tokenize" => SimulatedTexts.TokenizeAsync(context),
            "/detokenize" => SimulatedTexts.DetokenizeAsync(context),
            "/apply-template" => SimulatedTexts.ApplyTemplateAsync(context),
            "/v1/messages/count_tokens" => SimulatedTexts.CountAsync(context, CompletionShape.Messages, model.Slots),
            "/v1/chat/completions/input_tokens" or "/chat/completions/input_tokens" => SimulatedTexts.CountAsync(
                context,
                CompletionShape.Chat,
                model.Slots
            ),
            "/v1/responses/input_tokens" or "/responses/input_tokens" => SimulatedTexts.CountAsync(
                context,
                CompletionShape.Responses,
                model.Slots
            ),
            "/v1/chat/completions/control" => SimulatedTexts.ControlAsync(context),
            "/v1/streams/lookup" => _streams.LookUpAsync(context),
            "/v1/audio/transcriptions" or "/audio/transcriptions" => SimulatedWire.RefuseAsync(
                context,
                "The current model does not support audio input."
            ),
            _ when path.StartsWith("/slots/", StringComparison.Ordinal) && path.LastIndexOf('/') == 6 => SlotFiles.RunAsync(
                context,
                path[7..]
            ),
            _ => SimulatedWire.WriteAsync(context, SimulatedError.NotFound),
        };

    // One segment, as the real one's pattern has it.
    private static string? StreamOf(string path) =>
        path.StartsWith(StreamPrefix, StringComparison.Ordinal)
        && path[StreamPrefix.Length..] is { Length: > 0 } id
        && !id.Contains('/', StringComparison.Ordinal)
            ? id
            : null;

    private static Task AllowAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.AccessControlAllowCredentials = "true";
        headers.AccessControlAllowMethods = "GET, POST";
        headers.AccessControlAllowHeaders = "*";
        return SimulatedWire.WriteAsync(context, StatusCodes.Status200OK, "text/html", "");
    }

    // The real one compares the whole path with its list of public ones: below a prefix none is.
    private static bool IsPublic(string path) => path is "/health" or "/v1/health" or "/v1/models" or "/models" or "/";

    private bool IsAllowed(HttpContext context)
    {
        var given = context.Request.Headers.Authorization.ToString();
        if (given.Length == 0)
            given = context.Request.Headers["X-Api-Key"].ToString();
        return _keys.Count == 0 || _keys.Contains(given.StartsWith("Bearer ", StringComparison.Ordinal) ? given[7..] : given);
    }
}
