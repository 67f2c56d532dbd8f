using System.Text;
using System.Text.Json.Nodes;

namespace LlamaBlazor.Web.Simulator.Completions;

/// <summary>Probabilities of tokens: the chosen one is most likely, the others are words of the answer.</summary>
internal static class SimulatedProbabilities
{
    private const int Most = 100;

    /// <summary><c>logprobs</c> of the OpenAI forms.</summary>
    public static JsonObject Content(IEnumerable<string> words, int wanted) => new() { ["content"] = List(words, wanted) };

    /// <summary>One entry a token.</summary>
    /// <param name="words">The tokens.</param>
    /// <param name="wanted">Alternatives of each; none when negative.</param>
    public static JsonArray List(IEnumerable<string> words, int wanted) =>
        [
            .. words.Select(word =>
            {
                var entry = Entry(word, 0);
                var ranks = Enumerable.Range(0, Math.Clamp(wanted, 0, Most));
                entry["top_logprobs"] = new JsonArray([.. ranks.Select(rank => Entry(rank == 0 ? word : SimulatedText.Token(rank), rank))]);
                return (JsonNode)entry;
            }),
        ];

    private static JsonObject Entry(string word, int rank) =>
        new()
        {
            ["id"] = SimulatedVocabulary.Token(word),
            ["token"] = word,
            ["bytes"] = new JsonArray([.. Encoding.UTF8.GetBytes(word).Select(one => (JsonNode)(int)one)]),
            ["logprob"] = -0.1 - rank,
        };
}
