namespace LlamaBlazor.Domain.Parameters;

/// <summary>
/// What one model says instead of <see cref="ServerConfig"/>: one row of <c>model_server_override</c>, with the server settings that are
/// per model in truth (parameters.md, a).
/// Null inherits the server setting.
/// </summary>
public sealed class ServerOverride : ModelConfigRecord
{
    /// <summary>Serve embeddings only. <c>--embedding</c>.</summary>
    public bool? Embeddings { get; set; }

    /// <summary>Serve the reranking endpoint. <c>--rerank</c>.</summary>
    public bool? Reranking { get; set; }

    /// <summary>Smallest chunk to reuse by shifting the KV cache (0: off). <c>--cache-reuse</c>, 0 to ….</summary>
    public long? CacheReuse { get; set; }

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

    /// <summary>Run one empty pass after loading. <c>--warmup</c>.</summary>
    public bool? Warmup { get; set; }

    /// <summary>Order infill as suffix, prefix, middle. <c>--spm-infill</c>.</summary>
    public bool? SpmInfill { get; set; }

    /// <summary>Tokens between two context snapshots. <c>--checkpoint-min-step</c>, 0 to ….</summary>
    public long? CheckpointMinStep { get; set; }

    /// <summary>How alike a prompt must be to reuse a slot. <c>--slot-prompt-similarity</c>, 0 to 1.</summary>
    public double? SlotPromptSimilarity { get; set; }

    /// <summary>Existing directory for saved slot caches. <c>--slot-save-path</c>.</summary>
    public string? SlotSavePath { get; set; }

    /// <summary>Existing directory from which file:// pictures may be read. <c>--media-path</c>.</summary>
    public string? MediaPath { get; set; }

    /// <summary>Serve slot states at /slots. <c>--slots</c>.</summary>
    public bool? SlotsEnabled { get; set; }

    /// <summary>Allow POST /props. <c>--props</c>.</summary>
    public bool? PropsEnabled { get; set; }

    /// <summary>Leave out the built-in web page. <c>--no-ui</c>.</summary>
    public bool? NoWebui { get; set; }

    /// <summary>Log everything. <c>--verbose</c>.</summary>
    public bool? Verbose { get; set; }

    /// <summary>Log detail, 0 (output) to 5 (debug). <c>--verbosity</c>.</summary>
    public long? LogVerbose { get; set; }

    /// <summary>Environment variables of its engine, a JSON object; on top of those of the server settings, null takes one away.</summary>
    public string? Environment { get; set; }
}
