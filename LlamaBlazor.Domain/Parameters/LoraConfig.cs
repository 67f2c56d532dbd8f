namespace LlamaBlazor.Domain.Parameters;

/// <summary>
/// Adapters and speculative decoding: one row of <c>model_lora_config</c> a model.
/// Every setting is nullable: null says nothing to llama-server, which then uses its own default (docs/adr/002-nullable-parameters.md).
/// </summary>
public sealed class LoraConfig : ModelConfigRecord
{
    /// <summary>LoRA adapter files to load. <c>--lora</c>.</summary>
    public string? Lora { get; set; }

    /// <summary>LoRA adapter files with a strength, file:scale. <c>--lora-scaled</c>.</summary>
    public string? LoraScaled { get; set; }

    /// <summary>Control vector files to apply. <c>--control-vector</c>.</summary>
    public string? ControlVector { get; set; }

    /// <summary>Control vector files with a strength, file:scale. <c>--control-vector-scaled</c>.</summary>
    public string? ControlVectorScaled { get; set; }

    /// <summary>First and last layer the control vectors act on. <c>--control-vector-layer-range</c>.</summary>
    public string? ControlVectorLayerRange { get; set; }

    /// <summary>GGUF file of the draft model. <c>--spec-draft-model</c>.</summary>
    public string? ModelDraft { get; set; }

    /// <summary>Address of a draft model. llama-server has no such flag: the file is downloaded by the dashboard and passed as
    /// <see cref="ModelDraft"/>.</summary>
    public string? ModelUrlDraft { get; set; }

    /// <summary>Context of the draft model. llama.cpp removed the flag on 2026-05-11: kept for compatibility, never emitted.</summary>
    public long? CtxSizeDraft { get; set; }

    /// <summary>CPU threads of the draft model (unset: as main model). <c>--spec-draft-threads</c>.</summary>
    public long? ThreadsDraft { get; set; }

    /// <summary>Prompt threads of the draft model (unset: as main model). <c>--spec-draft-threads-batch</c>.</summary>
    public long? ThreadsBatchDraft { get; set; }

    /// <summary>Most tokens to draft per step. <c>--spec-draft-n-max</c>, 0 to ….</summary>
    public long? DraftMax { get; set; }

    /// <summary>Fewest drafted tokens worth checking. <c>--spec-draft-n-min</c>, 0 to ….</summary>
    public long? DraftMin { get; set; }

    /// <summary>Confidence below which drafting stops. <c>--spec-draft-p-min</c>, 0 to 1.</summary>
    public double? DraftPMin { get; set; }

    /// <summary>Number format of the draft model cached keys. <c>--spec-draft-type-k</c>.</summary>
    public string? CacheTypeKDraft { get; set; }

    /// <summary>Number format of the draft model cached values. <c>--spec-draft-type-v</c>.</summary>
    public string? CacheTypeVDraft { get; set; }

    /// <summary>Keep all draft expert weights in system memory. <c>--spec-draft-cpu-moe</c>.</summary>
    public bool? CpuMoeDraft { get; set; }

    /// <summary>Draft layers whose experts stay in system memory. <c>--spec-draft-n-cpu-moe</c>, 0 to ….</summary>
    public long? NCpuMoeDraft { get; set; }

    /// <summary>Draft layers on the GPU: a number, auto or all. <c>--spec-draft-ngl</c>.</summary>
    public string? NGpuLayersDraft { get; set; }

    /// <summary>Devices for the draft model. <c>--spec-draft-device</c>.</summary>
    public string? DeviceDraft { get; set; }

    /// <summary>Text translation between target and draft. llama.cpp removed the flag on 2026-05-11: kept for compatibility, never
    /// emitted.</summary>
    public string? SpecReplace { get; set; }

    /// <summary>Read-only n-gram cache file for ngram-cache drafting. <c>--lookup-cache-static</c>.</summary>
    public string? LookupCacheStatic { get; set; }

    /// <summary>N-gram cache file that generation updates. <c>--lookup-cache-dynamic</c>.</summary>
    public string? LookupCacheDynamic { get; set; }

    /// <summary>Load adapters without applying them; apply later over the API. <c>--lora-init-without-apply</c>.</summary>
    public bool? LoraInitWithoutApply { get; set; }

    /// <summary>Hex CPU mask of the draft model. <c>--spec-draft-cpu-mask</c>.</summary>
    public string? CpuMaskDraft { get; set; }

    /// <summary>CPU range of the draft model. <c>--spec-draft-cpu-range</c>.</summary>
    public string? CpuRangeDraft { get; set; }

    /// <summary>Pin draft threads to their CPU. <c>--spec-draft-cpu-strict</c>.</summary>
    public long? CpuStrictDraft { get; set; }

    /// <summary>Priority of draft threads. <c>--spec-draft-prio</c>, 0 to 3.</summary>
    public long? PriorityDraft { get; set; }

    /// <summary>Busy-wait of draft threads. <c>--spec-draft-poll</c>.</summary>
    public long? PollingDraft { get; set; }

    /// <summary>Hex CPU mask of draft prompt threads. <c>--spec-draft-cpu-mask-batch</c>.</summary>
    public string? CpuMaskBatchDraft { get; set; }

    /// <summary>Pin draft prompt threads to their CPU. <c>--spec-draft-cpu-strict-batch</c>.</summary>
    public long? CpuStrictBatchDraft { get; set; }

    /// <summary>Priority of draft prompt threads. <c>--spec-draft-prio-batch</c>, 0 to 3.</summary>
    public long? PriorityBatchDraft { get; set; }

    /// <summary>Busy-wait of draft prompt threads. <c>--spec-draft-poll-batch</c>.</summary>
    public long? PollingBatchDraft { get; set; }

    /// <summary>Buffer type per draft tensor pattern. <c>--spec-draft-override-tensor</c>.</summary>
    public string? OverrideTensorDraft { get; set; }

    /// <summary>Probability at which a draft branches. <c>--spec-draft-p-split</c>, 0 to 1.</summary>
    public double? DraftPSplit { get; set; }

    /// <summary>Sample draft tokens on the GPU. <c>--spec-draft-backend-sampling</c>.</summary>
    public bool? DraftBackendSampling { get; set; }

    /// <summary>Speculative decoding methods to use. <c>--spec-type</c>.</summary>
    public string? SpecType { get; set; }

    /// <summary>Fewest tokens an ngram-mod draft may have. <c>--spec-ngram-mod-n-min</c>, 0 to 1024.</summary>
    public long? SpecNgramModNMin { get; set; }

    /// <summary>Most tokens an ngram-mod draft may have. <c>--spec-ngram-mod-n-max</c>, 0 to 1024.</summary>
    public long? SpecNgramModNMax { get; set; }

    /// <summary>Match length for ngram-mod. <c>--spec-ngram-mod-n-match</c>, 1 to 1024.</summary>
    public long? SpecNgramModNMatch { get; set; }

    /// <summary>Tokens to match before drafting (ngram-simple). <c>--spec-ngram-simple-size-n</c>, 1 to 1024.</summary>
    public long? SpecNgramSimpleSizeN { get; set; }

    /// <summary>Tokens to draft after a match (ngram-simple). <c>--spec-ngram-simple-size-m</c>, 1 to 1024.</summary>
    public long? SpecNgramSimpleSizeM { get; set; }

    /// <summary>Times a pattern must recur before drafting (ngram-simple). <c>--spec-ngram-simple-min-hits</c>, 1 to 65535.</summary>
    public long? SpecNgramSimpleMinHits { get; set; }

    /// <summary>Tokens to match before drafting (ngram-map-k). <c>--spec-ngram-map-k-size-n</c>, 1 to 1024.</summary>
    public long? SpecNgramMapKSizeN { get; set; }

    /// <summary>Tokens to draft after a match (ngram-map-k). <c>--spec-ngram-map-k-size-m</c>, 1 to 1024.</summary>
    public long? SpecNgramMapKSizeM { get; set; }

    /// <summary>Times a pattern must recur before drafting (ngram-map-k). <c>--spec-ngram-map-k-min-hits</c>, 1 to 65535.</summary>
    public long? SpecNgramMapKMinHits { get; set; }

    /// <summary>Tokens to match before drafting (ngram-map-k4v). <c>--spec-ngram-map-k4v-size-n</c>, 1 to 1024.</summary>
    public long? SpecNgramMapK4vSizeN { get; set; }

    /// <summary>Tokens to draft after a match (ngram-map-k4v). <c>--spec-ngram-map-k4v-size-m</c>, 1 to 1024.</summary>
    public long? SpecNgramMapK4vSizeM { get; set; }

    /// <summary>Times a pattern must recur before drafting (ngram-map-k4v). <c>--spec-ngram-map-k4v-min-hits</c>, 1 to 65535.</summary>
    public long? SpecNgramMapK4vMinHits { get; set; }

    /// <summary>Ready-made setup: ngram-mod drafting, match 24, 48 to 64 tokens. <c>--spec-default</c>.</summary>
    public bool? SpecDefault { get; set; }
}
