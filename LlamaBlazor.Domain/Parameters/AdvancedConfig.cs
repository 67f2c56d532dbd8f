namespace LlamaBlazor.Domain.Parameters;

/// <summary>
/// Experimental and rarely needed options: one row of <c>model_advanced_config</c> a model.
/// Every setting is nullable: null says nothing to llama-server, which then uses its own default (docs/adr/002-nullable-parameters.md).
/// </summary>
public sealed class AdvancedConfig : ModelConfigRecord
{
    /// <summary>Give sliding-window layers a full-size cache. <c>--swa-full</c>.</summary>
    public bool? SwaFull { get; set; }

    /// <summary>Send tensors matching a pattern to a given buffer type. <c>--override-tensor</c>.</summary>
    public string? OverrideTensor { get; set; }

    /// <summary>Keep all expert weights in system memory. <c>--cpu-moe</c>.</summary>
    public bool? CpuMoe { get; set; }

    /// <summary>Lowest N layers whose experts stay in system memory. <c>--n-cpu-moe</c>, 0 to ….</summary>
    public long? NCpuMoe { get; set; }

    /// <summary>Share one KV buffer between all slots (unset: only with auto slots). <c>--kv-unified</c>.</summary>
    public bool? KvUnified { get; set; }

    /// <summary>How embeddings are pooled (unset: from the model). <c>--pooling</c>.</summary>
    public string? Pooling { get; set; }

    /// <summary>Drop the oldest tokens when the context is full. <c>--context-shift</c>.</summary>
    public bool? ContextShift { get; set; }

    /// <summary>Remote RPC compute servers, host:port. <c>--rpc</c>.</summary>
    public string? Rpc { get; set; }

    /// <summary>Use only cached models, no network. <c>--offline</c>.</summary>
    public bool? Offline { get; set; }

    /// <summary>Replace model metadata: key=type:value. <c>--override-kv</c>.</summary>
    public string? OverrideKv { get; set; }

    /// <summary>Run host tensor operations on the GPU. <c>--op-offload</c>.</summary>
    public bool? OpOffload { get; set; }

    /// <summary>Let the server adapt unset settings to free memory. <c>--fit</c>.</summary>
    public string? Fit { get; set; }

    /// <summary>MiB to leave free on each GPU. <c>--fit-target</c>.</summary>
    public string? FitTarget { get; set; }

    /// <summary>Smallest context the fitter may choose. <c>--fit-ctx</c>, 0 to ….</summary>
    public long? FitCtx { get; set; }

    /// <summary>Look for invalid numbers in the weights while loading. <c>--check-tensors</c>.</summary>
    public bool? CheckTensors { get; set; }

    /// <summary>Idle seconds before the model is unloaded (-1: never). <c>--sleep-idle-seconds</c>, -1 to ….</summary>
    public long? SleepIdleSeconds { get; set; }

    /// <summary>How much threads busy-wait for work, 0 to 100. <c>--poll</c>, 0 to 100.</summary>
    public long? Polling { get; set; }

    /// <summary>Busy-wait for prompt threads (unset: as --poll). <c>--poll-batch</c>.</summary>
    public long? PollingBatch { get; set; }

    /// <summary>Where thinking text goes in the answer. <c>--reasoning-format</c>.</summary>
    public string? ReasoningFormat { get; set; }

    /// <summary>Tokens a model may think (-1: free, 0: none). <c>--reasoning-budget</c>, -1 to ….</summary>
    public long? ReasoningBudget { get; set; }

    /// <summary>Flags without a column, as a JSON object {"--flag": value | true | [values]}.</summary>
    public string? CustomParams { get; set; }

    /// <summary>Keep internal timing counters. <c>--perf</c>.</summary>
    public bool? Perf { get; set; }

    /// <summary>Embedding scaling: -1 none, 0 int16, 1 taxicab, 2 Euclid, &gt;2 p-norm. <c>--embd-normalize</c>, -1 to ….</summary>
    public long? EmbdNormalize { get; set; }

    /// <summary>Thinking mode of the chat template. <c>--reasoning</c>.</summary>
    public string? Reasoning { get; set; }

    /// <summary>Text inserted when the thinking budget runs out. <c>--reasoning-budget-message</c>.</summary>
    public string? ReasoningBudgetMessage { get; set; }

    /// <summary>Keep earlier thinking in the history (unset: template decides). <c>--reasoning-preserve</c>.</summary>
    public bool? ReasoningPreserve { get; set; }

    /// <summary>Return raw text: no thinking or tool-call extraction. <c>--skip-chat-parsing</c>.</summary>
    public bool? SkipChatParsing { get; set; }
}
