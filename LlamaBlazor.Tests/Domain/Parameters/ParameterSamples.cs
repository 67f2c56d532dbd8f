using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Tests.Domain.Parameters;

/// <summary>Values that each parameter accepts and that differ from the engine's default: what the table-driven tests put in.</summary>
internal static class ParameterSamples
{
    private static readonly Dictionary<string, string> Texts = new()
    {
        ["cpu_mask"] = "0x3",
        ["cpu_mask_batch"] = "0x3",
        ["cpu_mask_draft"] = "0x3",
        ["cpu_mask_batch_draft"] = "0x3",
        ["cpu_range"] = "0-1",
        ["cpu_range_batch"] = "0-1",
        ["cpu_range_draft"] = "0-1",
        ["reverse_prompt"] = """["User:","a, b"]""",
        ["dry_sequence_breaker"] = """["\n","::"]""",
        ["logit_bias"] = """["15043+1","2-0.5"]""",
        ["samplers"] = "top_k;top_p;temperature",
        ["sampler_seq"] = "kpt",
        ["grammar"] = "root ::= \"yes\" | \"no\"\n",
        ["json_schema"] = """{"type":"object"}""",
        ["chat_template_kwargs"] = """{"a":1}""",
        ["webui"] = """{"theme":"dark"}""",
        ["control_vector_layer_range"] = "1 2",
        ["gpu_layers"] = "7",
        ["n_gpu_layers_draft"] = "all",
        ["tensor_split"] = "3,1",
        ["fit_target"] = "512,256",
        ["override_kv"] = "tokenizer.ggml.add_bos_token=bool:false,\"general.name=str:a,b\"",
        ["override_tensor"] = "exps=CPU",
        ["override_tensor_draft"] = "exps=CPU",
        ["device"] = "none",
        ["device_draft"] = "none",
        ["spec_type"] = "ngram-simple,ngram-mod",
        ["tools"] = "get_datetime,grep_search",
        ["alias"] = "tiny,small one",
        ["tags"] = "a,b",
        ["api_prefix"] = "/llama",
        ["chat_template"] = "chatml",
        ["rpc"] = "127.0.0.1:50052",
        ["hf_repo"] = "owner/name:Q4_K_M",
        ["hf_repo_v"] = "owner/vocoder",
        ["hf_repo_draft"] = "owner/draft",
        ["model_url"] = "https://example.org/m.gguf",
        ["mmproj_url"] = "https://example.org/p.gguf",
        ["model_url_draft"] = "https://example.org/d.gguf",
        ["lora_scaled"] = "/models/a.gguf:0.5",
        ["control_vector_scaled"] = "/models/v.gguf:0.5",
        ["project"] = "default", // one that exists
        ["environment"] = """{"CUDA_VISIBLE_DEVICES":"0"}""",
        ["custom_params"] = """{"--new-flag":1}""",
    };

    /// <summary>A value of the column's type.</summary>
    public static object Value(ParameterDefinition definition)
    {
        if (Texts.TryGetValue(definition.Column, out var text))
            return text;
        if (definition.ValueType == typeof(bool))
            return definition.Default is not true;
        var choice = definition.Choices.FirstOrDefault(word =>
            !ParameterValue.IsDefault(definition, definition.ValueType == typeof(long) ? long.Parse(word) : word)
        );
        if (definition.ValueType == typeof(long))
            return choice is null ? Whole(definition) : long.Parse(choice);
        if (definition.ValueType == typeof(double))
            return Math.Max(definition.Min + 0.5 ?? 0.5, 0.5);
        return choice ?? (definition.Kind == ParameterKind.Path ? "/models/file.bin" : "text");
    }

    private static long Whole(ParameterDefinition definition)
    {
        var value = (long)Math.Max(definition.Min ?? 1, 1);
        return ParameterValue.IsDefault(definition, value) ? value + 1 : value;
    }
}
