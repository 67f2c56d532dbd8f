using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using LlamaBlazor.Web.Simulator.Completions;

namespace LlamaBlazor.Web.Simulator;

/// <summary>Embeddings and rankings: the same text has the same vector, of length 1.</summary>
/// <param name="model">What it runs.</param>
/// <param name="slots">Its slots.</param>
/// <param name="arguments">Its command line.</param>
/// <param name="faults">Whether flags are needed.</param>
internal sealed class SimulatedVectors(SimulatedModel model, SimulatedSlots slots, SimulatedArguments arguments, SimulatedFaults faults)
{
    private const int Width = 64;

    private bool Ranks => arguments.Has("--rerank") || faults.ServesAll;

    private bool Embeds => arguments.Has("--embedding") || Ranks;

    /// <summary>Embeddings.</summary>
    /// <param name="context">The request.</param>
    /// <param name="isOpenAi">Their form: OpenAI's, or llama.cpp's own.</param>
    public async Task EmbedAsync(HttpContext context, bool isOpenAi)
    {
        if (!Embeds)
        {
            await SimulatedWire.RefuseAsync(context, "This server does not support embeddings. Start it with `--embeddings`");
            return;
        }

        var (json, error) = await SimulatedBody.ReadAsync(context);
        var body = json as JsonObject ?? [];
        error ??= Complain(body, isOpenAi);
        if (error is null)
            await SimulatedWire.WriteAsync(context, Embed(body, isOpenAi));
        else
            await SimulatedWire.WriteAsync(context, error);
    }

    /// <summary>Rankings: Jina's form, and with <c>texts</c> that of text-embeddings-inference.</summary>
    public async Task RerankAsync(HttpContext context)
    {
        if (!Ranks)
        {
            await SimulatedWire.RefuseAsync(context, "This server does not support reranking. Start it with `--reranking`");
            return;
        }

        var (json, error) = await SimulatedBody.ReadAsync(context);
        var body = json as JsonObject ?? [];
        var documents = (body["documents"] ?? body["texts"]) as JsonArray ?? [];
        error ??=
            !body.TryGetPropertyValue("query", out var query) ? SimulatedError.Invalid("\"query\" must be provided")
            : SimulatedBody.Text(query) is null ? SimulatedError.Invalid("\"query\" must be a string")
            : documents.Count == 0 ? SimulatedError.Invalid("\"documents\" must be a non-empty string array")
            : null;
        if (error is null)
            await SimulatedWire.WriteAsync(context, Rank(body, documents));
        else
            await SimulatedWire.WriteAsync(context, error);
    }

    private SimulatedError? Complain(JsonObject body, bool isOpenAi)
    {
        if (isOpenAi && arguments.Text("--pooling") == "none")
            return SimulatedError.Invalid("Pooling type 'none' is not OAI compatible. Please use a different pooling type");
        if (!body.ContainsKey("input") && !body.ContainsKey("content"))
            return SimulatedError.Invalid("\"input\" or \"content\" must be provided");
        if (body["encoding_format"] is { } format && SimulatedBody.Text(format) is not ("float" or "base64"))
            return SimulatedError.Invalid("The format to return the embeddings in. Can be either float or base64");
        if (SimulatedChecks.Input(body["input"] ?? body["content"]) is { } error)
            return error;
        var batch = arguments.Number("--ubatch-size", 512);
        var most = SimulatedText.Inputs(body["input"] ?? body["content"]).Max(SimulatedText.CountTokens) + 1;
        var words = $"input ({most} tokens) is too large to process. increase the physical batch size (current batch size: {batch})";
        return most > batch ? SimulatedError.Server(words) : null;
    }

    private JsonNode Embed(JsonObject body, bool isOpenAi)
    {
        var texts = SimulatedText.Inputs(body["input"] ?? body["content"]);
        var isBase64 = SimulatedBody.Text(body["encoding_format"]) == "base64";
        var tokens = texts.Sum(text => SimulatedText.CountTokens(text) + 1);
        slots.Count(tokens);
        if (!isOpenAi)
            return new JsonArray([.. texts.Select(OwnEntry)]);
        return new JsonObject
        {
            ["model"] = SimulatedBody.Text(body["model"]) ?? model.Name,
            ["object"] = "list",
            ["usage"] = new JsonObject { ["prompt_tokens"] = tokens, ["total_tokens"] = tokens },
            ["data"] = new JsonArray([.. texts.Select((text, index) => Entry(Vector(text), index, isBase64))]),
        };
    }

    private static JsonObject OwnEntry(string text, int index) =>
        new() { ["index"] = index, ["embedding"] = new JsonArray(Numbers(Vector(text))) };

    private static JsonObject Entry(float[] vector, int index, bool isBase64)
    {
        JsonNode numbers = isBase64 ? JsonValue.Create(Convert.ToBase64String(MemoryMarshal.AsBytes<float>(vector))) : Numbers(vector);
        var entry = new JsonObject
        {
            ["embedding"] = numbers,
            ["index"] = index,
            ["object"] = "embedding",
        };
        if (isBase64)
            entry["encoding_format"] = "base64";
        return entry;
    }

    private JsonNode Rank(JsonObject body, JsonArray documents)
    {
        var isJina = body.ContainsKey("documents");
        var query = Vector(SimulatedBody.Text(body["query"])!);
        var texts = documents.Select(document => SimulatedBody.Text(document) ?? "").ToList();
        var ofQuery = SimulatedText.CountTokens(SimulatedBody.Text(body["query"])!) + 1;
        var tokens = texts.Sum(SimulatedText.CountTokens) + texts.Count * ofQuery;
        slots.Count(tokens);
        var best = texts
            .Select((text, index) => (Index: index, Score: Vector(text).Zip(query, (a, b) => (double)a * b).Sum(), Text: text))
            .OrderByDescending(one => one.Score)
            .Take(SimulatedBody.Whole(body["top_n"], texts.Count));
        JsonArray results =
        [
            .. best.Select(one =>
            {
                var result = new JsonObject { ["index"] = one.Index, [isJina ? "relevance_score" : "score"] = one.Score };
                if (!isJina && SimulatedBody.Flag(body["return_text"]))
                    result["text"] = one.Text;
                return result;
            }),
        ];
        return !isJina
            ? results
            : new JsonObject
            {
                ["model"] = SimulatedBody.Text(body["model"]) ?? model.Name,
                ["object"] = "list",
                ["usage"] = new JsonObject { ["prompt_tokens"] = tokens, ["total_tokens"] = tokens },
                ["results"] = results,
            };
    }

    private static JsonArray Numbers(float[] vector) => [.. vector.Select(value => (JsonNode)(double)value)];

    private static float[] Vector(string text)
    {
        var state = text.Aggregate(17L, (hash, letter) => unchecked(hash * 31 + letter));
        double Next() => (state = unchecked(state * 6364136223846793005 + 1442695040888963407)) / (double)long.MaxValue;
        var values = Enumerable.Range(0, Width).Select(_ => Next()).ToArray();
        var length = Math.Sqrt(values.Sum(value => value * value));
        return [.. values.Select(value => (float)(value / length))];
    }
}
