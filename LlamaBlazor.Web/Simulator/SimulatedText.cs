using System.Text;
using System.Text.Json.Nodes;
using LlamaBlazor.Web.Simulator.Completions;

namespace LlamaBlazor.Web.Simulator;

/// <summary>What the simulated engine says: a fixed text that tells what it is, cut into words that stand for tokens.</summary>
internal static class SimulatedText
{
    /// <summary>Its chat template: as <see cref="Chat"/> puts messages together.</summary>
    public const string Template =
        "{% for message in messages %}{{ '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}{% endfor %}"
        + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    private const string Answer =
        "This answer comes from the simulated engine of LlamaBlazor, which stands in for llama-server so that every page can be tried "
        + "without a model. "
        + "It speaks the same interface, takes its time for each token, and counts what it does, but it does not think. "
        + "Set the path of a real llama-server and start without the demo mode to talk to your own models. ";

    private static readonly string[] Words = Split(Answer);

    /// <summary>Tokens of a text: one for each word and each piece of punctuation.</summary>
    public static int CountTokens(string text) => Split(text).Length;

    /// <summary>The token at a place of the answer, which repeats.</summary>
    public static string Token(int index) => Words[index % Words.Length];

    /// <summary>Tokens the answer has when nothing limits it.</summary>
    public static int Length => Words.Length;

    /// <summary>The prompts of a request: several only where <c>prompt</c> is a list of texts.</summary>
    public static IReadOnlyList<string> Prompts(JsonObject body, CompletionShape shape) =>
        shape switch
        {
            CompletionShape.Infill => [$"{Flatten(body["input_prefix"])}{Flatten(body["prompt"])}{Flatten(body["input_suffix"])}"],
            CompletionShape.Text or CompletionShape.Native => body["prompt"] is JsonArray several && !several.All(IsToken)
                ? [.. several.Select(Flatten)]
                : [Flatten(body["prompt"])],
            _ => [Chat(body)],
        };

    /// <summary>The text of a chat, by the template; the system's text of the other two forms comes first.</summary>
    public static string Chat(JsonObject body)
    {
        var text = new StringBuilder();
        if ((body["system"] ?? body["instructions"]) is { } system)
            Append(text, "system", Flatten(system));
        if ((body["messages"] ?? body["input"]) is not JsonArray messages)
            Append(text, "user", Flatten(body["input"]));
        else
        {
            foreach (var message in messages.OfType<JsonObject>())
                Append(text, SimulatedBody.Text(message["role"]) ?? "tool", Flatten(message["content"] ?? message["output"]));
        }

        return text.Append("<|im_start|>assistant\n").ToString();
    }

    /// <summary>The texts of an embedding: a list of numbers is one text of tokens.</summary>
    public static IReadOnlyList<string> Inputs(JsonNode? input) =>
        input is JsonArray several && !several.All(IsToken) ? [.. several.Select(Flatten)] : [Flatten(input)];

    /// <summary>Splits before each blank and around punctuation.</summary>
    public static string[] Split(string text)
    {
        var words = new List<string>();
        var start = 0;
        for (var i = 1; i <= text.Length; i++)
        {
            if (i < text.Length && (char.IsLetterOrDigit(text[i]) || text[i] == '\'' || char.IsLowSurrogate(text[i])))
                continue;
            words.Add(text[start..i]);
            start = i;
        }

        return text.Length == 0 ? [] : [.. words];
    }

    private static void Append(StringBuilder text, string role, string content) =>
        text.Append("<|im_start|>").Append(role).Append('\n').Append(content).Append("<|im_end|>\n");

    private static bool IsToken(JsonNode? node) => node?.GetValueKind() is System.Text.Json.JsonValueKind.Number;

    private static string Flatten(JsonNode? content) =>
        content switch
        {
            null => "",
            JsonArray tokens when tokens.Count > 0 && tokens.All(IsToken) => SimulatedVocabulary.Text(
                tokens.Select(token => SimulatedBody.Whole(token, 0))
            ),
            JsonArray parts => string.Concat(parts.Select(Flatten)),
            JsonObject piece => Flatten(piece["prompt_string"] ?? piece["text"] ?? piece["content"]),
            _ => SimulatedBody.Text(content) ?? content.ToJsonString(),
        };
}
