using System.Globalization;
using System.Text.Json.Nodes;

namespace LlamaBlazor.Web.Simulator;

/// <summary>What the simulated engine tells about itself, in llama-server's shapes (parameters.md e).</summary>
/// <param name="model">What it runs.</param>
/// <param name="slots">Its slots.</param>
/// <param name="arguments">Its command line.</param>
/// <param name="clock">The time.</param>
internal sealed class SimulatedAnswers(SimulatedModel model, SimulatedSlots slots, SimulatedArguments arguments, TimeProvider clock)
{
    private readonly long _created = clock.GetUtcNow().ToUnixTimeSeconds();

    /// <summary><c>/v1/models</c>.</summary>
    public JsonNode Models() => JsonNode.Parse($$"""
        {
          "models": [{
            "name": {{Quote(model.Name)}}, "model": {{Quote(model.Name)}}, "modified_at": "", "size": "", "digest": "", "type": "model", "description": "",
            "tags": [""], "capabilities": ["completion"], "parameters": "",
            "details": { "parent_model": "", "format": "gguf", "family": "", "families": [""], "parameter_size": "", "quantization_level": "" }
          }],
          "object": "list",
          "data": [{
            "id": {{Quote(model.Name)}}, "aliases": [{{Quote(model.Name)}}], "tags": [], "object": "model", "created": {{_created}}, "owned_by": "llamacpp",
            "meta": {
              "vocab_type": 1, "n_vocab": 32000, "n_ctx": {{model.ContextSize}}, "n_ctx_train": {{model.ContextSize}}, "n_embd": 64,
              "n_params": {{model.FileSize / 2}}, "size": {{model.FileSize}}, "ftype": "F16"
            }
          }]
        }
        """)!;

    /// <summary><c>/props</c>.</summary>
    public JsonNode Props() => JsonNode.Parse($$"""
        {
          "default_generation_settings": { "params": {{Settings}}, "n_ctx": {{model.ContextSize}} },
          "total_slots": {{slots.All.Count}}, "model_alias": {{Quote(model.Name)}}, "model_path": {{Quote(model.Path)}},
          "modalities": { "vision": false, "video": false, "audio": false }, "media_marker": "<__media__>",
          "endpoint_slots": {{Word(!IsOff("--slots"))}}, "endpoint_props": {{Word(arguments.Has("--props"))}}, "endpoint_metrics": {{Word(arguments.Has("--metrics"))}},
          "ui": false, "ui_settings": {},
          "chat_template": "{% for message in messages %}{{"{{"}} message.content {{"}}"}}{% endfor %}",
          "chat_template_caps": { "supports_system_role": true, "supports_tools": false },
          "bos_token": "<s>", "eos_token": "</s>", "build_info": "{{SimulatedHelp.Build}}", "is_sleeping": false, "cors_proxy_enabled": false
        }
        """)!;

    /// <summary><c>/slots</c>, or null when it is switched off.</summary>
    public JsonArray? Slots() => IsOff("--slots") ? null : [.. slots.All.Select(Slot)];

    /// <summary><c>/metrics</c>, or null unless it is switched on.</summary>
    public string? Metrics()
    {
        if (!arguments.Has("--metrics"))
            return null;
        var (prompt, promptSeconds, predicted, predictedSeconds) = slots.Totals;
        var busy = slots.All.Count(slot => slot.IsBusy);
        (string Name, string Kind, string Help, double Value)[] metrics =
        [
            ("prompt_tokens_total", "counter", "Number of prompt tokens processed.", prompt),
            ("prompt_seconds_total", "counter", "Prompt process time", promptSeconds),
            ("tokens_predicted_total", "counter", "Number of generation tokens processed.", predicted),
            ("tokens_predicted_seconds_total", "counter", "Predict process time", predictedSeconds),
            ("n_decode_total", "counter", "Total number of llama_decode() calls", predicted),
            ("n_tokens_max", "counter", "Largest observed n_tokens.", slots.All.Max(slot => slot.Tokens)),
            ("n_busy_slots_per_decode", "gauge", "Average number of busy slots per llama_decode() call", busy),
            ("prompt_tokens_seconds", "gauge", "Average prompt throughput in tokens/s.", promptSeconds > 0 ? prompt / promptSeconds : 0),
            ("predicted_tokens_seconds", "gauge", "Average generation throughput in tokens/s.", predictedSeconds > 0 ? predicted / predictedSeconds : 0),
            ("requests_processing", "gauge", "Number of requests processing.", busy),
            ("requests_deferred", "gauge", "Number of requests deferred.", slots.Waiting),
        ];
        return string.Concat(metrics.Select(metric =>
            $"# HELP llamacpp:{metric.Name} {metric.Help}\n# TYPE llamacpp:{metric.Name} {metric.Kind}\nllamacpp:{metric.Name} {metric.Value.ToString("G6", CultureInfo.InvariantCulture)}\n"));
    }

    private bool IsOff(string key) => arguments.Text(key) == "off";

    private JsonObject Slot(SimulatedSlot slot)
    {
        var json = new JsonObject { ["id"] = slot.Id, ["n_ctx"] = model.ContextSize, ["speculative"] = false, ["is_processing"] = slot.IsBusy };
        if (slot.Task < 0)
            return json;
        json["id_task"] = slot.Task;
        json["n_prompt_tokens"] = slot.Tokens;
        json["n_prompt_tokens_processed"] = slot.PromptTokens - slot.CachedTokens;
        json["n_prompt_tokens_cache"] = slot.CachedTokens;
        json["params"] = JsonNode.Parse(Settings);
        json["next_token"] = new JsonArray(new JsonObject { ["has_next_token"] = slot.IsBusy, ["has_new_line"] = false, ["n_remain"] = -1, ["n_decoded"] = slot.Decoded });
        return json;
    }

    private string Settings => $$"""
        {
          "seed": 4294967295, "temperature": 0.8, "top_k": 40, "top_p": 0.95, "min_p": 0.05, "typical_p": 1.0, "repeat_last_n": 64, "repeat_penalty": 1.0,
          "max_tokens": -1, "n_predict": {{arguments.Number("--predict", -1)}}, "stream": false, "lora": []
        }
        """;

    private static string Quote(string text) => JsonValue.Create(text).ToJsonString();

    private static string Word(bool value) => value ? "true" : "false";
}
