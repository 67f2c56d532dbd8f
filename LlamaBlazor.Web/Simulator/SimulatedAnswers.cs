using System.Globalization;
using System.Text.Json.Nodes;
using LlamaBlazor.Web.Simulator.Completions;

namespace LlamaBlazor.Web.Simulator;

/// <summary>What the simulated engine tells about itself, in llama-server's shapes (parameters.md e).</summary>
/// <param name="model">What it runs.</param>
/// <param name="slots">Its slots.</param>
/// <param name="arguments">Its command line.</param>
/// <param name="clock">The time.</param>
internal sealed class SimulatedAnswers(SimulatedModel model, SimulatedSlots slots, SimulatedArguments arguments, TimeProvider clock)
{
    private readonly long _created = clock.GetUtcNow().ToUnixTimeSeconds();
    private readonly string _marker = SimulatedForm.RandomId();

    /// <summary><c>/v1/models</c>.</summary>
    public JsonNode Models() =>
        JsonNode.Parse(
            $$"""
            {
              "models": [{
                "name": {{Quote(model.Name)}}, "model": {{Quote(
                model.Name
            )}}, "modified_at": "", "size": "", "digest": "", "type": "model", "description": "",
                "tags": [""], "capabilities": ["completion"], "parameters": "",
                "details": { "parent_model": "", "format": "gguf", "family": "", "families": [""], "parameter_size": "", "quantization_level": "" }
              }],
              "object": "list",
              "data": [{
                "id": {{Quote(model.Name)}}, "aliases": [{{string.Join(", ", model.Names.Select(Quote))}}], "tags": [],
                "object": "model", "created": {{Now}}, "owned_by": "llamacpp",
                "meta": {
                  "vocab_type": 1, "n_vocab": {{SimulatedVocabulary.Count}}, "n_ctx": {{model.ContextSize}},
                  "n_ctx_train": {{model.ContextSize}}, "n_embd": 64,
                  "n_params": {{model.FileSize / 2}}, "size": {{model.FileSize}}, "ftype": "F16"
                }
              }]
            }
            """
        )!;

    /// <summary><c>/props</c>.</summary>
    public JsonNode Props() =>
        JsonNode.Parse(
            $$"""
            {
              "default_generation_settings": { "params": {{model.Defaults.ToJsonString()}}, "n_ctx": {{model.ContextSize}} },
              "total_slots": {{slots.All.Count}}, "model_alias": {{Quote(model.Name)}}, "model_path": {{Quote(model.Path)}},
              "modalities": { "vision": false, "video": false, "audio": false }, "media_marker": "<__media_{{_marker}}__>",
              "endpoint_slots": {{Word(!IsOff("--slots"))}}, "endpoint_props": {{Word(
                arguments.Has("--props")
            )}}, "endpoint_metrics": {{Word(arguments.Has("--metrics"))}},
              "ui": {{Word(!IsOff("--ui"))}}, "ui_settings": {}, "chat_template": {{Quote(SimulatedText.Template)}},
              "chat_template_caps": {
                "supports_object_arguments": false, "supports_parallel_tool_calls": false, "supports_preserve_reasoning": false,
                "supports_string_content": true, "supports_system_role": true, "supports_tool_calls": false, "supports_tools": false,
                "supports_typed_content": false
              },
              "bos_token": "<s>", "eos_token": "</s>", "build_info": "{{arguments.Age.Info}}", "is_sleeping": false, "cors_proxy_enabled": false
            }
            """
        )!;

    /// <summary>Changes of <c>/props</c>: the real one takes them and changes nothing.</summary>
    public Task ChangeAsync(HttpContext context) =>
        arguments.Has("--props")
            ? SimulatedWire.WriteAsync(context, new JsonObject { ["success"] = true })
            : SimulatedWire.RefuseAsync(context, "This server does not support changing global properties. Start it with `--props`");

    /// <summary><c>/slots</c>.</summary>
    public Task SlotsAsync(HttpContext context)
    {
        if (IsOff("--slots"))
            return SimulatedWire.RefuseAsync(context, "This server does not support slots endpoint. Start it with `--slots`");
        return context.Request.Query.ContainsKey("fail_on_no_slot") && slots.All.All(slot => slot.IsBusy)
            ? SimulatedWire.WriteAsync(context, SimulatedError.Unavailable("no slot available"))
            : SimulatedWire.WriteAsync(context, new JsonArray([.. slots.All.Select(Slot)]));
    }

    /// <summary>A route that is always switched off here: its refusal has no code.</summary>
    public static Task DisabledAsync(HttpContext context)
    {
        var error = new JsonObject { ["message"] = "this feature is disabled", ["type"] = "feature_disabled" };
        var body = SimulatedWire.Text(new JsonObject { ["error"] = error });
        return SimulatedWire.WriteAsync(context, StatusCodes.Status403Forbidden, SimulatedWire.JsonType, body);
    }

    /// <summary><c>/metrics</c>.</summary>
    public Task MetricsAsync(HttpContext context)
    {
        if (!arguments.Has("--metrics"))
            return SimulatedWire.RefuseAsync(context, "This server does not support metrics endpoint. Start it with `--metrics`");
        context.Response.Headers["Process-Start-Time-Unix"] = _created.ToString(CultureInfo.InvariantCulture);
        return SimulatedWire.WriteAsync(context, StatusCodes.Status200OK, "text/plain; version=0.0.4", Metrics());
    }

    private string Metrics()
    {
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
            ("prompt_tokens_seconds", "gauge", "Average prompt throughput in tokens/s.", promptSeconds > 0 ? prompt / promptSeconds : 0),
            (
                "predicted_tokens_seconds",
                "gauge",
                "Average generation throughput in tokens/s.",
                predictedSeconds > 0 ? predicted / predictedSeconds : 0
            ),
            ("requests_processing", "gauge", "Number of requests processing.", busy),
            ("requests_deferred", "gauge", "Number of requests deferred.", slots.Waiting),
            ("n_busy_slots_per_decode", "gauge", "Average number of busy slots per llama_decode() call", busy),
        ];
        return string.Concat(
            metrics.Select(metric =>
                $"# HELP llamacpp:{metric.Name} {metric.Help}\n# TYPE llamacpp:{metric.Name} {metric.Kind}\nllamacpp:{metric.Name} "
                + $"{metric.Value.ToString("G6", CultureInfo.InvariantCulture)}\n"
            )
        );
    }

    private long Now => clock.GetUtcNow().ToUnixTimeSeconds();

    private bool IsOff(string key) => arguments.Text(key) == "off";

    private JsonObject Slot(SimulatedSlot slot)
    {
        var json = new JsonObject
        {
            ["id"] = slot.Id,
            ["n_ctx"] = model.ContextSize,
            ["speculative"] = false,
            ["is_processing"] = slot.IsBusy,
        };
        if (slot.Task < 0)
            return json;
        json["id_task"] = slot.Task;
        json["n_prompt_tokens"] = slot.Tokens;
        json["n_prompt_tokens_processed"] = slot.PromptTokens - slot.CachedTokens;
        json["n_prompt_tokens_cache"] = slot.CachedTokens;
        if (slot.Job is { } job)
            json["params"] = SimulatedSettings.OfSlot(job, model);
        var left = slot.Job is { MaxTokens: > 0 and var most } ? most - slot.Decoded : -1;
        json["next_token"] = new JsonArray(
            new JsonObject
            {
                ["has_next_token"] = slot.IsBusy,
                ["has_new_line"] = false,
                ["n_remain"] = left,
                ["n_decoded"] = slot.Decoded,
            }
        );
        return json;
    }

    private static string Quote(string text) => JsonValue.Create(text).ToJsonString();

    private static string Word(bool value) => value ? "true" : "false";
}
