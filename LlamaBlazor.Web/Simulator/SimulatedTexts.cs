using System.Text.Json.Nodes;
using LlamaBlazor.Web.Simulator.Completions;

namespace LlamaBlazor.Web.Simulator;

/// <summary>Routes about text and tokens that generate nothing.</summary>
internal static class SimulatedTexts
{
    /// <summary><c>/tokenize</c>.</summary>
    public static Task TokenizeAsync(HttpContext context) =>
        AnswerAsync(
            context,
            body =>
            {
                if (body["content"] is { } content and not JsonArray && SimulatedBody.Text(content) is null)
                    return (null, SimulatedError.Server(SimulatedBody.WrongType("string", content)));
                var tokens = SimulatedText.Inputs(body["content"]).SelectMany(SimulatedVocabulary.Tokens);
                if (SimulatedBody.Flag(body["add_special"]))
                    tokens = tokens.Prepend(SimulatedVocabulary.Begin);
                var isWithPieces = SimulatedBody.Flag(body["with_pieces"]);
                JsonArray list = [.. tokens.Select(token => isWithPieces ? Piece(token) : (JsonNode)token)];
                return (new JsonObject { ["tokens"] = list }, null);
            }
        );

    /// <summary><c>/detokenize</c>.</summary>
    public static Task DetokenizeAsync(HttpContext context) =>
        AnswerAsync(
            context,
            body =>
            {
                if (body["tokens"] is { } given and not JsonArray)
                    return (null, SimulatedError.Server(SimulatedBody.WrongType("array", given)));
                var tokens = (body["tokens"] as JsonArray ?? []).Select(token => SimulatedBody.Whole(token, 0)).ToList();
                var wrong = tokens.Find(token => !SimulatedVocabulary.Knows(token));
                if (wrong == 0)
                    return (new JsonObject { ["content"] = SimulatedVocabulary.Text(tokens) }, null);
                var range = $"__n (which is {(uint)wrong}) >= this->size() (which is {SimulatedVocabulary.Count})";
                return (null, SimulatedError.Server($"vector::_M_range_check: {range}"));
            }
        );

    /// <summary><c>/apply-template</c>.</summary>
    public static Task ApplyTemplateAsync(HttpContext context) =>
        AnswerAsync(
            context,
            body =>
                SimulatedChecks.Chat(body) is { } error ? (null, error) : (new JsonObject { ["prompt"] = SimulatedText.Chat(body) }, null)
        );

    /// <summary>The counts of input tokens of the three chat forms.</summary>
    /// <param name="context">The request.</param>
    /// <param name="shape">Its form.</param>
    /// <param name="slots">Slots there are.</param>
    public static Task CountAsync(HttpContext context, CompletionShape shape, int slots) =>
        AnswerAsync(
            context,
            body =>
            {
                if (SimulatedChecks.Complain(body, shape, slots) is { } error)
                    return (null, error);
                var count = new JsonObject { ["input_tokens"] = SimulatedText.CountTokens(SimulatedText.Chat(body)) };
                if (shape is not CompletionShape.Messages)
                    count["object"] = "response.input_tokens";
                return (count, null);
            }
        );

    /// <summary><c>/v1/chat/completions/control</c>: nothing here thinks, so nothing can be told to stop thinking.</summary>
    public static Task ControlAsync(HttpContext context) =>
        AnswerAsync(
            context,
            body =>
                (
                    null,
                    SimulatedError.Invalid(
                        SimulatedBody.Text(body["id"]) is not { Length: > 0 } ? "missing completion id"
                        : SimulatedBody.Text(body["action"]) != "reasoning_end" ? "unknown control action"
                        : "no active completion with this id"
                    )
                )
        );

    private static async Task AnswerAsync(HttpContext context, Func<JsonObject, (JsonNode? Answer, SimulatedError? Error)> answer)
    {
        var (json, error) = await SimulatedBody.ReadAsync(context);
        JsonNode? result = null;
        if (error is null)
            (result, error) = answer(json as JsonObject ?? []);
        if (error is null)
            await SimulatedWire.WriteAsync(context, result!);
        else
            await SimulatedWire.WriteAsync(context, error);
    }

    private static JsonObject Piece(int token) => new() { ["id"] = token, ["piece"] = SimulatedVocabulary.Text([token]) };
}
