namespace LlamaBlazor.Tests.Integration.Maintenance;

/// <summary>The schemas of the earlier dashboards as their documents define them: whole tables with types, defaults, keys, indexes and
/// views; one row with a value of its own in each column, and one with nothing but what must be there.</summary>
internal static class SeedSchemas
{
    public const string AsyncProxy = """
        CREATE TABLE models (id TEXT PRIMARY KEY, name TEXT NOT NULL, type TEXT DEFAULT 'llama', status TEXT DEFAULT 'idle', parameters TEXT DEFAULT '{}', model_path TEXT, file_size INTEGER, params TEXT, quantization TEXT,
          ctx_size INTEGER DEFAULT 4096, embedding_size INTEGER DEFAULT 0, block_count INTEGER DEFAULT 0, head_count INTEGER DEFAULT 0, head_count_kv INTEGER DEFAULT 0, ffn_dim INTEGER DEFAULT 0, file_type INTEGER DEFAULT 0,
          batch_size INTEGER DEFAULT 512, threads INTEGER DEFAULT 4, favorite INTEGER DEFAULT 0, created_at INTEGER, updated_at INTEGER);
        CREATE INDEX idx_models_status ON models(status);
        CREATE INDEX idx_models_created ON models(created_at DESC);
        CREATE TABLE metrics (id INTEGER PRIMARY KEY AUTOINCREMENT, cpu_usage REAL, memory_usage REAL, disk_usage REAL, active_models INTEGER, uptime REAL, gpu_usage REAL DEFAULT 0, gpu_memory_used REAL DEFAULT 0,
          gpu_memory_total REAL DEFAULT 0, swap_usage REAL DEFAULT 0, timestamp INTEGER DEFAULT (strftime('%s', 'now')));
        CREATE TABLE logs (id INTEGER PRIMARY KEY AUTOINCREMENT, level TEXT NOT NULL, message TEXT NOT NULL, source TEXT DEFAULT 'server', timestamp INTEGER DEFAULT (strftime('%s', 'now')));
        CREATE TABLE server_config (key TEXT PRIMARY KEY, value TEXT NOT NULL);
        CREATE TABLE metadata (key TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at INTEGER);
        INSERT INTO models VALUES ('model_1703123456789_abc123def', 'llama-2-7b-chat.Q4_K_M.gguf', 'mistral', 'stopped', '{"temperature":0.71,"top_k":43,"repeat_penalty":1.11,"a-flag-of-theirs":[3,"x"],"a-switch":true}', '/m/llama-2.gguf', 4268994560,
          '{"vocab_size":32001,"hidden_size":4097,"intermediate_size":11009,"num_attention_heads":33,"num_hidden_layers":34,"rope_theta":500001}', 'Q4_K_M', 8193, 0, 0, 0, 35, 0, 15, 513, 7, 1, 1703123456, 1703123457);
        INSERT INTO models (id, name) VALUES ('model_2', 'bare');
        INSERT INTO metrics (cpu_usage, memory_usage, disk_usage, active_models, uptime, gpu_usage, gpu_memory_used, gpu_memory_total, swap_usage, timestamp) VALUES (11.5, 22.5, 33.5, 2, 4455.5, 66.5, 7777.5, 24576.5, 8.5, 1703123460);
        INSERT INTO metrics (cpu_usage) VALUES (1.25);
        INSERT INTO logs (level, message, source, timestamp) VALUES ('warn', 'a line', 'router', 1703123461), ('warn', 'a line', 'router', 1703123461);
        INSERT INTO logs (level, message) VALUES ('info', 'now');
        INSERT INTO server_config VALUES ('config', '{"serverPath":"/usr/bin/llama-server","host":"localhost","port":8081,"baseModelsPath":"/srv/models"}'), ('extra', '"kept"');
        INSERT INTO metadata VALUES ('lastScanTime', '"2023-12-21"', 1703123458);
        """;

    public const string Cyllama = """
        CREATE TABLE config (key TEXT PRIMARY KEY, value TEXT NOT NULL, value_type TEXT NOT NULL, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
        CREATE INDEX idx_config_key ON config(key);
        CREATE TABLE cache (id INTEGER PRIMARY KEY AUTOINCREMENT, cache_key TEXT UNIQUE NOT NULL, prompt TEXT NOT NULL, prompt_hash TEXT NOT NULL, model_path TEXT NOT NULL, config_json TEXT NOT NULL, response_text TEXT NOT NULL,
          response_json TEXT, finish_reason TEXT, tokens_generated INTEGER, tokens_per_second REAL, generation_time_ms REAL, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, expires_at TIMESTAMP, hit_count INTEGER DEFAULT 0, last_hit_at TIMESTAMP);
        CREATE TABLE stats (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT, model_path TEXT NOT NULL, model_name TEXT, prompt_tokens INTEGER, generated_tokens INTEGER, total_tokens INTEGER, prompt_time_ms REAL, generation_time_ms REAL,
          total_time_ms REAL, tokens_per_second REAL, temperature REAL, max_tokens INTEGER, finish_reason TEXT, cache_hit BOOLEAN DEFAULT FALSE, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
        CREATE TABLE logs (id INTEGER PRIMARY KEY AUTOINCREMENT, level TEXT NOT NULL, category TEXT, message TEXT NOT NULL, context_json TEXT, model_path TEXT, prompt_preview TEXT, error_type TEXT, error_message TEXT, stack_trace TEXT,
          created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
        CREATE TABLE models (id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT UNIQUE NOT NULL, filename TEXT NOT NULL, size_bytes INTEGER, format TEXT, architecture TEXT, parameter_count TEXT, quantization TEXT, context_length INTEGER,
          vocab_size INTEGER, chat_template TEXT, metadata_json TEXT, first_seen_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, last_used_at TIMESTAMP);
        CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
        INSERT INTO config VALUES ('default_model', 'models/plain words.gguf', 'str', '2025-01-01 00:00:01', '2025-01-01 00:00:02'), ('hf_token', '"hf_of_the_old_days"', 'str', '2025-01-01 00:00:01', '2025-01-01 00:00:02');
        INSERT INTO config (key, value, value_type) VALUES ('n_gpu_layers', '99', 'int');
        INSERT INTO cache VALUES (1, 'key1', 'a prompt', 'hash1', '/m/cached.gguf', '{"temperature":0.5}', 'an answer', '{"whole":1}', 'stop', 171, 17.25, 1717.5, '2025-01-01 00:00:03', '2035-01-01 00:00:04', 5, '2025-01-01 00:00:05');
        INSERT INTO stats VALUES (1, 'session1', '/m/one.gguf', 'one', 51, 72, 123, 5.25, 7.25, 12.75, 9.75, 0.65, 511, 'length', 1, '2025-01-01 00:00:06'), (2, 'session1', '/m/one.gguf', 'one', 51, 72, 123, 5.25, 7.25, 12.75, 9.75, 0.65, 511, 'length', 1, '2025-01-01 00:00:06');
        INSERT INTO stats (model_path) VALUES ('C:\m\nameless.gguf');
        INSERT INTO logs VALUES (1, 'ERROR', 'generation', 'boom', '{"k":"context"}', '/m/logged.gguf', 'first words', 'ValueError', 'bad value', 'File "x.py", line 1', '2025-01-01 00:00:07');
        INSERT INTO models VALUES (1, '/m/a.gguf', 'a.gguf', 1001, 'gguf', 'qwen3', '7B', 'Q8_0', 4095, 32003, '{{ template }}', '{"general.name":"A"}', '2025-01-01 00:00:08', '2025-01-01 00:00:09');
        INSERT INTO models (path, filename) VALUES ('/other/a.gguf', 'a.gguf');
        """;

    public const string Mlenv = """
        CREATE TABLE ngc_images (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, display_name TEXT, organization TEXT NOT NULL, team TEXT, category TEXT, description TEXT, created_at DATETIME, updated_at DATETIME,
          last_synced DATETIME DEFAULT CURRENT_TIMESTAMP, UNIQUE(organization, team, name));
        CREATE TABLE image_versions (id INTEGER PRIMARY KEY AUTOINCREMENT, image_id INTEGER NOT NULL, tag TEXT NOT NULL, digest TEXT, size_bytes INTEGER, created_at DATETIME, cuda_version TEXT, python_version TEXT, framework_version TEXT,
          architecture TEXT DEFAULT 'amd64', manifest_json TEXT, is_cached BOOLEAN DEFAULT 0, FOREIGN KEY (image_id) REFERENCES ngc_images(id), UNIQUE(image_id, tag));
        CREATE TABLE container_instances (id INTEGER PRIMARY KEY AUTOINCREMENT, container_id TEXT NOT NULL UNIQUE, container_name TEXT NOT NULL, image_name TEXT NOT NULL, project_path TEXT NOT NULL, status TEXT DEFAULT 'created', cpu_limit REAL,
          memory_limit_gb REAL, gpu_devices TEXT, port_mappings TEXT, created_at DATETIME DEFAULT CURRENT_TIMESTAMP, started_at DATETIME, stopped_at DATETIME, cpu_usage_avg REAL, memory_usage_avg_gb REAL, gpu_utilization_avg REAL);
        CREATE TABLE resource_metrics (id INTEGER PRIMARY KEY AUTOINCREMENT, container_id TEXT NOT NULL, timestamp DATETIME DEFAULT CURRENT_TIMESTAMP, cpu_percent REAL, memory_used_gb REAL, memory_percent REAL, gpu_metrics TEXT, disk_read_mb REAL,
          disk_write_mb REAL, network_rx_mb REAL, network_tx_mb REAL, FOREIGN KEY (container_id) REFERENCES container_instances(container_id));
        CREATE TABLE system_snapshots (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp DATETIME DEFAULT CURRENT_TIMESTAMP, cpu_percent REAL, cpu_cores INTEGER, memory_total_gb REAL, memory_used_gb REAL, memory_available_gb REAL, memory_percent REAL,
          gpu_stats TEXT, load_1min REAL, load_5min REAL, load_15min REAL);
        CREATE TABLE api_cache (endpoint TEXT PRIMARY KEY, response TEXT, cached_at DATETIME DEFAULT CURRENT_TIMESTAMP, expires_at DATETIME);
        CREATE TABLE project_quotas (id INTEGER PRIMARY KEY AUTOINCREMENT, project_path TEXT NOT NULL UNIQUE, max_containers INTEGER DEFAULT 5, max_cpu_cores REAL, max_memory_gb REAL, max_gpus INTEGER, current_containers INTEGER DEFAULT 0,
          current_cpu_cores REAL DEFAULT 0, current_memory_gb REAL DEFAULT 0, current_gpus INTEGER DEFAULT 0);
        CREATE TABLE gpu_allocations (id INTEGER PRIMARY KEY AUTOINCREMENT, gpu_id INTEGER NOT NULL, container_name TEXT NOT NULL, allocated_at DATETIME DEFAULT CURRENT_TIMESTAMP, UNIQUE(gpu_id, container_name));
        CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT UNIQUE, email TEXT, quota_profile_id INTEGER);
        CREATE TABLE audit_log (id INTEGER PRIMARY KEY, timestamp DATETIME DEFAULT CURRENT_TIMESTAMP, user_id INTEGER, action TEXT, resource_type TEXT, resource_id TEXT, details TEXT);
        CREATE TABLE health_checks (id INTEGER PRIMARY KEY, container_id TEXT, timestamp DATETIME DEFAULT CURRENT_TIMESTAMP, status TEXT, last_check DATETIME, failure_count INTEGER DEFAULT 0);
        CREATE VIEW v_active_containers AS SELECT ci.container_name, ROUND(AVG(rm.cpu_percent), 2) AS avg_cpu FROM container_instances ci LEFT JOIN resource_metrics rm ON ci.container_id = rm.container_id WHERE ci.status = 'running' GROUP BY ci.container_id;
        CREATE VIEW v_system_summary AS SELECT COUNT(*) AS snapshot_count FROM system_snapshots WHERE timestamp > datetime('now', '-1 hour');
        INSERT INTO ngc_images VALUES (5, 'pytorch', 'PyTorch', 'nvidia', 'team1', 'frameworks', 'an image', '2025-01-01 00:00:01', '2025-01-01 00:00:02', '2025-01-01 00:00:03');
        INSERT INTO image_versions VALUES (9, 5, '24.01-py3', 'sha256:d1', 1234567, '2025-01-01 00:00:04', '12.3', '3.10', '2.2', 'arm64', '{"layers":1}', 1);
        INSERT INTO container_instances VALUES (3, 'c1', 'box1', 'pytorch:24.01', '/home/p1', 'error', 3.5, 31.5, '["0","1"]', '{"8888":"8889"}', '2025-01-01 00:00:05', '2025-01-01 00:00:06', '2025-01-01 00:00:07', 41.5, 5.25, 61.5);
        INSERT INTO container_instances (container_id, container_name, image_name, project_path) VALUES ('c2', 'box2', 'i2', '/home/p2');
        INSERT INTO resource_metrics VALUES (1, 'c1', '2025-01-01 00:00:08', 12.5, 13.5, 14.5, '[{"gpu_id":0,"utilization":78}]', 15.5, 16.5, 17.5, 18.5);
        INSERT INTO system_snapshots VALUES (1, '2025-01-01 00:00:09', 21.5, 17, 125.5, 63.5, 62.5, 50.5, '[{"gpu_id":0,"utilization":45}]', 1.75, 1.85, 1.95);
        INSERT INTO api_cache VALUES ('/v2/images', '{"items":[1]}', '2025-01-01 00:00:10', '2035-01-01 00:00:11');
        INSERT INTO project_quotas VALUES (1, '/home/p1', 6, 7.5, 63.25, 3, 1, 2.25, 30.25, 2);
        INSERT INTO gpu_allocations VALUES (1, 0, 'box1', '2025-01-01 00:00:12');
        INSERT INTO users VALUES (4, 'ann', 'ann@example.org', 77);
        INSERT INTO audit_log VALUES (1, '2025-01-01 00:00:13', 4, 'create', 'container', 'c1', 'made it');
        INSERT INTO health_checks VALUES (1, 'c1', '2025-01-01 00:00:14', 'healthy', '2025-01-01 00:00:15', 19);
        """;
}
