using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LlamaBlazor.Tests.Support;
using static System.FormattableString;

namespace LlamaBlazor.Tests.Integration.Simulator.Contract;

/// <summary>
/// Brings answers to a form in which two engines can be compared: everything by its value, but ids, times, texts of the model, counts of
/// tokens and speeds by their type; what follows itself once.
/// </summary>
internal static partial class ContractForm
{
    // Values that belong to the model, the moment or the build.
    private static readonly HashSet<string> Volatile =
    [
        "id",
        "item_id",
        "call_id",
        "created",
        "created_at",
        "completed_at",
        "system_fingerprint",
        "build_info",
        "media_marker",
        "chat_template",
        "content",
        "text",
        "delta",
        "prompt",
        "token",
        "tokens",
        "bytes",
        "logprob",
        "piece",
        "embedding",
        "relevance_score",
        "score",
        "id_slot",
        "id_task",
        "completion_tokens",
        "prompt_tokens",
        "total_tokens",
        "cached_tokens",
        "input_tokens",
        "output_tokens",
        "cache_read_input_tokens",
        "tokens_predicted",
        "tokens_evaluated",
        "tokens_cached",
        "n_prompt_tokens",
        "n_prompt_tokens_processed",
        "n_prompt_tokens_cache",
        "cache_n",
        "prompt_n",
        "prompt_ms",
        "prompt_per_token_ms",
        "prompt_per_second",
        "predicted_n",
        "predicted_ms",
        "predicted_per_token_ms",
        "predicted_per_second",
        "save_ms",
        "restore_ms",
        "n_saved",
        "n_written",
        "n_restored",
        "n_read",
        "n_erased",
        "n_params",
        "size",
        "n_ctx_train",
        "n_embd",
        "n_vocab",
    ];

    /// <summary>The form of an answer.</summary>
    public static JsonObject Of(RawAnswer answer, ContractNames names) =>
        new()
        {
            ["status"] = answer.Status,
            ["headers"] = Sorted(answer.Headers.Select(header => KeyValuePair.Create(header.Key, Header(header)))),
            ["body"] = Body(answer, names),
            // Told to close, nobody asks again: the real one keeps the connection all the same, and that cannot be seen.
            ["closed"] = answer.Headers.Any(header => header is { Key: "Connection", Value: "close" }) ? "told" : answer.IsClosed,
        };

    /// <summary>The form of the lines of a log: each once, in the order of the alphabet, and only those that begin with the time.</summary>
    public static JsonArray Log(string text, ContractNames names) =>
        [.. Texts(text, names).Where(line => line.StartsWith("time ", StringComparison.Ordinal)).Select(line => (JsonNode)line)];

    /// <summary>The form of any lines: each once, in the order of the alphabet.</summary>
    public static JsonArray Lines(string text, ContractNames names) => [.. Texts(text, names).Select(line => (JsonNode)line)];

    private static IEnumerable<string> Texts(string text, ContractNames names) =>
        names.Replace(text).Split('\n').Select(Line).Where(line => line.Length > 0).Distinct().Order(StringComparer.Ordinal);

    private static JsonNode? Header(KeyValuePair<string, string> header) =>
        header.Key is "Content-Length" or "Process-Start-Time-Unix" ? "number" : header.Value;

    private static JsonNode? Body(RawAnswer answer, ContractNames names)
    {
        var type = answer.Headers.FirstOrDefault(header => header.Key == "Content-Type").Value ?? "";
        var text = names.Replace(answer.Body);
        return type.StartsWith("application/json", StringComparison.Ordinal) && text.Length > 0 ? Form(JsonNode.Parse(text), null)
            : type == "text/event-stream" ? Merge(text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(Event))
            : Numbers().Replace(text, "number");
    }

    private static JsonObject Event(string text)
    {
        var form = new JsonObject();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(": ", 2);
            form[parts[0]] = parts[1].StartsWith('{') ? Form(JsonNode.Parse(parts[1]), null) : parts[1];
        }

        return form;
    }

    private static JsonObject Sorted(IEnumerable<KeyValuePair<string, JsonNode?>> pairs) =>
        new([.. pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal)]);

    private static JsonNode? Form(JsonNode? node, string? key) =>
        node switch
        {
            JsonObject json => Sorted(json.Select(pair => KeyValuePair.Create(pair.Key, Form(pair.Value, pair.Key)))),
            JsonArray list => Merge(list.Select(item => Form(item, item is JsonValue or JsonArray ? key : null))),
            null => null,
            _ when key is not null && Volatile.Contains(key) => node.GetValueKind().ToString().ToLowerInvariant(),
            _ => Value(node, key),
        };

    private static JsonNode Value(JsonNode node, string? key) =>
        node.GetValueKind() switch
        {
            System.Text.Json.JsonValueKind.String when key == "message" => Words(node.GetValue<string>()),
            System.Text.Json.JsonValueKind.Number => JsonValue.Create(node.GetValue<double>()),
            _ => node.DeepClone(),
        };

    // Where the JSON library stopped reading is its own; counts of tokens are the tokenizer's.
    private static string Words(string message) => Tokens().Replace(ParseError().Replace(message, "$1"), "number tokens");

    // Numbers do not matter, nor the words of a description or of a refused request, nor what a grammar looks like that is printed.
    private static string Line(string line)
    {
        var form = Stamp().Replace(Description().Replace(line.TrimEnd(), ""), "time ");
        return Decimal().Replace(Build().Replace(Refusal().Replace(form, "$1"), "(build)"), "number").Trim();
    }

    private static JsonArray Merge(IEnumerable<JsonNode?> items)
    {
        var merged = new JsonArray();
        foreach (var item in items)
        {
            if (merged.Count == 0 || !JsonNode.DeepEquals(merged[^1], item))
                merged.Add(item);
        }

        return merged;
    }

    [GeneratedRegex(@"(?<=^llamacpp:\S+ )\S+$", RegexOptions.Multiline)]
    private static partial Regex Numbers();

    [GeneratedRegex(@"^(\[json\.exception\.parse_error\.101\] parse error).*", RegexOptions.Singleline)]
    private static partial Regex ParseError();

    [GeneratedRegex(@"\d+ tokens")]
    private static partial Regex Tokens();

    [GeneratedRegex(@"^\d+\.\d\d\.\d\d\d\.\d\d\d ")]
    private static partial Regex Stamp();

    // The second column of the help, 40 blanks to the right.
    [GeneratedRegex(@"^ {40}.*|(?<=^-.{30,}?\S) {2,}\S.*$|(?<=^-.{38}) \S.*$")]
    private static partial Regex Description();

    [GeneratedRegex(@"(got exception:|send_error:|has been removed\.).*")]
    private static partial Regex Refusal();

    [GeneratedRegex(@"(?<=^version: \d+ )\(\w+\)|(?<=^built with ).* for .*")]
    private static partial Regex Build();

    [GeneratedRegex(@" *-?\b\d+(\.\d+)?\b")]
    private static partial Regex Decimal();
}

/// <summary>Names of this run that are replaced by what they stand for.</summary>
/// <param name="Names">Text and word.</param>
internal sealed record ContractNames(IReadOnlyList<(string Text, string Word)> Names)
{
    /// <summary>Replaces them; the longest first.</summary>
    public string Replace(string text) =>
        Names
            .OrderByDescending(name => name.Text.Length)
            .Aggregate(text, (at, name) => at.Replace(name.Text, name.Word, StringComparison.Ordinal));

    /// <summary>Puts them in where their words stand.</summary>
    public string Insert(string text) => Names.Aggregate(text, (at, name) => at.Replace(name.Word, name.Text, StringComparison.Ordinal));
}

/// <summary>Compares two forms.</summary>
internal static class ContractComparison
{
    /// <summary>The places in which they differ, with both values.</summary>
    public static IEnumerable<(string At, string Text)> Differences(JsonNode? real, JsonNode? other, string at = "")
    {
        if (real is JsonObject a && other is JsonObject b)
        {
            return a.Select(pair => pair.Key)
                .Union(b.Select(pair => pair.Key))
                .SelectMany(key =>
                    a.ContainsKey(key) && b.ContainsKey(key)
                        ? Differences(a[key], b[key], $"{at}/{key}")
                        : [($"{at}/{key}", a.ContainsKey(key) ? $"missing: {Show(a[key])}" : $"too much: {Show(b[key])}")]
                );
        }

        if (real is JsonArray first && other is JsonArray second && first.Count == second.Count)
            return first.SelectMany((item, index) => Differences(item, second[index], Invariant($"{at}/{index}")));
        return JsonNode.DeepEquals(real, other) ? [] : [(at, $"is {Show(other)}, should be {Show(real)}")];
    }

    /// <summary>The lines that the real one never writes.</summary>
    public static IEnumerable<(string At, string Text)> Foreign(IReadOnlySet<string> known, JsonNode other, string at) =>
        from line in other.AsArray().Select(line => (string)line!)
        where !known.Contains(line)
        select ($"{at}: {line}", "the real one writes no such line");

    private static string Show(JsonNode? node) => node?.ToJsonString() ?? "null";
}
