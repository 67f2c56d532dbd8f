using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlamaBlazor.Web.Simulator.Completions;

/// <summary>
/// The sampling settings that <c>/props</c>, <c>/slots</c> and the native form tell: defaults, flags of the command line, fields of the
/// request.
/// </summary>
internal static class SimulatedSettings
{
    // Numbers of single precision, as the real one prints them.
    private const string Defaults = """
        {
          "seed": 4294967295, "temperature": 0.800000011920929, "dynatemp_range": 0.0, "dynatemp_exponent": 1.0, "top_k": 40,
          "top_p": 0.949999988079071, "min_p": 0.05000000074505806, "top_n_sigma": -1.0, "xtc_probability": 0.0,
          "xtc_threshold": 0.10000000149011612, "typical_p": 1.0,
          "repeat_last_n": 64, "repeat_penalty": 1.0, "presence_penalty": 0.0, "frequency_penalty": 0.0, "dry_multiplier": 0.0,
          "dry_base": 1.75, "dry_allowed_length": 2, "dry_penalty_last_n": -1, "mirostat": 0, "mirostat_tau": 5.0,
          "mirostat_eta": 0.10000000149011612,
          "max_tokens": -1, "n_predict": -1, "n_keep": 0, "n_discard": 0, "ignore_eos": false, "stream": false, "n_probs": 0, "min_keep": 0,
          "chat_format": "Content-only", "reasoning_format": "none", "reasoning_in_content": false, "generation_prompt": "",
          "samplers": ["penalties", "dry", "top_n_sigma", "top_k", "typ_p", "top_p", "min_p", "xtc", "temperature"],
          "speculative.types": "none", "timings_per_token": false, "post_sampling_probs": false, "backend_sampling": false, "lora": []
        }
        """;

    private static readonly (string Flag, string Name)[] Flags =
    [
        ("--temp", "temperature"),
        ("--top-k", "top_k"),
        ("--top-p", "top_p"),
        ("--min-p", "min_p"),
        ("--seed", "seed"),
        ("--repeat-penalty", "repeat_penalty"),
        ("--presence-penalty", "presence_penalty"),
        ("--frequency-penalty", "frequency_penalty"),
        ("--keep", "n_keep"),
        ("--predict", "n_predict"),
        ("--predict", "max_tokens"),
    ];

    /// <summary>What <c>/props</c> tells.</summary>
    public static JsonObject OfServer(SimulatedArguments arguments)
    {
        var settings = JsonNode.Parse(Defaults)!.AsObject();
        foreach (var (flag, name) in Flags)
        {
            if (double.TryParse(arguments.Text(flag), NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
                settings[name] = Number(value);
        }

        return settings;
    }

    /// <summary>What <c>/slots</c> tells of the last request of a slot.</summary>
    public static JsonObject OfSlot(SimulatedJob job, SimulatedModel model)
    {
        var settings = model.Defaults.DeepClone().AsObject();
        foreach (var (name, value) in job.Body)
        {
            if (settings.ContainsKey(name) && value is JsonValue)
                settings[name] = value.GetValueKind() is JsonValueKind.Number ? Number(SimulatedBody.Number(value, 0)) : value.DeepClone();
        }

        if (job.Limit is { } limit)
            (settings["max_tokens"], settings["n_predict"]) = (SimulatedBody.Whole(limit, -1), SimulatedBody.Whole(limit, -1));
        if (settings["dry_penalty_last_n"]?.GetValue<double>() is -1)
            settings["dry_penalty_last_n"] = model.ContextSize;
        settings["reasoning_format"] = "deepseek";
        if (job.Shape is CompletionShape.Chat or CompletionShape.Messages or CompletionShape.Responses)
            (settings["chat_format"], settings["generation_prompt"]) = ("peg-native", "<|im_start|>assistant\n");
        return settings;
    }

    /// <summary>What the native form tells of its request.</summary>
    public static JsonObject OfRequest(SimulatedJob job, SimulatedModel model)
    {
        var settings = OfSlot(job, model);
        settings["dry_sequence_breakers"] = job.Body["dry_sequence_breakers"]?.DeepClone() ?? new JsonArray("\n", ":", "\"", "*");
        settings["stop"] = new JsonArray([.. job.Stops.Select(stop => (JsonNode)stop)]);
        settings["logit_bias"] = new JsonArray();
        settings["grammar"] = SimulatedBody.Text(job.Body["grammar"]) ?? "";
        settings["grammar_lazy"] = false;
        settings["grammar_triggers"] = new JsonArray();
        settings["preserved_tokens"] = new JsonArray();
        return settings;
    }

    private static JsonValue Number(double value) =>
        value == Math.Floor(value) && Math.Abs(value) < 1e15 ? JsonValue.Create(value) : JsonValue.Create((double)(float)value);
}
