using System.Text.Json.Nodes;

namespace LlamaBlazor.Web.Simulator.Completions;

/// <summary>Form of a completion.</summary>
internal enum CompletionShape
{
    /// <summary><c>/v1/chat/completions</c>.</summary>
    Chat,

    /// <summary><c>/v1/completions</c>.</summary>
    Text,

    /// <summary><c>/completion</c>, llama.cpp's own.</summary>
    Native,

    /// <summary><c>/infill</c>: answered as <see cref="Native"/>.</summary>
    Infill,

    /// <summary><c>/v1/messages</c>, Anthropic's.</summary>
    Messages,

    /// <summary><c>/v1/responses</c>.</summary>
    Responses,
}

/// <summary>A call of a tool instead of an answer.</summary>
/// <param name="Id">Id of the call.</param>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">JSON by the tool's schema.</param>
internal sealed record SimulatedTool(string Id, string Name, string Arguments);

/// <summary>A completion that was asked for, read from a body that has passed <see cref="SimulatedChecks"/>.</summary>
internal sealed class SimulatedJob
{
    private SimulatedJob(JsonObject body, CompletionShape shape) => (Body, Shape) = (body, shape);

    /// <summary>The request.</summary>
    public JsonObject Body { get; }

    /// <summary>Its form.</summary>
    public CompletionShape Shape { get; }

    /// <summary>True when the answer is streamed.</summary>
    public bool IsStream => SimulatedBody.Flag(Body["stream"]);

    /// <summary>Whether a stream tells <c>usage</c> in a chunk of its own.</summary>
    public bool IncludesUsage => SimulatedBody.Flag((Body["stream_options"] as JsonObject)?["include_usage"]);

    /// <summary>Most tokens wanted, or -1. The real one says at least one.</summary>
    public int MaxTokens { get; private init; } = -1;

    /// <summary>The limit as it was given, or null.</summary>
    public JsonNode? Limit => LimitOf(Body);

    /// <summary>Prompts to answer, one after the other.</summary>
    public required IReadOnlyList<string> Prompts { get; init; }

    /// <summary>Answers to each prompt.</summary>
    public int Choices { get; private init; } = 1;

    /// <summary>The tool it calls, or null.</summary>
    public SimulatedTool? Tool { get; private init; }

    /// <summary>What it says, token by token; the engine's own text when null.</summary>
    public IReadOnlyList<string>? Words { get; private init; }

    /// <summary>Texts at which the answer ends.</summary>
    public IReadOnlyList<string> Stops { get; private init; } = [];

    /// <summary>Probabilities wanted for each token, or 0; -1 for those of the chosen token alone.</summary>
    public int Probabilities { get; private init; }

    /// <summary>Reads a request.</summary>
    /// <returns>The job, or null with the error that its grammar has.</returns>
    public static (SimulatedJob? Job, SimulatedError? Error) Read(JsonObject body, CompletionShape shape)
    {
        var (words, error) = SimulatedPlan.Words(body);
        if (error is not null)
            return (null, error);
        var prompts = SimulatedText.Prompts(body, shape);
        var limit = LimitOf(body);
        return (
            new SimulatedJob(body, shape)
            {
                Prompts = prompts,
                MaxTokens = SimulatedBody.Whole(limit, -1) is var most && most == 0 ? 1 : most,
                Choices = Math.Max(1, SimulatedBody.Whole(body["n_cmpl"] ?? body["n"], 1)),
                Tool = shape is CompletionShape.Chat or CompletionShape.Messages or CompletionShape.Responses
                    ? SimulatedPlan.Tool(body)
                    : null,
                Words = words is null ? null : SimulatedText.Split(words),
                Stops = Texts(body["stop"] ?? body["stop_sequences"]),
                Probabilities = Wanted(body, shape),
            },
            null
        );
    }

    private static JsonNode? LimitOf(JsonObject body) =>
        body["max_completion_tokens"] ?? body["max_tokens"] ?? body["max_output_tokens"] ?? body["n_predict"];

    private static int Wanted(JsonObject body, CompletionShape shape) =>
        shape switch
        {
            CompletionShape.Chat when !SimulatedBody.Flag(body["logprobs"]) => 0,
            CompletionShape.Chat => SimulatedBody.Whole(body["top_logprobs"], 20) is > 0 and var top ? top : -1,
            CompletionShape.Text => Math.Max(0, SimulatedBody.Whole(body["logprobs"], 0)),
            CompletionShape.Native => Math.Max(0, SimulatedBody.Whole(body["n_probs"], 0)),
            _ => 0,
        };

    private static List<string> Texts(JsonNode? node) =>
        node switch
        {
            JsonArray list => [.. list.Select(SimulatedBody.Text).OfType<string>().Where(text => text.Length > 0)],
            _ => SimulatedBody.Text(node) is { Length: > 0 } one ? [one] : [],
        };
}
