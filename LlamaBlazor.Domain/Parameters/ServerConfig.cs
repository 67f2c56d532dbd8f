namespace LlamaBlazor.Domain.Parameters;

/// <summary>
/// Defaults of every llama-server we start: the single row of <c>model_server_config</c>, which belongs to no model.
/// Every setting is nullable: null says nothing to llama-server, which then uses its own default (docs/adr/002-nullable-parameters.md).
/// </summary>
public sealed class ServerConfig : ConfigRecord
{
    /// <summary>Address to listen on, or a path ending in .sock. <c>--host</c>.</summary>
    public string? Host { get; set; }

    /// <summary>TCP port to listen on. <c>--port</c>, 0 to 65535.</summary>
    public long? Port { get; set; }

    /// <summary>Path prefix in front of every endpoint. <c>--api-prefix</c>.</summary>
    public string? ApiPrefix { get; set; }

    /// <summary>Directory of static files to serve instead of the built-in page. <c>--path</c>.</summary>
    public string? Path { get; set; }

    /// <summary>Default settings of the web page, as JSON. <c>--ui-config</c>.</summary>
    public string? Webui { get; set; }

    /// <summary>File with the default settings of the web page. <c>--ui-config-file</c>.</summary>
    public string? WebuiConfigFile { get; set; }

    /// <summary>Serve the built-in web page. <c>--ui</c>.</summary>
    public bool? NoWebui { get; set; }

    /// <summary>Serve embeddings only. <c>--embedding</c>.</summary>
    public bool? Embeddings { get; set; }

    /// <summary>Serve the reranking endpoint. <c>--rerank</c>.</summary>
    public bool? Reranking { get; set; }

    /// <summary>Serve Prometheus counters at /metrics. <c>--metrics</c>.</summary>
    public bool? MetricsEnabled { get; set; }

    /// <summary>Allow POST /props. <c>--props</c>.</summary>
    public bool? PropsEnabled { get; set; }

    /// <summary>Serve slot states at /slots. <c>--slots</c>.</summary>
    public bool? SlotsEnabled { get; set; }

    /// <summary>Keys a client must present. <c>--api-key</c>.</summary>
    public string? ApiKey { get; set; }

    /// <summary>File with one key per line, # starts a comment. <c>--api-key-file</c>.</summary>
    public string? ApiKeyFile { get; set; }

    /// <summary>TLS private key, PEM. <c>--ssl-key-file</c>.</summary>
    public string? SslKeyFile { get; set; }

    /// <summary>TLS certificate, PEM. <c>--ssl-cert-file</c>.</summary>
    public string? SslCertFile { get; set; }

    /// <summary>Seconds before a socket read or write gives up. <c>--timeout</c>, 1 to ….</summary>
    public long? Timeout { get; set; }

    /// <summary>HTTP worker threads (below 1: max of slots+4 and CPUs-1). <c>--threads-http</c>.</summary>
    public long? ThreadsHttp { get; set; }

    /// <summary>Smallest chunk to reuse by shifting the KV cache (0: off). <c>--cache-reuse</c>, 0 to ….</summary>
    public long? CacheReuse { get; set; }

    /// <summary>Existing directory for saved slot caches. <c>--slot-save-path</c>.</summary>
    public string? SlotSavePath { get; set; }

    /// <summary>Existing directory from which file:// pictures may be read. <c>--media-path</c>.</summary>
    public string? MediaPath { get; set; }

    /// <summary>Router: directory of GGUF files to offer. <c>--models-dir</c>.</summary>
    public string? ModelsDir { get; set; }

    /// <summary>Router: INI file with per-model settings. <c>--models-preset</c>.</summary>
    public string? ModelsPreset { get; set; }

    /// <summary>Router: models loaded at once (0: no limit). <c>--models-max</c>, 0 to ….</summary>
    public long? ModelsMax { get; set; }

    /// <summary>Router: load a model when a request names it. <c>--models-autoload</c>.</summary>
    public bool? ModelsAutoload { get; set; }

    /// <summary>Render chats with the Jinja engine. <c>--jinja</c>.</summary>
    public bool? Jinja { get; set; }

    /// <summary>Built-in template name or Jinja text (unset: from the model). <c>--chat-template</c>.</summary>
    public string? ChatTemplate { get; set; }

    /// <summary>File with the Jinja chat template. <c>--chat-template-file</c>.</summary>
    public string? ChatTemplateFile { get; set; }

    /// <summary>Extra values for the chat template, a JSON object. <c>--chat-template-kwargs</c>.</summary>
    public string? ChatTemplateKwargs { get; set; }

    /// <summary>Continue a trailing assistant message. <c>--prefill-assistant</c>.</summary>
    public bool? PrefillAssistant { get; set; }

    /// <summary>Most context snapshots kept per slot. <c>--ctx-checkpoints</c>, 0 to ….</summary>
    public long? CtxCheckpoints { get; set; }

    /// <summary>Print the prompt in full. llama-server dropped the flag on 2026-03-27: kept for compatibility, never emitted.</summary>
    public bool? VerbosePrompt { get; set; }

    /// <summary>Run one empty pass after loading. <c>--warmup</c>.</summary>
    public bool? Warmup { get; set; }

    /// <summary>Order infill as suffix, prefix, middle. <c>--spm-infill</c>.</summary>
    public bool? SpmInfill { get; set; }

    /// <summary>Write no log at all. <c>--log-disable</c>.</summary>
    public bool? LogDisable { get; set; }

    /// <summary>Also write the log to this file. <c>--log-file</c>.</summary>
    public string? LogFile { get; set; }

    /// <summary>Coloured log: on, off or auto (auto: only on a terminal). <c>--log-colors</c>.</summary>
    public string? LogColors { get; set; }

    /// <summary>Log detail: 0 output, 1 error, 2 warn, 3 info, 4 trace, 5 debug. <c>--verbosity</c>, 0 to ….</summary>
    public long? LogVerbose { get; set; }

    /// <summary>Put the level letter before each log line. <c>--log-prefix</c>.</summary>
    public bool? LogPrefix { get; set; }

    /// <summary>Put the elapsed time before each log line. <c>--log-timestamps</c>.</summary>
    public bool? LogTimestamps { get; set; }

    /// <summary>Tokens between two context snapshots (0: no minimum). <c>--checkpoint-min-step</c>, 0 to ….</summary>
    public long? CheckpointMinStep { get; set; }

    /// <summary>Let several processes share the port. <c>--reuse-port</c>.</summary>
    public bool? ReusePort { get; set; }

    /// <summary>Let the web page reach MCP servers through this one (unsafe). <c>--ui-mcp-proxy</c>.</summary>
    public bool? UiMcpProxy { get; set; }

    /// <summary>Built-in agent tools to expose (unsafe). <c>--tools</c>.</summary>
    public string? Tools { get; set; }

    /// <summary>Turn on all built-in tools and the proxy (unsafe). <c>--agent</c>.</summary>
    public bool? Agent { get; set; }

    /// <summary>Seconds between keep-alive comments in streams (-1: off). <c>--sse-ping-interval</c>, -1 to ….</summary>
    public long? SsePingInterval { get; set; }

    /// <summary>Prompt match needed to reuse a slot (0: off). <c>--slot-prompt-similarity</c>, 0 to 1.</summary>
    public double? SlotPromptSimilarity { get; set; }

    /// <summary>Directory to write every prompt to (debugging). <c>--log-prompts-dir</c>.</summary>
    public string? LogPromptsDir { get; set; }

    /// <summary>Log everything. <c>--verbose</c>.</summary>
    public bool? Verbose { get; set; }

    /// <summary>Environment variables of every engine, a JSON object of names and values.</summary>
    public string? Environment { get; set; }
}
