using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LlamaBlazor.Web.Data.Migrations
{
    /// <inheritdoc />
    public partial class SettingsWithoutSeedColumn : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "alias",
                table: "models",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "hf_repo_v",
                table: "models",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "keep",
                table: "models",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "model_vocoder",
                table: "models",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "checkpoint_min_step",
                table: "model_server_override",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "slot_prompt_similarity",
                table: "model_server_override",
                type: "REAL",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "agent",
                table: "model_server_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "checkpoint_min_step",
                table: "model_server_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "log_prompts_dir",
                table: "model_server_config",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "reuse_port",
                table: "model_server_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "slot_prompt_similarity",
                table: "model_server_config",
                type: "REAL",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "sse_ping_interval",
                table: "model_server_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "tools",
                table: "model_server_config",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "ui_mcp_proxy",
                table: "model_server_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "verbose",
                table: "model_server_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "adaptive_decay",
                table: "model_sampling_config",
                type: "REAL",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "adaptive_target",
                table: "model_sampling_config",
                type: "REAL",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "backend_sampling",
                table: "model_sampling_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "reverse_prompt",
                table: "model_sampling_config",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "special",
                table: "model_sampling_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "mtmd_batch_max_tokens",
                table: "model_multimodal_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "tts_use_guide_tokens",
                table: "model_multimodal_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "cache_idle_slots",
                table: "model_memory_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "cache_prompt",
                table: "model_memory_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "direct_io",
                table: "model_memory_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "cpu_mask_batch_draft",
                table: "model_lora_config",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "cpu_mask_draft",
                table: "model_lora_config",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "cpu_range_draft",
                table: "model_lora_config",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "cpu_strict_batch_draft",
                table: "model_lora_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "cpu_strict_draft",
                table: "model_lora_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "draft_backend_sampling",
                table: "model_lora_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "draft_p_split",
                table: "model_lora_config",
                type: "REAL",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "lookup_cache_dynamic",
                table: "model_lora_config",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "lookup_cache_static",
                table: "model_lora_config",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "lora_init_without_apply",
                table: "model_lora_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "override_tensor_draft",
                table: "model_lora_config",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "polling_batch_draft",
                table: "model_lora_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "polling_draft",
                table: "model_lora_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "priority_batch_draft",
                table: "model_lora_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "priority_draft",
                table: "model_lora_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "spec_default",
                table: "model_lora_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "spec_ngram_map_k4v_min_hits",
                table: "model_lora_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "spec_ngram_map_k4v_size_m",
                table: "model_lora_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "spec_ngram_map_k4v_size_n",
                table: "model_lora_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "spec_ngram_map_k_min_hits",
                table: "model_lora_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "spec_ngram_map_k_size_m",
                table: "model_lora_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "spec_ngram_map_k_size_n",
                table: "model_lora_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "spec_ngram_mod_n_match",
                table: "model_lora_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "spec_ngram_mod_n_max",
                table: "model_lora_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "spec_ngram_mod_n_min",
                table: "model_lora_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "spec_ngram_simple_min_hits",
                table: "model_lora_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "spec_ngram_simple_size_m",
                table: "model_lora_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "spec_ngram_simple_size_n",
                table: "model_lora_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "spec_type",
                table: "model_lora_config",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "embd_normalize",
                table: "model_advanced_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "perf",
                table: "model_advanced_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "reasoning",
                table: "model_advanced_config",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "reasoning_budget_message",
                table: "model_advanced_config",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "reasoning_preserve",
                table: "model_advanced_config",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "skip_chat_parsing",
                table: "model_advanced_config",
                type: "INTEGER",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "alias",
                table: "models");

            migrationBuilder.DropColumn(
                name: "hf_repo_v",
                table: "models");

            migrationBuilder.DropColumn(
                name: "keep",
                table: "models");

            migrationBuilder.DropColumn(
                name: "model_vocoder",
                table: "models");

            migrationBuilder.DropColumn(
                name: "checkpoint_min_step",
                table: "model_server_override");

            migrationBuilder.DropColumn(
                name: "slot_prompt_similarity",
                table: "model_server_override");

            migrationBuilder.DropColumn(
                name: "agent",
                table: "model_server_config");

            migrationBuilder.DropColumn(
                name: "checkpoint_min_step",
                table: "model_server_config");

            migrationBuilder.DropColumn(
                name: "log_prompts_dir",
                table: "model_server_config");

            migrationBuilder.DropColumn(
                name: "reuse_port",
                table: "model_server_config");

            migrationBuilder.DropColumn(
                name: "slot_prompt_similarity",
                table: "model_server_config");

            migrationBuilder.DropColumn(
                name: "sse_ping_interval",
                table: "model_server_config");

            migrationBuilder.DropColumn(
                name: "tools",
                table: "model_server_config");

            migrationBuilder.DropColumn(
                name: "ui_mcp_proxy",
                table: "model_server_config");

            migrationBuilder.DropColumn(
                name: "verbose",
                table: "model_server_config");

            migrationBuilder.DropColumn(
                name: "adaptive_decay",
                table: "model_sampling_config");

            migrationBuilder.DropColumn(
                name: "adaptive_target",
                table: "model_sampling_config");

            migrationBuilder.DropColumn(
                name: "backend_sampling",
                table: "model_sampling_config");

            migrationBuilder.DropColumn(
                name: "reverse_prompt",
                table: "model_sampling_config");

            migrationBuilder.DropColumn(
                name: "special",
                table: "model_sampling_config");

            migrationBuilder.DropColumn(
                name: "mtmd_batch_max_tokens",
                table: "model_multimodal_config");

            migrationBuilder.DropColumn(
                name: "tts_use_guide_tokens",
                table: "model_multimodal_config");

            migrationBuilder.DropColumn(
                name: "cache_idle_slots",
                table: "model_memory_config");

            migrationBuilder.DropColumn(
                name: "cache_prompt",
                table: "model_memory_config");

            migrationBuilder.DropColumn(
                name: "direct_io",
                table: "model_memory_config");

            migrationBuilder.DropColumn(
                name: "cpu_mask_batch_draft",
                table: "model_lora_config");

            migrationBuilder.DropColumn(
                name: "cpu_mask_draft",
                table: "model_lora_config");

            migrationBuilder.DropColumn(
                name: "cpu_range_draft",
                table: "model_lora_config");

            migrationBuilder.DropColumn(
                name: "cpu_strict_batch_draft",
                table: "model_lora_config");

            migrationBuilder.DropColumn(
                name: "cpu_strict_draft",
                table: "model_lora_config");

            migrationBuilder.DropColumn(
                name: "draft_backend_sampling",
                table: "model_lora_config");

            migrationBuilder.DropColumn(
                name: "draft_p_split",
                table: "model_lora_config");

            migrationBuilder.DropColumn(
                name: "lookup_cache_dynamic",
                table: "model_lora_config");

            migrationBuilder.DropColumn(
                name: "lookup_cache_static",
                table: "model_lora_config");

            migrationBuilder.DropColumn(
                name: "lora_init_without_apply",
                table: "model_lora_config");

            migrationBuilder.DropColumn(
                name: "override_tensor_draft",
                table: "model_lora_config");

            migrationBuilder.DropColumn(
                name: "polling_batch_draft",
                table: "model_lora_config");

            migrationBuilder.DropColumn(
                name: "polling_draft",
                table: "model_lora_config");

            migrationBuilder.DropColumn(
                name: "priority_batch_draft",
                table: "model_lora_config");

            migrationBuilder.DropColumn(
                name: "priority_draft",
                table: "model_lora_config");

            migrationBuilder.DropColumn(
                name: "spec_default",
                table: "model_lora_config");

            migrationBuilder.DropColumn(
                name: "spec_ngram_map_k4v_min_hits",
                table: "model_lora_config");

            migrationBuilder.DropColumn(
                name: "spec_ngram_map_k4v_size_m",
                table: "model_lora_config");

            migrationBuilder.DropColumn(
                name: "spec_ngram_map_k4v_size_n",
                table: "model_lora_config");

            migrationBuilder.DropColumn(
                name: "spec_ngram_map_k_min_hits",
                table: "model_lora_config");

            migrationBuilder.DropColumn(
                name: "spec_ngram_map_k_size_m",
                table: "model_lora_config");

            migrationBuilder.DropColumn(
                name: "spec_ngram_map_k_size_n",
                table: "model_lora_config");

            migrationBuilder.DropColumn(
                name: "spec_ngram_mod_n_match",
                table: "model_lora_config");

            migrationBuilder.DropColumn(
                name: "spec_ngram_mod_n_max",
                table: "model_lora_config");

            migrationBuilder.DropColumn(
                name: "spec_ngram_mod_n_min",
                table: "model_lora_config");

            migrationBuilder.DropColumn(
                name: "spec_ngram_simple_min_hits",
                table: "model_lora_config");

            migrationBuilder.DropColumn(
                name: "spec_ngram_simple_size_m",
                table: "model_lora_config");

            migrationBuilder.DropColumn(
                name: "spec_ngram_simple_size_n",
                table: "model_lora_config");

            migrationBuilder.DropColumn(
                name: "spec_type",
                table: "model_lora_config");

            migrationBuilder.DropColumn(
                name: "embd_normalize",
                table: "model_advanced_config");

            migrationBuilder.DropColumn(
                name: "perf",
                table: "model_advanced_config");

            migrationBuilder.DropColumn(
                name: "reasoning",
                table: "model_advanced_config");

            migrationBuilder.DropColumn(
                name: "reasoning_budget_message",
                table: "model_advanced_config");

            migrationBuilder.DropColumn(
                name: "reasoning_preserve",
                table: "model_advanced_config");

            migrationBuilder.DropColumn(
                name: "skip_chat_parsing",
                table: "model_advanced_config");
        }
    }
}
