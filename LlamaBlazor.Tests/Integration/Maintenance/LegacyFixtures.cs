using Microsoft.Data.Sqlite;

namespace LlamaBlazor.Tests.Integration.Maintenance;

/// <summary>Databases of earlier dashboards, by the SQL of the seed documents, with rows that are awkward on purpose.</summary>
internal static class LegacyFixtures
{
    public const string WideV1 = """
        CREATE TABLE models (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, type TEXT, status TEXT, created_at INTEGER, updated_at INTEGER, model_path TEXT, ctx_size INTEGER,
          temperature REAL, top_p REAL, min_p REAL, ignore_eos INTEGER, mmap INTEGER, kv_offload INTEGER, gpu_layers INTEGER, tensor_split TEXT, hf_token TEXT, host TEXT, timeout INTEGER,
          chat_template TEXT, jinja INTEGER, mirostat INTEGER, lora TEXT, custom_params TEXT, brand_new_flag TEXT);
        INSERT INTO models VALUES (1, 'llama-3-8b.gguf', 'llama', 'running', 1700000000, 1700000001, '/models/llama-3-8b.gguf', 16384, 0.7, 0.9, 0.1, 1, 0, 0, 33, '3,1', 'hf_secret', '0.0.0.0', 600, 'chatml', 0, 2, NULL, '{"--numa":"distribute","--unheard-of":5}', 'x');
        INSERT INTO models VALUES (2, 'mistral', 'mistral', 'stopped', 1700000000000, 1700000001000, '/models/mistral.gguf', 0, 0.8, 0.5, 0.05, 0, 1, 1, NULL, NULL, NULL, '0.0.0.0', 900, 'llama2', 1, 0, 'a.gguf', 'not json', NULL);
        INSERT INTO models VALUES (3, '', 'llama', 'stopped', 1, 1, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
        INSERT INTO models (id, name, ctx_size, temperature) VALUES (4, 'broken', 'many', 1.5);
        CREATE TABLE metadata (key TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at INTEGER);
        INSERT INTO metadata VALUES ('theme_of_old', 'dark', 1700000000);
        """;

    public const string AsyncProxy = """
        CREATE TABLE models (id TEXT PRIMARY KEY, name TEXT NOT NULL, type TEXT DEFAULT 'llama', status TEXT DEFAULT 'idle', parameters TEXT DEFAULT '{}', model_path TEXT, file_size INTEGER, params TEXT, quantization TEXT,
          ctx_size INTEGER DEFAULT 4096, embedding_size INTEGER DEFAULT 0, block_count INTEGER DEFAULT 0, head_count INTEGER DEFAULT 0, head_count_kv INTEGER DEFAULT 0, ffn_dim INTEGER DEFAULT 0, file_type INTEGER DEFAULT 0,
          batch_size INTEGER DEFAULT 512, threads INTEGER DEFAULT 4, favorite INTEGER DEFAULT 0, created_at INTEGER, updated_at INTEGER);
        INSERT INTO models VALUES ('model_1703123456789_abc123', 'Phi-3-mini.gguf', 'llama', 'loaded', '{"temperature":0.3,"n-gpu-layers":20,"mystery":true}', '/m/Phi-3-mini.gguf', 2300000000, '3.8B', 'Q4_K_M', 4096, 3072, 32, 32, 0, 8192, 15, 1024, 4, 1, 1703123456, 1703123457);
        CREATE TABLE metrics (id INTEGER PRIMARY KEY AUTOINCREMENT, cpu_usage REAL, memory_usage REAL, disk_usage REAL, active_models INTEGER, uptime REAL, gpu_usage REAL DEFAULT 0, gpu_memory_used REAL DEFAULT 0, gpu_memory_total REAL DEFAULT 0, swap_usage REAL DEFAULT 0, timestamp INTEGER DEFAULT (strftime('%s','now')));
        INSERT INTO metrics (cpu_usage, memory_usage, disk_usage, active_models, uptime, timestamp) VALUES (10, 20, 30, 1, 5, 1703123460), (30, 40, 50, 1, 15, 1703123470), (5, 5, 5, 0, 99, 1703123999);
        CREATE TABLE logs (id INTEGER PRIMARY KEY AUTOINCREMENT, level TEXT NOT NULL, message TEXT NOT NULL, source TEXT DEFAULT 'server', timestamp INTEGER DEFAULT (strftime('%s','now')));
        INSERT INTO logs (level, message, source, timestamp) VALUES ('WARNING', 'it''s late', 'router', 1703123456), ('critical', 'gone', NULL, 1703123457);
        CREATE TABLE server_config (key TEXT PRIMARY KEY, value TEXT NOT NULL);
        INSERT INTO server_config VALUES ('config', '{"serverPath":"/nowhere/llama-server","host":"localhost","baseModelsPath":"/srv/models"}');
        CREATE TABLE metadata (key TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at INTEGER);
        INSERT INTO metadata VALUES ('lastScanTime', '"2023-12-21"', 1703123456);
        """;

    public const string V2 = """
        CREATE TABLE models (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, type TEXT NOT NULL, status TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, model_path TEXT, ctx_size INTEGER DEFAULT 0, threads INTEGER DEFAULT -1, cont_batching INTEGER DEFAULT 0, n_parallel INTEGER DEFAULT -1, file_size_bytes INTEGER, fit_params_available INTEGER DEFAULT 0);
        INSERT INTO models VALUES (7, 'qwen', 'custom', 'running', 1735689600000, 1735689600001, '/m/qwen.gguf', 8192, -1, 0, 4, 123456, 1);
        CREATE TABLE model_sampling_config (id INTEGER PRIMARY KEY, model_id INTEGER NOT NULL, temperature REAL DEFAULT 0.8, top_p REAL DEFAULT 0.9, min_p REAL DEFAULT 0.1, ignore_eos INTEGER DEFAULT 1, seed INTEGER DEFAULT -1, flash_attn TEXT DEFAULT 'auto', created_at INTEGER, updated_at INTEGER);
        INSERT INTO model_sampling_config VALUES (1, 7, 0.65, 0.9, 0.02, 1, 42, 'on', 1735689600000, 1735689600000), (2, 99, 0.1, 0.1, 0.1, 0, 1, 'off', 1, 1);
        CREATE TABLE model_memory_config (id INTEGER PRIMARY KEY, model_id INTEGER NOT NULL, cache_ram INTEGER DEFAULT -1, mmap INTEGER DEFAULT 0, mlock INTEGER DEFAULT 0, created_at INTEGER, updated_at INTEGER);
        INSERT INTO model_memory_config VALUES (1, 7, -1, 0, 1, 1735689600000, 1735689600000);
        CREATE TABLE model_fit_params (id INTEGER PRIMARY KEY, model_id INTEGER UNIQUE, recommended_ctx_size INTEGER, fit_params_success INTEGER DEFAULT 0, fit_params_analyzed_at INTEGER, created_at INTEGER, updated_at INTEGER);
        INSERT INTO model_fit_params VALUES (1, 7, 4096, 1, 1735689600, 1735689600000, 1735689600000);
        CREATE TABLE model_server_config (id INTEGER PRIMARY KEY, host TEXT DEFAULT '127.0.0.1', port INTEGER DEFAULT 8080, timeout INTEGER DEFAULT 600, slots_enabled INTEGER DEFAULT 0, threads_http INTEGER, api_key TEXT, created_at INTEGER, updated_at INTEGER);
        INSERT INTO model_server_config VALUES (1, '127.0.0.1', 8080, 600, 0, 6, 'sk-old', 1, 1);
        CREATE TABLE metrics_history (id INTEGER PRIMARY KEY, timestamp INTEGER NOT NULL, cpu_usage REAL NOT NULL, memory_usage REAL, disk_usage REAL, gpu_usage REAL, gpu_temperature REAL, gpu_memory_used REAL, gpu_memory_total REAL, gpu_power_usage REAL, active_models INTEGER, uptime INTEGER, requests_per_minute REAL, created_at INTEGER);
        INSERT INTO metrics_history VALUES (1, 1735689600000, 50, 60, 70, 0, 0, 0, 0, 0, 1, 9, 3, 1735689600000);
        CREATE TABLE metadata (key TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at INTEGER NOT NULL);
        INSERT INTO metadata VALUES ('db_version', '2.0', 1735689600000), ('theme_preference', 'dark', 1735689600000);
        """;

    public const string Cyllama = """
        CREATE TABLE config (key TEXT PRIMARY KEY, value TEXT NOT NULL, value_type TEXT NOT NULL, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
        INSERT INTO config VALUES ('default_temperature', '0.7', 'float', '2025-01-01 00:00:00', '2025-01-01 00:00:01'), ('odd', '1', 'tuple', '2025-01-01 00:00:00', '2025-01-01 00:00:01');
        CREATE TABLE cache (id INTEGER PRIMARY KEY AUTOINCREMENT, cache_key TEXT UNIQUE NOT NULL, prompt TEXT NOT NULL, prompt_hash TEXT NOT NULL, model_path TEXT NOT NULL, config_json TEXT NOT NULL, response_text TEXT NOT NULL, response_json TEXT, finish_reason TEXT, tokens_generated INTEGER, tokens_per_second REAL, generation_time_ms REAL, created_at TIMESTAMP, expires_at TIMESTAMP, hit_count INTEGER DEFAULT 0, last_hit_at TIMESTAMP);
        INSERT INTO cache (cache_key, prompt, prompt_hash, model_path, config_json, response_text, created_at) VALUES ('k1', 'p', 'h', '/m/a.gguf', '{}', 'answer', '2025-01-01 00:00:00');
        CREATE TABLE stats (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT, model_path TEXT NOT NULL, model_name TEXT, prompt_tokens INTEGER, generated_tokens INTEGER, total_tokens INTEGER, prompt_time_ms REAL, generation_time_ms REAL, total_time_ms REAL, tokens_per_second REAL, temperature REAL, max_tokens INTEGER, finish_reason TEXT, cache_hit BOOLEAN DEFAULT FALSE, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
        INSERT INTO stats (model_path, prompt_tokens, generated_tokens, total_tokens, created_at) VALUES ('/m/a.gguf', 5, 7, 12, '2025-01-01 00:00:02');
        CREATE TABLE logs (id INTEGER PRIMARY KEY AUTOINCREMENT, level TEXT NOT NULL, category TEXT, message TEXT NOT NULL, context_json TEXT, model_path TEXT, prompt_preview TEXT, error_type TEXT, error_message TEXT, stack_trace TEXT, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
        INSERT INTO logs (level, category, message, error_type, created_at) VALUES ('ERROR', 'generation', 'boom', 'ValueError', '2025-01-01 00:00:03.500');
        CREATE TABLE models (id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT UNIQUE NOT NULL, filename TEXT NOT NULL, size_bytes INTEGER, format TEXT, architecture TEXT, parameter_count TEXT, quantization TEXT, context_length INTEGER, vocab_size INTEGER, chat_template TEXT, metadata_json TEXT, first_seen_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, last_used_at TIMESTAMP);
        INSERT INTO models (path, filename, size_bytes, format, architecture, parameter_count, quantization, context_length, first_seen_at) VALUES ('/m/a.gguf', 'a.gguf', 100, 'gguf', 'llama', '7B', 'Q8_0', 4096, '2025-01-01 00:00:00');
        CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied_at TIMESTAMP);
        """;

    public const string Mlenv = """
        CREATE TABLE ngc_images (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, display_name TEXT, organization TEXT NOT NULL, team TEXT, category TEXT, description TEXT, created_at DATETIME, updated_at DATETIME, last_synced DATETIME DEFAULT CURRENT_TIMESTAMP, UNIQUE(organization, team, name));
        INSERT INTO ngc_images (id, name, organization, team, created_at) VALUES (5, 'pytorch', 'nvidia', NULL, '2025-01-01 00:00:00'), (6, 'pytorch', 'nvidia', NULL, '2025-01-01 00:00:00');
        CREATE TABLE image_versions (id INTEGER PRIMARY KEY AUTOINCREMENT, image_id INTEGER NOT NULL, tag TEXT NOT NULL, digest TEXT, size_bytes INTEGER, created_at DATETIME, cuda_version TEXT, python_version TEXT, framework_version TEXT, architecture TEXT DEFAULT 'amd64', manifest_json TEXT, is_cached BOOLEAN DEFAULT 0);
        INSERT INTO image_versions (image_id, tag) VALUES (5, '24.01'), (77, 'orphan');
        CREATE TABLE container_instances (id INTEGER PRIMARY KEY AUTOINCREMENT, container_id TEXT NOT NULL UNIQUE, container_name TEXT NOT NULL, image_name TEXT NOT NULL, project_path TEXT NOT NULL, status TEXT DEFAULT 'created', cpu_limit REAL, memory_limit_gb REAL, gpu_devices TEXT, port_mappings TEXT, created_at DATETIME, started_at DATETIME, stopped_at DATETIME, cpu_usage_avg REAL);
        INSERT INTO container_instances (container_id, container_name, image_name, project_path, status, created_at) VALUES ('c1', 'box', 'pytorch', '/p', 'running', '2025-01-01 00:00:00');
        CREATE TABLE resource_metrics (id INTEGER PRIMARY KEY AUTOINCREMENT, container_id TEXT NOT NULL, timestamp DATETIME, cpu_percent REAL);
        INSERT INTO resource_metrics (container_id, timestamp, cpu_percent) VALUES ('c1', '2025-01-01 00:00:00', 5), ('ghost', '2025-01-01 00:00:00', 6);
        CREATE TABLE project_quotas (id INTEGER PRIMARY KEY AUTOINCREMENT, project_path TEXT NOT NULL UNIQUE, max_containers INTEGER DEFAULT 5, max_cpu_cores REAL, max_memory_gb REAL, max_gpus INTEGER, current_containers INTEGER DEFAULT 0, current_cpu_cores REAL DEFAULT 0, current_memory_gb REAL DEFAULT 0, current_gpus INTEGER DEFAULT 0);
        INSERT INTO project_quotas (project_path, max_containers) VALUES ('/p', 3);
        CREATE TABLE shell_history (line TEXT);
        INSERT INTO shell_history VALUES ('mlenv up');
        """;

    /// <summary>Writes such a database and returns its path.</summary>
    public static string Write(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
        return path;
    }
}
