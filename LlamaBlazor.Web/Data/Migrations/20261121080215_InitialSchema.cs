using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LlamaBlazor.Web.Data.Migrations
{
    /// <inheritdoc />
    public partial class InitialSchema : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "alerts",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    metric = table.Column<string>(type: "TEXT", nullable: false),
                    threshold = table.Column<double>(type: "REAL", nullable: false),
                    duration_seconds = table.Column<long>(type: "INTEGER", nullable: false),
                    cooldown_seconds = table.Column<long>(type: "INTEGER", nullable: false),
                    severity = table.Column<string>(type: "TEXT", nullable: false),
                    enabled = table.Column<bool>(type: "INTEGER", nullable: false),
                    last_fired_at = table.Column<long>(type: "INTEGER", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_alerts", x => x.id);
                    table.CheckConstraint("ck_alerts_severity", "severity IN ('info', 'warning', 'critical')");
                });

            migrationBuilder.CreateTable(
                name: "api_cache",
                columns: table => new
                {
                    endpoint = table.Column<string>(type: "TEXT", nullable: false),
                    response = table.Column<string>(type: "TEXT", nullable: false),
                    cached_at = table.Column<long>(type: "INTEGER", nullable: false),
                    expires_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_api_cache", x => x.endpoint);
                });

            migrationBuilder.CreateTable(
                name: "api_keys",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    hash = table.Column<string>(type: "TEXT", nullable: false),
                    prefix = table.Column<string>(type: "TEXT", nullable: false),
                    scopes = table.Column<string>(type: "TEXT", nullable: false),
                    models = table.Column<string>(type: "TEXT", nullable: true),
                    project = table.Column<string>(type: "TEXT", nullable: true),
                    requests_per_minute = table.Column<long>(type: "INTEGER", nullable: true),
                    tokens_per_minute = table.Column<long>(type: "INTEGER", nullable: true),
                    priority = table.Column<long>(type: "INTEGER", nullable: false),
                    expires_at = table.Column<long>(type: "INTEGER", nullable: true),
                    last_used_at = table.Column<long>(type: "INTEGER", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    revoked_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_api_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "cache",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    cache_key = table.Column<string>(type: "TEXT", nullable: false),
                    prompt = table.Column<string>(type: "TEXT", nullable: false),
                    prompt_hash = table.Column<string>(type: "TEXT", nullable: false),
                    model_path = table.Column<string>(type: "TEXT", nullable: false),
                    config_json = table.Column<string>(type: "TEXT", nullable: false),
                    response_text = table.Column<string>(type: "TEXT", nullable: false),
                    response_json = table.Column<string>(type: "TEXT", nullable: true),
                    finish_reason = table.Column<string>(type: "TEXT", nullable: true),
                    tokens_generated = table.Column<long>(type: "INTEGER", nullable: true),
                    tokens_per_second = table.Column<double>(type: "REAL", nullable: true),
                    generation_time_ms = table.Column<double>(type: "REAL", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    expires_at = table.Column<long>(type: "INTEGER", nullable: true),
                    hit_count = table.Column<long>(type: "INTEGER", nullable: false),
                    last_hit_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_cache", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "config",
                columns: table => new
                {
                    key = table.Column<string>(type: "TEXT", nullable: false),
                    value = table.Column<string>(type: "TEXT", nullable: false),
                    value_type = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_config", x => x.key);
                    table.CheckConstraint("ck_config_value_type", "value_type IN ('str', 'int', 'float', 'bool', 'json')");
                });

            migrationBuilder.CreateTable(
                name: "downloads",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    url = table.Column<string>(type: "TEXT", nullable: false),
                    target_path = table.Column<string>(type: "TEXT", nullable: false),
                    status = table.Column<string>(type: "TEXT", nullable: false),
                    total_bytes = table.Column<long>(type: "INTEGER", nullable: true),
                    received_bytes = table.Column<long>(type: "INTEGER", nullable: false),
                    sha256 = table.Column<string>(type: "TEXT", nullable: true),
                    etag = table.Column<string>(type: "TEXT", nullable: true),
                    error = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_downloads", x => x.id);
                    table.CheckConstraint("ck_downloads_status", "status IN ('queued', 'running', 'paused', 'done', 'failed', 'cancelled')");
                });

            migrationBuilder.CreateTable(
                name: "engines",
                columns: table => new
                {
                    path = table.Column<string>(type: "TEXT", nullable: false),
                    size_bytes = table.Column<long>(type: "INTEGER", nullable: false),
                    modified_at = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<string>(type: "TEXT", nullable: true),
                    capabilities_json = table.Column<string>(type: "TEXT", nullable: true),
                    error = table.Column<string>(type: "TEXT", nullable: true),
                    probed_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_engines", x => x.path);
                });

            migrationBuilder.CreateTable(
                name: "gpu_allocations",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    gpu_id = table.Column<string>(type: "TEXT", nullable: false),
                    container_name = table.Column<string>(type: "TEXT", nullable: false),
                    mode = table.Column<string>(type: "TEXT", nullable: false, defaultValue: "exclusive"),
                    reserved_vram_mb = table.Column<double>(type: "REAL", nullable: true),
                    allocated_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_gpu_allocations", x => x.id);
                    table.CheckConstraint("ck_gpu_allocations_mode", "mode IN ('exclusive', 'shared')");
                });

            migrationBuilder.CreateTable(
                name: "ignored_files",
                columns: table => new
                {
                    path = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ignored_files", x => x.path);
                });

            migrationBuilder.CreateTable(
                name: "import_leftovers",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    source = table.Column<string>(type: "TEXT", nullable: false),
                    table_name = table.Column<string>(type: "TEXT", nullable: false),
                    row_json = table.Column<string>(type: "TEXT", nullable: false),
                    reason = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_import_leftovers", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "metadata",
                columns: table => new
                {
                    key = table.Column<string>(type: "TEXT", nullable: false),
                    value = table.Column<string>(type: "TEXT", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_metadata", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "metrics",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    timestamp = table.Column<long>(type: "INTEGER", nullable: false),
                    cpu_usage = table.Column<double>(type: "REAL", nullable: false),
                    memory_usage = table.Column<double>(type: "REAL", nullable: false),
                    disk_usage = table.Column<double>(type: "REAL", nullable: false),
                    active_models = table.Column<long>(type: "INTEGER", nullable: false),
                    uptime = table.Column<double>(type: "REAL", nullable: false),
                    gpu_usage = table.Column<double>(type: "REAL", nullable: true),
                    gpu_temperature = table.Column<double>(type: "REAL", nullable: true),
                    gpu_memory_used = table.Column<double>(type: "REAL", nullable: true),
                    gpu_memory_total = table.Column<double>(type: "REAL", nullable: true),
                    gpu_power_usage = table.Column<double>(type: "REAL", nullable: true),
                    swap_usage = table.Column<double>(type: "REAL", nullable: true),
                    requests_per_minute = table.Column<double>(type: "REAL", nullable: false),
                    load_1min = table.Column<double>(type: "REAL", nullable: true),
                    net_rx = table.Column<double>(type: "REAL", nullable: true),
                    net_tx = table.Column<double>(type: "REAL", nullable: true),
                    tokens_per_second = table.Column<double>(type: "REAL", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_metrics", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "metrics_history",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    timestamp = table.Column<long>(type: "INTEGER", nullable: false),
                    cpu_usage = table.Column<double>(type: "REAL", nullable: false),
                    memory_usage = table.Column<double>(type: "REAL", nullable: false),
                    disk_usage = table.Column<double>(type: "REAL", nullable: false),
                    gpu_usage = table.Column<double>(type: "REAL", nullable: true),
                    gpu_temperature = table.Column<double>(type: "REAL", nullable: true),
                    gpu_memory_used = table.Column<double>(type: "REAL", nullable: true),
                    gpu_memory_total = table.Column<double>(type: "REAL", nullable: true),
                    gpu_power_usage = table.Column<double>(type: "REAL", nullable: true),
                    active_models = table.Column<long>(type: "INTEGER", nullable: false),
                    uptime = table.Column<long>(type: "INTEGER", nullable: false),
                    requests_per_minute = table.Column<double>(type: "REAL", nullable: false),
                    swap_usage = table.Column<double>(type: "REAL", nullable: true),
                    load_1min = table.Column<double>(type: "REAL", nullable: true),
                    net_rx = table.Column<double>(type: "REAL", nullable: true),
                    net_tx = table.Column<double>(type: "REAL", nullable: true),
                    tokens_per_second = table.Column<double>(type: "REAL", nullable: true),
                    gpus_json = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_metrics_history", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "model_server_config",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    host = table.Column<string>(type: "TEXT", nullable: true),
                    port = table.Column<long>(type: "INTEGER", nullable: true),
                    api_prefix = table.Column<string>(type: "TEXT", nullable: true),
                    path = table.Column<string>(type: "TEXT", nullable: true),
                    webui = table.Column<string>(type: "TEXT", nullable: true),
                    webui_config_file = table.Column<string>(type: "TEXT", nullable: true),
                    no_webui = table.Column<bool>(type: "INTEGER", nullable: true),
                    embeddings = table.Column<bool>(type: "INTEGER", nullable: true),
                    reranking = table.Column<bool>(type: "INTEGER", nullable: true),
                    metrics_enabled = table.Column<bool>(type: "INTEGER", nullable: true),
                    props_enabled = table.Column<bool>(type: "INTEGER", nullable: true),
                    slots_enabled = table.Column<bool>(type: "INTEGER", nullable: true),
                    api_key = table.Column<string>(type: "TEXT", nullable: true),
                    api_key_file = table.Column<string>(type: "TEXT", nullable: true),
                    ssl_key_file = table.Column<string>(type: "TEXT", nullable: true),
                    ssl_cert_file = table.Column<string>(type: "TEXT", nullable: true),
                    timeout = table.Column<long>(type: "INTEGER", nullable: true),
                    threads_http = table.Column<long>(type: "INTEGER", nullable: true),
                    cache_reuse = table.Column<long>(type: "INTEGER", nullable: true),
                    slot_save_path = table.Column<string>(type: "TEXT", nullable: true),
                    media_path = table.Column<string>(type: "TEXT", nullable: true),
                    models_dir = table.Column<string>(type: "TEXT", nullable: true),
                    models_preset = table.Column<string>(type: "TEXT", nullable: true),
                    models_max = table.Column<long>(type: "INTEGER", nullable: true),
                    models_autoload = table.Column<bool>(type: "INTEGER", nullable: true),
                    jinja = table.Column<bool>(type: "INTEGER", nullable: true),
                    chat_template = table.Column<string>(type: "TEXT", nullable: true),
                    chat_template_file = table.Column<string>(type: "TEXT", nullable: true),
                    chat_template_kwargs = table.Column<string>(type: "TEXT", nullable: true),
                    prefill_assistant = table.Column<bool>(type: "INTEGER", nullable: true),
                    ctx_checkpoints = table.Column<long>(type: "INTEGER", nullable: true),
                    verbose_prompt = table.Column<bool>(type: "INTEGER", nullable: true),
                    warmup = table.Column<bool>(type: "INTEGER", nullable: true),
                    spm_infill = table.Column<bool>(type: "INTEGER", nullable: true),
                    log_disable = table.Column<bool>(type: "INTEGER", nullable: true),
                    log_file = table.Column<string>(type: "TEXT", nullable: true),
                    log_colors = table.Column<string>(type: "TEXT", nullable: true),
                    log_verbose = table.Column<long>(type: "INTEGER", nullable: true),
                    log_prefix = table.Column<bool>(type: "INTEGER", nullable: true),
                    log_timestamps = table.Column<bool>(type: "INTEGER", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false),
                    revision = table.Column<long>(type: "INTEGER", nullable: false),
                    forced_columns = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_model_server_config", x => x.id);
                    table.CheckConstraint("ck_model_server_config_single", "id = 1");
                });

            migrationBuilder.CreateTable(
                name: "models",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    uid = table.Column<string>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false, collation: "NOCASE"),
                    type = table.Column<string>(type: "TEXT", nullable: false),
                    status = table.Column<string>(type: "TEXT", nullable: false, defaultValue: "stopped"),
                    runtime_status = table.Column<string>(type: "TEXT", nullable: true),
                    role = table.Column<string>(type: "TEXT", nullable: false, defaultValue: "model"),
                    favorite = table.Column<bool>(type: "INTEGER", nullable: false),
                    tags = table.Column<string>(type: "TEXT", nullable: true),
                    notes = table.Column<string>(type: "TEXT", nullable: true),
                    parameters = table.Column<string>(type: "TEXT", nullable: true),
                    file_missing = table.Column<bool>(type: "INTEGER", nullable: false),
                    first_seen_at = table.Column<long>(type: "INTEGER", nullable: true),
                    last_used_at = table.Column<long>(type: "INTEGER", nullable: true),
                    fit_params_available = table.Column<bool>(type: "INTEGER", nullable: false),
                    last_fit_params_check = table.Column<long>(type: "INTEGER", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false),
                    revision = table.Column<long>(type: "INTEGER", nullable: false),
                    forced_columns = table.Column<string>(type: "TEXT", nullable: true),
                    file_size_bytes = table.Column<long>(type: "INTEGER", nullable: true),
                    file_modified_at = table.Column<long>(type: "INTEGER", nullable: true),
                    fingerprint = table.Column<string>(type: "TEXT", nullable: true),
                    format = table.Column<string>(type: "TEXT", nullable: true),
                    architecture = table.Column<string>(type: "TEXT", nullable: true),
                    parameter_count = table.Column<long>(type: "INTEGER", nullable: true),
                    @params = table.Column<string>(name: "params", type: "TEXT", nullable: true),
                    quantization = table.Column<string>(type: "TEXT", nullable: true),
                    file_type = table.Column<long>(type: "INTEGER", nullable: true),
                    context_length = table.Column<long>(type: "INTEGER", nullable: true),
                    embedding_size = table.Column<long>(type: "INTEGER", nullable: true),
                    block_count = table.Column<long>(type: "INTEGER", nullable: true),
                    head_count = table.Column<long>(type: "INTEGER", nullable: true),
                    head_count_kv = table.Column<long>(type: "INTEGER", nullable: true),
                    ffn_dim = table.Column<long>(type: "INTEGER", nullable: true),
                    vocab_size = table.Column<long>(type: "INTEGER", nullable: true),
                    split_count = table.Column<long>(type: "INTEGER", nullable: true),
                    split_missing = table.Column<string>(type: "TEXT", nullable: true),
                    projector_path = table.Column<string>(type: "TEXT", nullable: true),
                    chat_template = table.Column<string>(type: "TEXT", nullable: true),
                    metadata_json = table.Column<string>(type: "TEXT", nullable: true),
                    model_path = table.Column<string>(type: "TEXT", nullable: true),
                    model_url = table.Column<string>(type: "TEXT", nullable: true),
                    docker_repo = table.Column<string>(type: "TEXT", nullable: true),
                    hf_repo = table.Column<string>(type: "TEXT", nullable: true),
                    hf_repo_draft = table.Column<string>(type: "TEXT", nullable: true),
                    hf_file = table.Column<string>(type: "TEXT", nullable: true),
                    hf_file_v = table.Column<string>(type: "TEXT", nullable: true),
                    hf_token = table.Column<string>(type: "TEXT", nullable: true),
                    ctx_size = table.Column<long>(type: "INTEGER", nullable: true),
                    predict = table.Column<long>(type: "INTEGER", nullable: true),
                    batch_size = table.Column<long>(type: "INTEGER", nullable: true),
                    ubatch_size = table.Column<long>(type: "INTEGER", nullable: true),
                    n_parallel = table.Column<long>(type: "INTEGER", nullable: true),
                    cont_batching = table.Column<bool>(type: "INTEGER", nullable: true),
                    threads = table.Column<long>(type: "INTEGER", nullable: true),
                    threads_batch = table.Column<long>(type: "INTEGER", nullable: true),
                    cpu_mask = table.Column<string>(type: "TEXT", nullable: true),
                    cpu_range = table.Column<string>(type: "TEXT", nullable: true),
                    cpu_strict = table.Column<long>(type: "INTEGER", nullable: true),
                    cpu_mask_batch = table.Column<string>(type: "TEXT", nullable: true),
                    cpu_range_batch = table.Column<string>(type: "TEXT", nullable: true),
                    cpu_strict_batch = table.Column<long>(type: "INTEGER", nullable: true),
                    priority = table.Column<long>(type: "INTEGER", nullable: true),
                    priority_batch = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_models", x => x.id);
                    table.CheckConstraint("ck_models_role", "role IN ('model', 'projector', 'adapter', 'vocabulary')");
                    table.CheckConstraint("ck_models_status", "status IN ('running', 'stopped', 'loading', 'error')");
                });

            migrationBuilder.CreateTable(
                name: "ngc_images",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    registry = table.Column<string>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    display_name = table.Column<string>(type: "TEXT", nullable: true),
                    organization = table.Column<string>(type: "TEXT", nullable: false),
                    team = table.Column<string>(type: "TEXT", nullable: false, defaultValue: ""),
                    category = table.Column<string>(type: "TEXT", nullable: true),
                    description = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: true),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: true),
                    last_synced = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ngc_images", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "parameter_templates",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    name = table.Column<string>(type: "TEXT", nullable: false, collation: "NOCASE"),
                    description = table.Column<string>(type: "TEXT", nullable: true),
                    values_json = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_parameter_templates", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "project_quotas",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    project_path = table.Column<string>(type: "TEXT", nullable: false, collation: "NOCASE"),
                    max_containers = table.Column<long>(type: "INTEGER", nullable: true),
                    max_cpu_cores = table.Column<double>(type: "REAL", nullable: true),
                    max_memory_gb = table.Column<double>(type: "REAL", nullable: true),
                    max_gpus = table.Column<long>(type: "INTEGER", nullable: true),
                    current_containers = table.Column<long>(type: "INTEGER", nullable: false),
                    current_cpu_cores = table.Column<double>(type: "REAL", nullable: false),
                    current_memory_gb = table.Column<double>(type: "REAL", nullable: false),
                    current_gpus = table.Column<long>(type: "INTEGER", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_project_quotas", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "schema_version",
                columns: table => new
                {
                    version = table.Column<long>(type: "INTEGER", nullable: false),
                    migration = table.Column<string>(type: "TEXT", nullable: false),
                    applied_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_schema_version", x => x.version);
                });

            migrationBuilder.CreateTable(
                name: "server_config",
                columns: table => new
                {
                    key = table.Column<string>(type: "TEXT", nullable: false),
                    value = table.Column<string>(type: "TEXT", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_server_config", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "stats",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    session_id = table.Column<string>(type: "TEXT", nullable: true),
                    model_path = table.Column<string>(type: "TEXT", nullable: true),
                    model_name = table.Column<string>(type: "TEXT", nullable: false),
                    endpoint = table.Column<string>(type: "TEXT", nullable: true),
                    stream = table.Column<bool>(type: "INTEGER", nullable: false),
                    prompt_tokens = table.Column<long>(type: "INTEGER", nullable: true),
                    generated_tokens = table.Column<long>(type: "INTEGER", nullable: true),
                    total_tokens = table.Column<long>(type: "INTEGER", nullable: true),
                    cached_tokens = table.Column<long>(type: "INTEGER", nullable: true),
                    draft_tokens = table.Column<long>(type: "INTEGER", nullable: true),
                    draft_accepted_tokens = table.Column<long>(type: "INTEGER", nullable: true),
                    queue_time_ms = table.Column<double>(type: "REAL", nullable: true),
                    load_time_ms = table.Column<double>(type: "REAL", nullable: true),
                    ttft_ms = table.Column<double>(type: "REAL", nullable: true),
                    prompt_time_ms = table.Column<double>(type: "REAL", nullable: true),
                    generation_time_ms = table.Column<double>(type: "REAL", nullable: true),
                    total_time_ms = table.Column<double>(type: "REAL", nullable: true),
                    prompt_per_second = table.Column<double>(type: "REAL", nullable: true),
                    tokens_per_second = table.Column<double>(type: "REAL", nullable: true),
                    temperature = table.Column<double>(type: "REAL", nullable: true),
                    max_tokens = table.Column<long>(type: "INTEGER", nullable: true),
                    finish_reason = table.Column<string>(type: "TEXT", nullable: true),
                    cache_hit = table.Column<bool>(type: "INTEGER", nullable: false),
                    http_status = table.Column<long>(type: "INTEGER", nullable: false),
                    error = table.Column<string>(type: "TEXT", nullable: true),
                    api_key_id = table.Column<long>(type: "INTEGER", nullable: true),
                    request_id = table.Column<string>(type: "TEXT", nullable: true),
                    prompt_preview = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_stats", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "stats_daily",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    day = table.Column<string>(type: "TEXT", nullable: false),
                    model_name = table.Column<string>(type: "TEXT", nullable: false),
                    requests = table.Column<long>(type: "INTEGER", nullable: false),
                    failures = table.Column<long>(type: "INTEGER", nullable: false),
                    cache_hits = table.Column<long>(type: "INTEGER", nullable: false),
                    prompt_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    generated_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    total_time_ms = table.Column<double>(type: "REAL", nullable: false),
                    tokens_per_second = table.Column<double>(type: "REAL", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_stats_daily", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "system_snapshots",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    timestamp = table.Column<long>(type: "INTEGER", nullable: false),
                    cpu_percent = table.Column<double>(type: "REAL", nullable: true),
                    cpu_cores = table.Column<long>(type: "INTEGER", nullable: true),
                    memory_total_gb = table.Column<double>(type: "REAL", nullable: true),
                    memory_used_gb = table.Column<double>(type: "REAL", nullable: true),
                    memory_available_gb = table.Column<double>(type: "REAL", nullable: true),
                    memory_percent = table.Column<double>(type: "REAL", nullable: true),
                    gpu_stats = table.Column<string>(type: "TEXT", nullable: true),
                    load_1min = table.Column<double>(type: "REAL", nullable: true),
                    load_5min = table.Column<double>(type: "REAL", nullable: true),
                    load_15min = table.Column<double>(type: "REAL", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_system_snapshots", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "users",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    name = table.Column<string>(type: "TEXT", nullable: false, collation: "NOCASE"),
                    password_hash = table.Column<string>(type: "TEXT", nullable: true),
                    role = table.Column<string>(type: "TEXT", nullable: false, defaultValue: "admin"),
                    quota_profile = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    last_login_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_users", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "config_revisions",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    model_id = table.Column<long>(type: "INTEGER", nullable: true),
                    section = table.Column<string>(type: "TEXT", nullable: false),
                    revision = table.Column<long>(type: "INTEGER", nullable: false),
                    before_json = table.Column<string>(type: "TEXT", nullable: false),
                    after_json = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_config_revisions", x => x.id);
                    table.ForeignKey(
                        name: "FK_config_revisions_models_model_id",
                        column: x => x.model_id,
                        principalTable: "models",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "container_instances",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    container_id = table.Column<string>(type: "TEXT", nullable: false),
                    container_name = table.Column<string>(type: "TEXT", nullable: false),
                    image_name = table.Column<string>(type: "TEXT", nullable: false),
                    project_path = table.Column<string>(type: "TEXT", nullable: false),
                    status = table.Column<string>(type: "TEXT", nullable: false, defaultValue: "created"),
                    kind = table.Column<string>(type: "TEXT", nullable: false, defaultValue: "process"),
                    model_id = table.Column<long>(type: "INTEGER", nullable: true),
                    pid = table.Column<long>(type: "INTEGER", nullable: true),
                    process_start_time = table.Column<long>(type: "INTEGER", nullable: true),
                    port = table.Column<long>(type: "INTEGER", nullable: true),
                    base_url = table.Column<string>(type: "TEXT", nullable: true),
                    restart_policy = table.Column<string>(type: "TEXT", nullable: true),
                    engine_path = table.Column<string>(type: "TEXT", nullable: true),
                    arguments_json = table.Column<string>(type: "TEXT", nullable: true),
                    cpu_limit = table.Column<double>(type: "REAL", nullable: true),
                    memory_limit_gb = table.Column<double>(type: "REAL", nullable: true),
                    gpu_devices = table.Column<string>(type: "TEXT", nullable: true),
                    port_mappings = table.Column<string>(type: "TEXT", nullable: true),
                    exit_code = table.Column<long>(type: "INTEGER", nullable: true),
                    signal = table.Column<string>(type: "TEXT", nullable: true),
                    reason = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    started_at = table.Column<long>(type: "INTEGER", nullable: true),
                    stopped_at = table.Column<long>(type: "INTEGER", nullable: true),
                    cpu_usage_avg = table.Column<double>(type: "REAL", nullable: true),
                    memory_usage_avg_gb = table.Column<double>(type: "REAL", nullable: true),
                    gpu_utilization_avg = table.Column<double>(type: "REAL", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_container_instances", x => x.id);
                    table.UniqueConstraint("ak_containers_container_id", x => x.container_id);
                    table.CheckConstraint("ck_containers_kind", "kind IN ('process', 'docker')");
                    table.CheckConstraint("ck_containers_status", "status IN ('created', 'starting', 'running', 'stopping', 'stopped', 'error', 'deleted')");
                    table.ForeignKey(
                        name: "FK_container_instances_models_model_id",
                        column: x => x.model_id,
                        principalTable: "models",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateTable(
                name: "logs",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    level = table.Column<string>(type: "TEXT", nullable: false),
                    message = table.Column<string>(type: "TEXT", nullable: false),
                    source = table.Column<string>(type: "TEXT", nullable: false, defaultValue: "server"),
                    timestamp = table.Column<long>(type: "INTEGER", nullable: false),
                    category = table.Column<string>(type: "TEXT", nullable: true),
                    context_json = table.Column<string>(type: "TEXT", nullable: true),
                    model_id = table.Column<long>(type: "INTEGER", nullable: true),
                    model_path = table.Column<string>(type: "TEXT", nullable: true),
                    prompt_preview = table.Column<string>(type: "TEXT", nullable: true),
                    error_type = table.Column<string>(type: "TEXT", nullable: true),
                    error_message = table.Column<string>(type: "TEXT", nullable: true),
                    stack_trace = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_logs", x => x.id);
                    table.CheckConstraint("ck_logs_level", "level IN ('debug', 'info', 'warn', 'error', 'critical')");
                    table.ForeignKey(
                        name: "FK_logs_models_model_id",
                        column: x => x.model_id,
                        principalTable: "models",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateTable(
                name: "model_advanced_config",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    swa_full = table.Column<bool>(type: "INTEGER", nullable: true),
                    override_tensor = table.Column<string>(type: "TEXT", nullable: true),
                    cpu_moe = table.Column<bool>(type: "INTEGER", nullable: true),
                    n_cpu_moe = table.Column<long>(type: "INTEGER", nullable: true),
                    kv_unified = table.Column<bool>(type: "INTEGER", nullable: true),
                    pooling = table.Column<string>(type: "TEXT", nullable: true),
                    context_shift = table.Column<bool>(type: "INTEGER", nullable: true),
                    rpc = table.Column<string>(type: "TEXT", nullable: true),
                    offline = table.Column<bool>(type: "INTEGER", nullable: true),
                    override_kv = table.Column<string>(type: "TEXT", nullable: true),
                    op_offload = table.Column<bool>(type: "INTEGER", nullable: true),
                    fit = table.Column<string>(type: "TEXT", nullable: true),
                    fit_target = table.Column<string>(type: "TEXT", nullable: true),
                    fit_ctx = table.Column<long>(type: "INTEGER", nullable: true),
                    check_tensors = table.Column<bool>(type: "INTEGER", nullable: true),
                    sleep_idle_seconds = table.Column<long>(type: "INTEGER", nullable: true),
                    polling = table.Column<long>(type: "INTEGER", nullable: true),
                    polling_batch = table.Column<long>(type: "INTEGER", nullable: true),
                    reasoning_format = table.Column<string>(type: "TEXT", nullable: true),
                    reasoning_budget = table.Column<long>(type: "INTEGER", nullable: true),
                    custom_params = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false),
                    revision = table.Column<long>(type: "INTEGER", nullable: false),
                    forced_columns = table.Column<string>(type: "TEXT", nullable: true),
                    model_id = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_model_advanced_config", x => x.id);
                    table.ForeignKey(
                        name: "FK_model_advanced_config_models_model_id",
                        column: x => x.model_id,
                        principalTable: "models",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "model_aliases",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    name = table.Column<string>(type: "TEXT", nullable: false, collation: "NOCASE"),
                    model_id = table.Column<long>(type: "INTEGER", nullable: false),
                    parameters_json = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_model_aliases", x => x.id);
                    table.ForeignKey(
                        name: "FK_model_aliases_models_model_id",
                        column: x => x.model_id,
                        principalTable: "models",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "model_fit_params",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    recommended_ctx_size = table.Column<long>(type: "INTEGER", nullable: true),
                    recommended_gpu_layers = table.Column<long>(type: "INTEGER", nullable: true),
                    recommended_tensor_split = table.Column<string>(type: "TEXT", nullable: true),
                    recommended_override_tensor = table.Column<string>(type: "TEXT", nullable: true),
                    file_size_bytes = table.Column<long>(type: "INTEGER", nullable: true),
                    quantization_type = table.Column<string>(type: "TEXT", nullable: true),
                    parameter_count = table.Column<long>(type: "INTEGER", nullable: true),
                    architecture = table.Column<string>(type: "TEXT", nullable: true),
                    context_window = table.Column<long>(type: "INTEGER", nullable: true),
                    fit_params_analyzed_at = table.Column<long>(type: "INTEGER", nullable: true),
                    fit_params_success = table.Column<bool>(type: "INTEGER", nullable: false),
                    fit_params_error = table.Column<string>(type: "TEXT", nullable: true),
                    fit_params_raw_output = table.Column<string>(type: "TEXT", nullable: true),
                    projected_cpu_memory_mb = table.Column<double>(type: "REAL", nullable: true),
                    projected_gpu_memory_mb = table.Column<double>(type: "REAL", nullable: true),
                    estimated_bytes = table.Column<long>(type: "INTEGER", nullable: true),
                    measured_bytes = table.Column<long>(type: "INTEGER", nullable: true),
                    measured_at = table.Column<long>(type: "INTEGER", nullable: true),
                    analyzed_for = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false),
                    revision = table.Column<long>(type: "INTEGER", nullable: false),
                    forced_columns = table.Column<string>(type: "TEXT", nullable: true),
                    model_id = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_model_fit_params", x => x.id);
                    table.ForeignKey(
                        name: "FK_model_fit_params_models_model_id",
                        column: x => x.model_id,
                        principalTable: "models",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "model_gpu_config",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    device = table.Column<string>(type: "TEXT", nullable: true),
                    list_devices = table.Column<bool>(type: "INTEGER", nullable: true),
                    gpu_layers = table.Column<string>(type: "TEXT", nullable: true),
                    split_mode = table.Column<string>(type: "TEXT", nullable: true),
                    tensor_split = table.Column<string>(type: "TEXT", nullable: true),
                    main_gpu = table.Column<long>(type: "INTEGER", nullable: true),
                    kv_offload = table.Column<bool>(type: "INTEGER", nullable: true),
                    repack = table.Column<bool>(type: "INTEGER", nullable: true),
                    no_host = table.Column<bool>(type: "INTEGER", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false),
                    revision = table.Column<long>(type: "INTEGER", nullable: false),
                    forced_columns = table.Column<string>(type: "TEXT", nullable: true),
                    model_id = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_model_gpu_config", x => x.id);
                    table.ForeignKey(
                        name: "FK_model_gpu_config_models_model_id",
                        column: x => x.model_id,
                        principalTable: "models",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "model_lora_config",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    lora = table.Column<string>(type: "TEXT", nullable: true),
                    lora_scaled = table.Column<string>(type: "TEXT", nullable: true),
                    control_vector = table.Column<string>(type: "TEXT", nullable: true),
                    control_vector_scaled = table.Column<string>(type: "TEXT", nullable: true),
                    control_vector_layer_range = table.Column<string>(type: "TEXT", nullable: true),
                    model_draft = table.Column<string>(type: "TEXT", nullable: true),
                    model_url_draft = table.Column<string>(type: "TEXT", nullable: true),
                    ctx_size_draft = table.Column<long>(type: "INTEGER", nullable: true),
                    threads_draft = table.Column<long>(type: "INTEGER", nullable: true),
                    threads_batch_draft = table.Column<long>(type: "INTEGER", nullable: true),
                    draft_max = table.Column<long>(type: "INTEGER", nullable: true),
                    draft_min = table.Column<long>(type: "INTEGER", nullable: true),
                    draft_p_min = table.Column<double>(type: "REAL", nullable: true),
                    cache_type_k_draft = table.Column<string>(type: "TEXT", nullable: true),
                    cache_type_v_draft = table.Column<string>(type: "TEXT", nullable: true),
                    cpu_moe_draft = table.Column<bool>(type: "INTEGER", nullable: true),
                    n_cpu_moe_draft = table.Column<long>(type: "INTEGER", nullable: true),
                    n_gpu_layers_draft = table.Column<string>(type: "TEXT", nullable: true),
                    device_draft = table.Column<string>(type: "TEXT", nullable: true),
                    spec_replace = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false),
                    revision = table.Column<long>(type: "INTEGER", nullable: false),
                    forced_columns = table.Column<string>(type: "TEXT", nullable: true),
                    model_id = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_model_lora_config", x => x.id);
                    table.ForeignKey(
                        name: "FK_model_lora_config_models_model_id",
                        column: x => x.model_id,
                        principalTable: "models",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "model_memory_config",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    cache_ram = table.Column<long>(type: "INTEGER", nullable: true),
                    cache_type_k = table.Column<string>(type: "TEXT", nullable: true),
                    cache_type_v = table.Column<string>(type: "TEXT", nullable: true),
                    mmap = table.Column<bool>(type: "INTEGER", nullable: true),
                    mlock = table.Column<bool>(type: "INTEGER", nullable: true),
                    numa = table.Column<string>(type: "TEXT", nullable: true),
                    defrag_thold = table.Column<double>(type: "REAL", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false),
                    revision = table.Column<long>(type: "INTEGER", nullable: false),
                    forced_columns = table.Column<string>(type: "TEXT", nullable: true),
                    model_id = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_model_memory_config", x => x.id);
                    table.ForeignKey(
                        name: "FK_model_memory_config_models_model_id",
                        column: x => x.model_id,
                        principalTable: "models",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "model_multimodal_config",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    mmproj = table.Column<string>(type: "TEXT", nullable: true),
                    mmproj_url = table.Column<string>(type: "TEXT", nullable: true),
                    mmproj_auto = table.Column<bool>(type: "INTEGER", nullable: true),
                    mmproj_offload = table.Column<bool>(type: "INTEGER", nullable: true),
                    image_min_tokens = table.Column<long>(type: "INTEGER", nullable: true),
                    image_max_tokens = table.Column<long>(type: "INTEGER", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false),
                    revision = table.Column<long>(type: "INTEGER", nullable: false),
                    forced_columns = table.Column<string>(type: "TEXT", nullable: true),
                    model_id = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_model_multimodal_config", x => x.id);
                    table.ForeignKey(
                        name: "FK_model_multimodal_config_models_model_id",
                        column: x => x.model_id,
                        principalTable: "models",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "model_runtime",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    engine_path = table.Column<string>(type: "TEXT", nullable: true),
                    aliases = table.Column<string>(type: "TEXT", nullable: true),
                    pinned = table.Column<bool>(type: "INTEGER", nullable: true),
                    preload = table.Column<bool>(type: "INTEGER", nullable: true),
                    ttl_seconds = table.Column<long>(type: "INTEGER", nullable: true),
                    concurrency = table.Column<long>(type: "INTEGER", nullable: true),
                    queue_priority = table.Column<long>(type: "INTEGER", nullable: true),
                    project = table.Column<string>(type: "TEXT", nullable: true),
                    cache_mode = table.Column<string>(type: "TEXT", nullable: true),
                    restart_policy = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false),
                    revision = table.Column<long>(type: "INTEGER", nullable: false),
                    forced_columns = table.Column<string>(type: "TEXT", nullable: true),
                    model_id = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_model_runtime", x => x.id);
                    table.ForeignKey(
                        name: "FK_model_runtime_models_model_id",
                        column: x => x.model_id,
                        principalTable: "models",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "model_sampling_config",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    temperature = table.Column<double>(type: "REAL", nullable: true),
                    top_k = table.Column<long>(type: "INTEGER", nullable: true),
                    top_p = table.Column<double>(type: "REAL", nullable: true),
                    min_p = table.Column<double>(type: "REAL", nullable: true),
                    top_nsigma = table.Column<double>(type: "REAL", nullable: true),
                    xtc_probability = table.Column<double>(type: "REAL", nullable: true),
                    xtc_threshold = table.Column<double>(type: "REAL", nullable: true),
                    typical_p = table.Column<double>(type: "REAL", nullable: true),
                    repeat_last_n = table.Column<long>(type: "INTEGER", nullable: true),
                    repeat_penalty = table.Column<double>(type: "REAL", nullable: true),
                    presence_penalty = table.Column<double>(type: "REAL", nullable: true),
                    frequency_penalty = table.Column<double>(type: "REAL", nullable: true),
                    dry_multiplier = table.Column<double>(type: "REAL", nullable: true),
                    dry_base = table.Column<double>(type: "REAL", nullable: true),
                    dry_allowed_length = table.Column<long>(type: "INTEGER", nullable: true),
                    dry_penalty_last_n = table.Column<long>(type: "INTEGER", nullable: true),
                    dry_sequence_breaker = table.Column<string>(type: "TEXT", nullable: true),
                    dynatemp_range = table.Column<double>(type: "REAL", nullable: true),
                    dynatemp_exp = table.Column<double>(type: "REAL", nullable: true),
                    mirostat = table.Column<long>(type: "INTEGER", nullable: true),
                    mirostat_lr = table.Column<double>(type: "REAL", nullable: true),
                    mirostat_ent = table.Column<double>(type: "REAL", nullable: true),
                    samplers = table.Column<string>(type: "TEXT", nullable: true),
                    sampler_seq = table.Column<string>(type: "TEXT", nullable: true),
                    seed = table.Column<long>(type: "INTEGER", nullable: true),
                    grammar = table.Column<string>(type: "TEXT", nullable: true),
                    grammar_file = table.Column<string>(type: "TEXT", nullable: true),
                    json_schema = table.Column<string>(type: "TEXT", nullable: true),
                    json_schema_file = table.Column<string>(type: "TEXT", nullable: true),
                    ignore_eos = table.Column<bool>(type: "INTEGER", nullable: true),
                    escape = table.Column<bool>(type: "INTEGER", nullable: true),
                    rope_scaling_type = table.Column<string>(type: "TEXT", nullable: true),
                    rope_scale = table.Column<double>(type: "REAL", nullable: true),
                    rope_freq_base = table.Column<double>(type: "REAL", nullable: true),
                    rope_freq_scale = table.Column<double>(type: "REAL", nullable: true),
                    yarn_orig_ctx = table.Column<long>(type: "INTEGER", nullable: true),
                    yarn_ext_factor = table.Column<double>(type: "REAL", nullable: true),
                    yarn_attn_factor = table.Column<double>(type: "REAL", nullable: true),
                    yarn_beta_slow = table.Column<double>(type: "REAL", nullable: true),
                    yarn_beta_fast = table.Column<double>(type: "REAL", nullable: true),
                    flash_attn = table.Column<string>(type: "TEXT", nullable: true),
                    logit_bias = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false),
                    revision = table.Column<long>(type: "INTEGER", nullable: false),
                    forced_columns = table.Column<string>(type: "TEXT", nullable: true),
                    model_id = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_model_sampling_config", x => x.id);
                    table.ForeignKey(
                        name: "FK_model_sampling_config_models_model_id",
                        column: x => x.model_id,
                        principalTable: "models",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "model_server_override",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    embeddings = table.Column<bool>(type: "INTEGER", nullable: true),
                    reranking = table.Column<bool>(type: "INTEGER", nullable: true),
                    cache_reuse = table.Column<long>(type: "INTEGER", nullable: true),
                    jinja = table.Column<bool>(type: "INTEGER", nullable: true),
                    chat_template = table.Column<string>(type: "TEXT", nullable: true),
                    chat_template_file = table.Column<string>(type: "TEXT", nullable: true),
                    chat_template_kwargs = table.Column<string>(type: "TEXT", nullable: true),
                    prefill_assistant = table.Column<bool>(type: "INTEGER", nullable: true),
                    ctx_checkpoints = table.Column<long>(type: "INTEGER", nullable: true),
                    warmup = table.Column<bool>(type: "INTEGER", nullable: true),
                    spm_infill = table.Column<bool>(type: "INTEGER", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false),
                    revision = table.Column<long>(type: "INTEGER", nullable: false),
                    forced_columns = table.Column<string>(type: "TEXT", nullable: true),
                    model_id = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_model_server_override", x => x.id);
                    table.ForeignKey(
                        name: "FK_model_server_override_models_model_id",
                        column: x => x.model_id,
                        principalTable: "models",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "image_versions",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    image_id = table.Column<long>(type: "INTEGER", nullable: false),
                    tag = table.Column<string>(type: "TEXT", nullable: false),
                    digest = table.Column<string>(type: "TEXT", nullable: true),
                    size_bytes = table.Column<long>(type: "INTEGER", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: true),
                    cuda_version = table.Column<string>(type: "TEXT", nullable: true),
                    python_version = table.Column<string>(type: "TEXT", nullable: true),
                    framework_version = table.Column<string>(type: "TEXT", nullable: true),
                    architecture = table.Column<string>(type: "TEXT", nullable: false, defaultValue: "amd64"),
                    manifest_json = table.Column<string>(type: "TEXT", nullable: true),
                    is_cached = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_image_versions", x => x.id);
                    table.ForeignKey(
                        name: "FK_image_versions_ngc_images_image_id",
                        column: x => x.image_id,
                        principalTable: "ngc_images",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "audit_log",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    user_id = table.Column<long>(type: "INTEGER", nullable: true),
                    action = table.Column<string>(type: "TEXT", nullable: false),
                    resource_type = table.Column<string>(type: "TEXT", nullable: false),
                    resource_id = table.Column<string>(type: "TEXT", nullable: true),
                    details = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit_log", x => x.id);
                    table.ForeignKey(
                        name: "FK_audit_log_users_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateTable(
                name: "health_checks",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    container_id = table.Column<string>(type: "TEXT", nullable: false),
                    status = table.Column<string>(type: "TEXT", nullable: false),
                    failure_count = table.Column<long>(type: "INTEGER", nullable: false),
                    checked_at = table.Column<long>(type: "INTEGER", nullable: false),
                    detail = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_health_checks", x => x.id);
                    table.CheckConstraint("ck_health_checks_status", "status IN ('healthy', 'unhealthy', 'unknown')");
                    table.ForeignKey(
                        name: "FK_health_checks_container_instances_container_id",
                        column: x => x.container_id,
                        principalTable: "container_instances",
                        principalColumn: "container_id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "resource_metrics",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    container_id = table.Column<string>(type: "TEXT", nullable: false),
                    timestamp = table.Column<long>(type: "INTEGER", nullable: false),
                    cpu_percent = table.Column<double>(type: "REAL", nullable: true),
                    memory_used_gb = table.Column<double>(type: "REAL", nullable: true),
                    memory_percent = table.Column<double>(type: "REAL", nullable: true),
                    gpu_metrics = table.Column<string>(type: "TEXT", nullable: true),
                    disk_read_mb = table.Column<double>(type: "REAL", nullable: true),
                    disk_write_mb = table.Column<double>(type: "REAL", nullable: true),
                    network_rx_mb = table.Column<double>(type: "REAL", nullable: true),
                    network_tx_mb = table.Column<double>(type: "REAL", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_resource_metrics", x => x.id);
                    table.ForeignKey(
                        name: "FK_resource_metrics_container_instances_container_id",
                        column: x => x.container_id,
                        principalTable: "container_instances",
                        principalColumn: "container_id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "idx_alerts_name",
                table: "alerts",
                column: "name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_api_cache_expires",
                table: "api_cache",
                column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "idx_api_keys_hash",
                table: "api_keys",
                column: "hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_audit_created",
                table: "audit_log",
                columns: new[] { "created_at", "id" },
                descending: new bool[0]);

            migrationBuilder.CreateIndex(
                name: "idx_audit_user",
                table: "audit_log",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "idx_cache_created",
                table: "cache",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "idx_cache_expires",
                table: "cache",
                column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "idx_cache_key",
                table: "cache",
                column: "cache_key",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_cache_model",
                table: "cache",
                column: "model_path");

            migrationBuilder.CreateIndex(
                name: "idx_cache_prompt_hash",
                table: "cache",
                column: "prompt_hash");

            migrationBuilder.CreateIndex(
                name: "idx_config_revisions_section",
                table: "config_revisions",
                columns: new[] { "model_id", "section", "revision" });

            migrationBuilder.CreateIndex(
                name: "idx_containers_model",
                table: "container_instances",
                column: "model_id");

            migrationBuilder.CreateIndex(
                name: "idx_containers_project",
                table: "container_instances",
                column: "project_path");

            migrationBuilder.CreateIndex(
                name: "idx_containers_status",
                table: "container_instances",
                column: "status");

            migrationBuilder.CreateIndex(
                name: "idx_downloads_status",
                table: "downloads",
                column: "status");

            migrationBuilder.CreateIndex(
                name: "idx_gpu_allocations_container",
                table: "gpu_allocations",
                column: "container_name");

            migrationBuilder.CreateIndex(
                name: "idx_gpu_allocations_exclusive",
                table: "gpu_allocations",
                column: "gpu_id",
                unique: true,
                filter: "mode = 'exclusive'");

            migrationBuilder.CreateIndex(
                name: "idx_gpu_allocations_gpu",
                table: "gpu_allocations",
                columns: new[] { "gpu_id", "container_name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_health_checks_container",
                table: "health_checks",
                column: "container_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_versions_image",
                table: "image_versions",
                column: "image_id");

            migrationBuilder.CreateIndex(
                name: "idx_versions_tag",
                table: "image_versions",
                columns: new[] { "image_id", "tag" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_logs_category",
                table: "logs",
                column: "category");

            migrationBuilder.CreateIndex(
                name: "idx_logs_created",
                table: "logs",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "idx_logs_level",
                table: "logs",
                column: "level");

            migrationBuilder.CreateIndex(
                name: "idx_logs_model",
                table: "logs",
                column: "model_id");

            migrationBuilder.CreateIndex(
                name: "idx_logs_source",
                table: "logs",
                column: "source");

            migrationBuilder.CreateIndex(
                name: "idx_logs_timestamp",
                table: "logs",
                columns: new[] { "timestamp", "id" },
                descending: new bool[0]);

            migrationBuilder.CreateIndex(
                name: "idx_metrics_timestamp",
                table: "metrics",
                column: "timestamp",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_metrics_created_at",
                table: "metrics_history",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "idx_metrics_history_timestamp",
                table: "metrics_history",
                column: "timestamp");

            migrationBuilder.CreateIndex(
                name: "idx_advanced_model_id",
                table: "model_advanced_config",
                column: "model_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_model_aliases_model",
                table: "model_aliases",
                column: "model_id");

            migrationBuilder.CreateIndex(
                name: "idx_model_aliases_name",
                table: "model_aliases",
                column: "name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_fit_params_model_id",
                table: "model_fit_params",
                column: "model_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_gpu_model_id",
                table: "model_gpu_config",
                column: "model_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_lora_model_id",
                table: "model_lora_config",
                column: "model_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_memory_model_id",
                table: "model_memory_config",
                column: "model_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_multimodal_model_id",
                table: "model_multimodal_config",
                column: "model_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_runtime_model_id",
                table: "model_runtime",
                column: "model_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_sampling_model_id",
                table: "model_sampling_config",
                column: "model_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_server_override_model_id",
                table: "model_server_override",
                column: "model_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_models_created",
                table: "models",
                columns: new[] { "created_at", "id" },
                descending: new bool[0]);

            migrationBuilder.CreateIndex(
                name: "idx_models_name",
                table: "models",
                column: "name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_models_path",
                table: "models",
                column: "model_path");

            migrationBuilder.CreateIndex(
                name: "idx_models_status",
                table: "models",
                column: "status");

            migrationBuilder.CreateIndex(
                name: "idx_models_type",
                table: "models",
                column: "type");

            migrationBuilder.CreateIndex(
                name: "idx_models_uid",
                table: "models",
                column: "uid",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_images_category",
                table: "ngc_images",
                column: "category");

            migrationBuilder.CreateIndex(
                name: "idx_images_identity",
                table: "ngc_images",
                columns: new[] { "registry", "organization", "team", "name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_images_org",
                table: "ngc_images",
                column: "organization");

            migrationBuilder.CreateIndex(
                name: "idx_parameter_templates_name",
                table: "parameter_templates",
                column: "name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_project_quotas_path",
                table: "project_quotas",
                column: "project_path",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_metrics_container",
                table: "resource_metrics",
                columns: new[] { "container_id", "timestamp" });

            migrationBuilder.CreateIndex(
                name: "idx_resource_metrics_timestamp",
                table: "resource_metrics",
                column: "timestamp");

            migrationBuilder.CreateIndex(
                name: "idx_stats_created",
                table: "stats",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "idx_stats_model",
                table: "stats",
                column: "model_name");

            migrationBuilder.CreateIndex(
                name: "idx_stats_session",
                table: "stats",
                column: "session_id");

            migrationBuilder.CreateIndex(
                name: "idx_stats_daily_day_model",
                table: "stats_daily",
                columns: new[] { "day", "model_name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_snapshots_timestamp",
                table: "system_snapshots",
                column: "timestamp");

            migrationBuilder.CreateIndex(
                name: "idx_users_name",
                table: "users",
                column: "name",
                unique: true);

            migrationBuilder.Sql("""
                CREATE VIEW v_active_containers AS
                SELECT c.container_name, c.image_name, c.project_path, c.status, c.cpu_limit, c.memory_limit_gb, c.gpu_devices, c.created_at, c.started_at,
                       (SELECT round(avg(m.cpu_percent), 2) FROM resource_metrics m
                        WHERE m.container_id = c.container_id AND m.timestamp > CAST(strftime('%s', 'now') AS INTEGER) * 1000 - 300000) AS avg_cpu,
                       (SELECT round(avg(m.memory_used_gb), 2) FROM resource_metrics m
                        WHERE m.container_id = c.container_id AND m.timestamp > CAST(strftime('%s', 'now') AS INTEGER) * 1000 - 300000) AS avg_memory_gb
                FROM container_instances c
                WHERE c.status = 'running';
                """);
            migrationBuilder.Sql("""
                CREATE VIEW v_system_summary AS
                SELECT avg(cpu_percent) AS avg_cpu_percent, max(cpu_percent) AS max_cpu_percent,
                       avg(memory_percent) AS avg_memory_percent, max(memory_percent) AS max_memory_percent,
                       avg(memory_available_gb) AS avg_available_gb, count(*) AS snapshot_count
                FROM system_snapshots
                WHERE timestamp > CAST(strftime('%s', 'now') AS INTEGER) * 1000 - 3600000;
                """);
            migrationBuilder.Sql("""
                INSERT INTO project_quotas (project_path, current_containers, current_cpu_cores, current_memory_gb, current_gpus, created_at, updated_at)
                VALUES ('default', 0, 0, 0, 0, CAST(strftime('%s', 'now') AS INTEGER) * 1000, CAST(strftime('%s', 'now') AS INTEGER) * 1000);
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP VIEW v_active_containers; DROP VIEW v_system_summary;");

            migrationBuilder.DropTable(
                name: "alerts");

            migrationBuilder.DropTable(
                name: "api_cache");

            migrationBuilder.DropTable(
                name: "api_keys");

            migrationBuilder.DropTable(
                name: "audit_log");

            migrationBuilder.DropTable(
                name: "cache");

            migrationBuilder.DropTable(
                name: "config");

            migrationBuilder.DropTable(
                name: "config_revisions");

            migrationBuilder.DropTable(
                name: "downloads");

            migrationBuilder.DropTable(
                name: "engines");

            migrationBuilder.DropTable(
                name: "gpu_allocations");

            migrationBuilder.DropTable(
                name: "health_checks");

            migrationBuilder.DropTable(
                name: "ignored_files");

            migrationBuilder.DropTable(
                name: "image_versions");

            migrationBuilder.DropTable(
                name: "import_leftovers");

            migrationBuilder.DropTable(
                name: "logs");

            migrationBuilder.DropTable(
                name: "metadata");

            migrationBuilder.DropTable(
                name: "metrics");

            migrationBuilder.DropTable(
                name: "metrics_history");

            migrationBuilder.DropTable(
                name: "model_advanced_config");

            migrationBuilder.DropTable(
                name: "model_aliases");

            migrationBuilder.DropTable(
                name: "model_fit_params");

            migrationBuilder.DropTable(
                name: "model_gpu_config");

            migrationBuilder.DropTable(
                name: "model_lora_config");

            migrationBuilder.DropTable(
                name: "model_memory_config");

            migrationBuilder.DropTable(
                name: "model_multimodal_config");

            migrationBuilder.DropTable(
                name: "model_runtime");

            migrationBuilder.DropTable(
                name: "model_sampling_config");

            migrationBuilder.DropTable(
                name: "model_server_config");

            migrationBuilder.DropTable(
                name: "model_server_override");

            migrationBuilder.DropTable(
                name: "parameter_templates");

            migrationBuilder.DropTable(
                name: "project_quotas");

            migrationBuilder.DropTable(
                name: "resource_metrics");

            migrationBuilder.DropTable(
                name: "schema_version");

            migrationBuilder.DropTable(
                name: "server_config");

            migrationBuilder.DropTable(
                name: "stats");

            migrationBuilder.DropTable(
                name: "stats_daily");

            migrationBuilder.DropTable(
                name: "system_snapshots");

            migrationBuilder.DropTable(
                name: "users");

            migrationBuilder.DropTable(
                name: "ngc_images");

            migrationBuilder.DropTable(
                name: "container_instances");

            migrationBuilder.DropTable(
                name: "models");
        }
    }
}
