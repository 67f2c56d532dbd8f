using System.Text.Json.Nodes;

namespace LlamaBlazor.Web.Simulator.Completions;

/// <summary>One finished answer of a request.</summary>
/// <param name="Index">Its number among the answers.</param>
/// <param name="Words">Its tokens.</param>
/// <param name="Reason">Why it ended: <c>stop</c>, <c>length</c> or <c>tool_calls</c>.</param>
/// <param name="Stop">The stop text that ended it, or empty.</param>
/// <param name="Slot">The slot that worked, as it was at the end.</param>
/// <param name="Timings">What it took.</param>
internal sealed record SimulatedAnswer(
    int Index,
    IReadOnlyList<string> Words,
    string Reason,
    string Stop,
    SimulatedSlot Slot,
    SimulatedTimings Timings
)
{
    /// <summary>Its text.</summary>
    public string Text => string.Concat(Words);
}

/// <summary>How a completion is written in one of the APIs. Events of a stream are whole, with the empty line at their end.</summary>
/// <param name="job">The request.</param>
/// <param name="model">What is run.</param>
/// <param name="created">Seconds since 1970.</param>
internal abstract class SimulatedForm(SimulatedJob job, SimulatedModel model, long created)
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>The request.</summary>
    protected SimulatedJob Job { get; } = job;

    /// <summary>What is run.</summary>
    protected SimulatedModel Model { get; } = model;

    /// <summary>Seconds since 1970.</summary>
    protected long Created { get; } = created;

    /// <summary>Id of the completion.</summary>
    protected string Id { get; } = "chatcmpl-" + RandomId();

    /// <summary>The form for a request.</summary>
    public static SimulatedForm Create(SimulatedJob job, SimulatedModel model, long created) =>
        job.Shape switch
        {
            CompletionShape.Chat => new ChatForm(job, model, created),
            CompletionShape.Text => new TextForm(job, model, created),
            CompletionShape.Messages => new MessagesForm(job, model, created),
            CompletionShape.Responses => new ResponsesForm(job, model, created),
            _ => new NativeForm(job, model, created),
        };

    /// <summary>32 random letters and digits.</summary>
    public static string RandomId() => new(Random.Shared.GetItems<char>(Letters, 32));

    /// <summary>The first events of a stream.</summary>
    public abstract IEnumerable<string> Opening(SimulatedSlot slot);

    /// <summary>The events of one token.</summary>
    public abstract IEnumerable<string> Token(int index, string word, SimulatedSlot slot);

    /// <summary>The events that call the tool.</summary>
    public virtual IEnumerable<string> Call(SimulatedTool tool) => [];

    /// <summary>The last events of one answer.</summary>
    public abstract IEnumerable<string> Closing(SimulatedAnswer answer);

    /// <summary>The last event of all, or null.</summary>
    public virtual string? End => null;

    /// <summary>The answer that is not streamed.</summary>
    public abstract JsonNode Whole(IReadOnlyList<SimulatedAnswer> answers);

    /// <summary>An event without a name.</summary>
    protected static string Data(JsonObject json) => $"data: {SimulatedWire.Text(json)}\n\n";

    /// <summary>An event with the name that its <c>type</c> is.</summary>
    protected static string Event(string type, JsonObject json)
    {
        json.Insert(0, "type", type);
        return $"event: {type}\ndata: {SimulatedWire.Text(json)}\n\n";
    }
}
