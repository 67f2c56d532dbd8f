namespace LlamaBlazor.Tests.Integration.Maintenance;

/// <summary>The dashboard that came before, in both of its schemas: every table with every column, type, constraint and default that its
/// document names. The wide one has the columns of version 2.0 in one table of models; its document gives no other list.</summary>
internal static partial class SeedDashboard
{
    /// <summary>Version 2.0: one table for each group of settings.</summary>
    public const string V2 = """
        CREATE TABLE models (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, type TEXT NOT NULL, status TEXT NOT NULL CHECK
          (status IN ('running','stopped','loading','error')), created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, model_path
          TEXT, model_url TEXT, docker_repo TEXT, hf_repo TEXT, hf_repo_draft TEXT, hf_file TEXT, hf_file_v TEXT, hf_token TEXT,
          ctx_size INTEGER DEFAULT 0, predict INTEGER DEFAULT -1, batch_size INTEGER DEFAULT 2048, ubatch_size INTEGER DEFAULT 512,
          n_parallel INTEGER DEFAULT -1, cont_batching INTEGER DEFAULT 0, threads INTEGER DEFAULT -1, threads_batch INTEGER, cpu_mask
          TEXT, cpu_range TEXT, cpu_strict INTEGER DEFAULT 0, cpu_mask_batch TEXT, cpu_range_batch TEXT, cpu_strict_batch INTEGER
          DEFAULT 0, priority INTEGER DEFAULT 0, priority_batch INTEGER, file_size_bytes INTEGER, fit_params_available INTEGER DEFAULT
          0, last_fit_params_check INTEGER);
        CREATE TABLE model_sampling_config (id INTEGER PRIMARY KEY AUTOINCREMENT, model_id INTEGER NOT NULL REFERENCES models(id) ON
          DELETE CASCADE, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, temperature REAL DEFAULT 0.8, top_k INTEGER DEFAULT
          40, top_p REAL DEFAULT 0.9, min_p REAL DEFAULT 0.1, top_nsigma REAL DEFAULT -1.0, xtc_probability REAL DEFAULT 0.0,
          xtc_threshold REAL DEFAULT 0.1, typical_p REAL DEFAULT 1.0, repeat_last_n INTEGER DEFAULT 64, repeat_penalty REAL DEFAULT 1.0,
          presence_penalty REAL DEFAULT 0.0, frequency_penalty REAL DEFAULT 0.0, dry_multiplier REAL DEFAULT 0.0, dry_base REAL DEFAULT
          1.75, dry_allowed_length INTEGER DEFAULT 2, dry_penalty_last_n INTEGER DEFAULT -1, dry_sequence_breaker TEXT, dynatemp_range
          REAL DEFAULT 0.0, dynatemp_exp REAL DEFAULT 1.0, mirostat INTEGER DEFAULT 0, mirostat_lr REAL DEFAULT 0.1, mirostat_ent REAL
          DEFAULT 5.0, samplers TEXT, sampler_seq TEXT DEFAULT 'edskypmxt', seed INTEGER DEFAULT -1, grammar TEXT, grammar_file TEXT,
          json_schema TEXT, json_schema_file TEXT, ignore_eos INTEGER DEFAULT 1, "escape" BOOLEAN DEFAULT 1, rope_scaling_type TEXT,
          rope_scale REAL, rope_freq_base REAL, rope_freq_scale REAL, yarn_orig_ctx INTEGER DEFAULT 0, yarn_ext_factor REAL DEFAULT
          -1.0, yarn_attn_factor REAL DEFAULT -1.0, yarn_beta_slow REAL DEFAULT -1.0, yarn_beta_fast REAL DEFAULT -1.0, flash_attn TEXT
          DEFAULT 'auto', logit_bias TEXT);
        CREATE TABLE model_memory_config (id INTEGER PRIMARY KEY AUTOINCREMENT, model_id INTEGER NOT NULL REFERENCES models(id) ON
          DELETE CASCADE, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, cache_ram INTEGER DEFAULT -1, cache_type_k TEXT,
          cache_type_v TEXT, mmap INTEGER DEFAULT 0, mlock INTEGER DEFAULT 0, numa TEXT, defrag_thold INTEGER);
        CREATE TABLE model_gpu_config (id INTEGER PRIMARY KEY AUTOINCREMENT, model_id INTEGER NOT NULL REFERENCES models(id) ON DELETE
          CASCADE, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, device TEXT, list_devices INTEGER DEFAULT 0, gpu_layers
          INTEGER DEFAULT -1, split_mode TEXT, tensor_split TEXT, main_gpu INTEGER, kv_offload INTEGER DEFAULT 0, repack INTEGER DEFAULT
          0, no_host INTEGER DEFAULT 0);
        CREATE TABLE model_advanced_config (id INTEGER PRIMARY KEY AUTOINCREMENT, model_id INTEGER NOT NULL REFERENCES models(id) ON
          DELETE CASCADE, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, swa_full INTEGER DEFAULT 0, override_tensor TEXT,
          cpu_moe INTEGER DEFAULT 0, n_cpu_moe INTEGER DEFAULT 0, kv_unified INTEGER DEFAULT 0, pooling TEXT, context_shift INTEGER
          DEFAULT 0, rpc TEXT, offline INTEGER DEFAULT 0, override_kv TEXT, op_offload INTEGER DEFAULT 0, fit TEXT, fit_target INTEGER
          DEFAULT 1024, fit_ctx INTEGER DEFAULT 4096, check_tensors INTEGER DEFAULT 0, sleep_idle_seconds INTEGER DEFAULT -1, polling
          TEXT, polling_batch TEXT, reasoning_format TEXT, reasoning_budget INTEGER DEFAULT -1, custom_params TEXT);
        CREATE TABLE model_lora_config (id INTEGER PRIMARY KEY AUTOINCREMENT, model_id INTEGER NOT NULL REFERENCES models(id) ON
          DELETE CASCADE, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, lora TEXT, lora_scaled TEXT, control_vector TEXT,
          control_vector_scaled TEXT, control_vector_layer_range TEXT, model_draft TEXT, model_url_draft TEXT, ctx_size_draft INTEGER,
          threads_draft INTEGER, threads_batch_draft INTEGER, draft_max INTEGER DEFAULT 16, draft_min INTEGER DEFAULT 0, draft_p_min
          REAL DEFAULT 0.8, cache_type_k_draft TEXT, cache_type_v_draft TEXT, cpu_moe_draft INTEGER DEFAULT 0, n_cpu_moe_draft INTEGER
          DEFAULT 0, n_gpu_layers_draft INTEGER, device_draft TEXT, spec_replace TEXT);
        CREATE TABLE model_multimodal_config (id INTEGER PRIMARY KEY AUTOINCREMENT, model_id INTEGER NOT NULL REFERENCES models(id) ON
          DELETE CASCADE, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, mmproj TEXT, mmproj_url TEXT, mmproj_auto INTEGER
          DEFAULT 0, mmproj_offload INTEGER DEFAULT 0, image_min_tokens INTEGER, image_max_tokens INTEGER);
        CREATE TABLE model_fit_params (id INTEGER PRIMARY KEY AUTOINCREMENT, model_id INTEGER NOT NULL UNIQUE REFERENCES models(id) ON
          DELETE CASCADE, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, recommended_ctx_size INTEGER, recommended_gpu_layers
          INTEGER, recommended_tensor_split TEXT, file_size_bytes INTEGER, quantization_type TEXT, parameter_count INTEGER, architecture
          TEXT, context_window INTEGER, fit_params_analyzed_at INTEGER, fit_params_success INTEGER DEFAULT 0, fit_params_error TEXT,
          fit_params_raw_output TEXT, projected_cpu_memory_mb REAL, projected_gpu_memory_mb REAL);
        CREATE TABLE model_server_config (id INTEGER PRIMARY KEY AUTOINCREMENT, created_at INTEGER NOT NULL, updated_at INTEGER NOT
          NULL, host TEXT DEFAULT '127.0.0.1', port INTEGER DEFAULT 8080, api_prefix TEXT, path TEXT, webui TEXT, webui_config_file
          TEXT, no_webui INTEGER DEFAULT 0, embeddings INTEGER DEFAULT 0, reranking INTEGER DEFAULT 0, metrics_enabled INTEGER DEFAULT
          1, props_enabled INTEGER DEFAULT 0, slots_enabled INTEGER DEFAULT 0, api_key TEXT, api_key_file TEXT, ssl_key_file TEXT,
          ssl_cert_file TEXT, timeout INTEGER DEFAULT 600, threads_http INTEGER, cache_reuse INTEGER, slot_save_path TEXT, media_path
          TEXT, models_dir TEXT, models_preset TEXT, models_max INTEGER DEFAULT 4, models_autoload INTEGER DEFAULT 0, jinja INTEGER
          DEFAULT 0, chat_template TEXT, chat_template_file TEXT, chat_template_kwargs TEXT, prefill_assistant INTEGER DEFAULT 0,
          ctx_checkpoints INTEGER DEFAULT 8, verbose_prompt INTEGER DEFAULT 0, warmup INTEGER DEFAULT 0, spm_infill INTEGER DEFAULT 0,
          log_disable INTEGER, log_file TEXT, log_colors TEXT, log_verbose INTEGER DEFAULT 0, log_prefix INTEGER DEFAULT 0,
          log_timestamps INTEGER DEFAULT 0);
        CREATE TABLE metrics_history (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp INTEGER NOT NULL, cpu_usage REAL NOT NULL,
          memory_usage REAL NOT NULL, disk_usage REAL NOT NULL, gpu_usage REAL NOT NULL, gpu_temperature REAL NOT NULL, gpu_memory_used
          REAL NOT NULL, gpu_memory_total REAL NOT NULL, gpu_power_usage REAL NOT NULL, active_models INTEGER NOT NULL, uptime INTEGER
          NOT NULL, requests_per_minute REAL NOT NULL, created_at INTEGER NOT NULL);
        CREATE TABLE metadata (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL, updated_at INTEGER NOT NULL);
        CREATE INDEX idx_sampling_model_id ON model_sampling_config(model_id);
        CREATE INDEX idx_memory_model_id ON model_memory_config(model_id);
        CREATE INDEX idx_gpu_model_id ON model_gpu_config(model_id);
        CREATE INDEX idx_advanced_model_id ON model_advanced_config(model_id);
        CREATE INDEX idx_lora_model_id ON model_lora_config(model_id);
        CREATE INDEX idx_multimodal_model_id ON model_multimodal_config(model_id);
        CREATE INDEX idx_fit_params_model_id ON model_fit_params(model_id);
        CREATE INDEX idx_models_name ON models(name);
        CREATE INDEX idx_models_status ON models(status);
        CREATE INDEX idx_models_type ON models(type);
        CREATE INDEX idx_models_created ON models(created_at);
        CREATE INDEX idx_metrics_timestamp ON metrics_history(timestamp);
        """;

    /// <summary>A row with a value of its own in each setting, awkward where it may be: quotes, line ends, other scripts, a number as text,
    /// zeros that mean something, numbers beyond 2^53. None is a default of the document.</summary>
    public static IReadOnlyDictionary<string, object> Chosen { get; } =
        new Dictionary<string, object>
        {
            ["type"] = "custom",
            ["status"] = "running",
            ["created_at"] = 1_700_000_001L, // seconds
            ["updated_at"] = 1_700_000_002_003L,
            ["model_path"] = "/m/ein Ordner/it's \"7B\" größer.gguf",
            ["model_url"] = "https://example.org/a%20b.gguf?x=1&y=2",
            ["docker_repo"] = "ai/model:Q4_K_M",
            ["hf_repo"] = "owner/name:Q4_K_M",
            ["hf_repo_draft"] = "owner/draft",
            ["hf_file"] = "sub/file.gguf",
            ["hf_file_v"] = "v.gguf",
            ["hf_token"] = "hf_old'token\"of theirs",
            ["ctx_size"] = 131072L,
            ["predict"] = 123L,
            ["batch_size"] = "512",
            ["ubatch_size"] = 256L,
            ["n_parallel"] = 256L,
            ["cont_batching"] = 1L,
            ["threads"] = 7L,
            ["threads_batch"] = 9L,
            ["cpu_mask"] = "0xFFFFFFFFFFFFFFFF",
            ["cpu_range"] = "0-7",
            ["cpu_strict"] = 1L,
            ["cpu_mask_batch"] = "ff",
            ["cpu_range_batch"] = "1-3",
            ["cpu_strict_batch"] = 1L,
            ["priority"] = -1L,
            ["priority_batch"] = 3L,
            ["file_size_bytes"] = 9_007_199_254_740_993L,
            ["fit_params_available"] = 1L,
            ["last_fit_params_check"] = 1_700_000_003L,
            ["temperature"] = 0.30000000000000004,
            ["top_k"] = 0L,
            ["top_p"] = 0.91,
            ["min_p"] = 0.0,
            ["top_nsigma"] = 1.5,
            ["xtc_probability"] = 1.0,
            ["xtc_threshold"] = 0.05,
            ["typical_p"] = 0.999,
            ["repeat_last_n"] = -1L,
            ["repeat_penalty"] = 1.1,
            ["presence_penalty"] = -2.0,
            ["frequency_penalty"] = 0.25,
            ["dry_multiplier"] = 0.8,
            ["dry_base"] = 1.7500001,
            ["dry_allowed_length"] = 0L,
            ["dry_penalty_last_n"] = 0L,
            ["dry_sequence_breaker"] = "a \"quoted\"; breaker",
            ["dynatemp_range"] = 0.5,
            ["dynatemp_exp"] = 1.5,
            ["mirostat"] = 2L,
            ["mirostat_lr"] = 0.2,
            ["mirostat_ent"] = 4.5,
            ["samplers"] = "top_k;temperature",
            ["sampler_seq"] = "kt",
            ["seed"] = 4_294_967_295L,
            ["grammar"] = "root ::= \"ja\" | \"größer\"\n# the end\n",
            ["grammar_file"] = "/g/my grammar.gbnf",
            ["json_schema"] = "{\"type\":\"object\",\"properties\":{\"größe\":{\"type\":\"number\"}}}\n",
            ["json_schema_file"] = "/g/schema.json",
            ["ignore_eos"] = 0L,
            ["escape"] = 0L,
            ["rope_scaling_type"] = "yarn",
            ["rope_scale"] = 2.5,
            ["rope_freq_base"] = 1000000.5,
            ["rope_freq_scale"] = 0.25,
            ["yarn_orig_ctx"] = 4096L,
            ["yarn_ext_factor"] = 0.5,
            ["yarn_attn_factor"] = 1.25,
            ["yarn_beta_slow"] = 1.0,
            ["yarn_beta_fast"] = 32.0,
            ["flash_attn"] = "on",
            ["logit_bias"] = "15043+1",
            ["cache_ram"] = 0L,
            ["cache_type_k"] = "q8_0",
            ["cache_type_v"] = "iq4_nl",
            ["mmap"] = 1L,
            ["mlock"] = 1L,
            ["numa"] = "distribute",
            ["defrag_thold"] = 0.1,
            ["device"] = "CUDA0,Vulkan1",
            ["list_devices"] = 1L,
            ["gpu_layers"] = "all",
            ["split_mode"] = "row",
            ["tensor_split"] = "3,1.5",
            ["main_gpu"] = 1L,
            ["kv_offload"] = 1L,
            ["repack"] = 1L,
            ["no_host"] = 1L,
            ["swa_full"] = 1L,
            ["override_tensor"] = "\\.ffn_.*_exps\\.=CPU",
            ["cpu_moe"] = 1L,
            ["n_cpu_moe"] = 12L,
            ["kv_unified"] = 1L,
            ["pooling"] = "rank",
            ["context_shift"] = 1L,
            ["rpc"] = "192.0.2.1:50052",
            ["offline"] = 1L,
            ["override_kv"] = "tokenizer.ggml.add_bos_token=bool:false",
            ["op_offload"] = 1L,
            ["fit"] = "off",
            ["fit_target"] = "512,1024",
            ["fit_ctx"] = 2048L,
            ["check_tensors"] = 1L,
            ["sleep_idle_seconds"] = 300L,
            ["polling"] = "100",
            ["polling_batch"] = "1",
            ["reasoning_format"] = "deepseek-legacy",
            ["reasoning_budget"] = 0L,
            ["custom_params"] = "{\"--unheard-of\":\"größer\",\"--numbers\":[1,2.50]}",
            ["lora"] = "/l/a.gguf,/l/b c.gguf",
            ["lora_scaled"] = "/l/a.gguf:0.5",
            ["control_vector"] = "/l/c.gguf",
            ["control_vector_scaled"] = "/l/c.gguf:-1.5",
            ["control_vector_layer_range"] = "1 31",
            ["model_draft"] = "/m/draft.gguf",
            ["model_url_draft"] = "https://example.org/d.gguf",
            ["ctx_size_draft"] = 2048L,
            ["threads_draft"] = 3L,
            ["threads_batch_draft"] = 5L,
            ["draft_max"] = 8L,
            ["draft_min"] = 2L,
            ["draft_p_min"] = 0.0,
            ["cache_type_k_draft"] = "bf16",
            ["cache_type_v_draft"] = "f32",
            ["cpu_moe_draft"] = 1L,
            ["n_cpu_moe_draft"] = 4L,
            ["n_gpu_layers_draft"] = "auto",
            ["device_draft"] = "none",
            ["spec_replace"] = "a b",
            ["mmproj"] = "/m/mm.gguf",
            ["mmproj_url"] = "https://example.org/mm.gguf",
            ["mmproj_auto"] = 1L,
            ["mmproj_offload"] = 1L,
            ["image_min_tokens"] = 64L,
            ["image_max_tokens"] = 1024L,
            ["recommended_ctx_size"] = 8192L,
            ["recommended_gpu_layers"] = 33L,
            ["recommended_tensor_split"] = "3,1",
            ["quantization_type"] = "Q4_K_M",
            ["parameter_count"] = 8_030_261_248L,
            ["architecture"] = "qwen3",
            ["context_window"] = 40960L,
            ["fit_params_analyzed_at"] = 1_700_000_004L,
            ["fit_params_success"] = 1L,
            ["fit_params_error"] = "it's \"said\"",
            ["fit_params_raw_output"] = "line\tone\r\n größer \n",
            ["projected_cpu_memory_mb"] = 1234.5,
            ["projected_gpu_memory_mb"] = 0.0,
            ["host"] = "0.0.0.0",
            ["port"] = 18080L,
            ["api_prefix"] = "/llama",
            ["path"] = "/srv/www",
            ["webui"] = "{\"theme\":\"dark\"}",
            ["webui_config_file"] = "/srv/ui.json",
            ["no_webui"] = 1L,
            ["embeddings"] = 1L,
            ["reranking"] = 1L,
            ["metrics_enabled"] = 0L,
            ["props_enabled"] = 1L,
            ["slots_enabled"] = 1L,
            ["api_key"] = "sk-old,second",
            ["api_key_file"] = "/srv/keys",
            ["ssl_key_file"] = "/srv/key.pem",
            ["ssl_cert_file"] = "/srv/cert.pem",
            ["timeout"] = 900L,
            ["threads_http"] = 6L,
            ["cache_reuse"] = 256L,
            ["slot_save_path"] = "/srv/slots",
            ["media_path"] = "/srv/media",
            ["models_dir"] = "/srv/models",
            ["models_preset"] = "/srv/preset.ini",
            ["models_max"] = 0L,
            ["models_autoload"] = 1L,
            ["jinja"] = 1L,
            ["chat_template"] = "{% for m in messages %}\n{{ m.content }}\n{% endfor %}\n",
            ["chat_template_file"] = "/srv/t.jinja",
            ["chat_template_kwargs"] = "{\"enable_thinking\":false}",
            ["prefill_assistant"] = 1L,
            ["ctx_checkpoints"] = 0L,
            ["verbose_prompt"] = 1L,
            ["warmup"] = 1L,
            ["spm_infill"] = 1L,
            ["log_disable"] = 1L,
            ["log_file"] = "/l/x.log",
            ["log_colors"] = "on",
            ["log_verbose"] = 4L,
            ["log_prefix"] = 1L,
            ["log_timestamps"] = 1L,
        };
}
