using System.Text;
using System.Text.Json.Nodes;

namespace LlamaBlazor.Web.Simulator;

/// <summary>What the simulated engine says: a fixed text that tells what it is, cut into words that stand for tokens.</summary>
internal static class SimulatedText
{
    private const string Answer =
        "This answer comes from the simulated engine of LlamaBlazor, which stands in for llama-server so that every page can be tried without a model. "
        + "It speaks the same interface, takes its time for each token, and counts what it does, but it does not think. "
        + "Set the path of a real llama-server and start without the demo mode to talk to your own models. ";

    private static readonly string[] Words = Split(Answer);

    /// <summary>Tokens of a text: one for each word and each piece of punctuation.</summary>
    public static int CountTokens(string text) => Split(text).Length;

    /// <summary>The token at a place of the answer, which repeats.</summary>
    public static string Token(int index) => Words[index % Words.Length];

    /// <summary>Tokens the answer has when nothing limits it.</summary>
    public static int Length => Words.Length;

    /// <summary>The prompt of a request: <c>prompt</c>, or the messages one after the other.</summary>
    public static string Prompt(JsonObject body)
    {
        if (body["messages"] is JsonArray messages)
        {
            var text = new StringBuilder();
            foreach (var message in messages.OfType<JsonObject>())
                text.Append("<|").Append(message["role"]).Append("|>").Append(Flatten(message["content"])).Append('\n');
            return text.ToString();
        }

        return Flatten(body["prompt"] ?? body["input"] ?? body["content"]);
    }

    /// <summary>Splits before each blank and around punctuation.</summary>
    public static string[] Split(string text)
    {
        var words = new List<string>();
        var start = 0;
        for (var i = 1; i <= text.Length; i++)
        {
            if (i < text.Length && (char.IsLetterOrDigit(text[i]) || text[i] == '\''))
                continue;
            words.Add(text[start..i]);
            start = i;
        }

        return text.Length == 0 ? [] : [.. words];
    }

    private static string Flatten(JsonNode? content) => content switch
    {
        null => "",
        JsonArray parts => string.Concat(parts.Select(part => part is JsonObject piece ? (string?)piece["text"] ?? "" : part?.ToString())),
        _ => content.ToString(),
    };
}
