namespace LlamaBlazor.Domain.Parameters;

/// <summary>
/// How tokens are chosen and constrained: one row of <c>model_sampling_config</c> a model.
/// Every setting is nullable: null says nothing to llama-server, which then uses its own default (docs/adr/002-nullable-parameters.md).
/// </summary>
public sealed class SamplingConfig : ModelConfigRecord
{
    /// <summary>Randomness; 0 always takes the likeliest token. <c>--temp</c>, 0 to ….</summary>
    public double? Temperature { get; set; }

    /// <summary>Keep only the K likeliest tokens (0: off). <c>--top-k</c>, 0 to ….</summary>
    public long? TopK { get; set; }

    /// <summary>Keep the likeliest tokens up to this total (1: off). <c>--top-p</c>, 0 to 1.</summary>
    public double? TopP { get; set; }

    /// <summary>Drop tokens below this share of the best one (0: off). <c>--min-p</c>, 0 to 1.</summary>
    public double? MinP { get; set; }

    /// <summary>Keep tokens within N deviations of the best (-1: off). <c>--top-nsigma</c>.</summary>
    public double? TopNsigma { get; set; }

    /// <summary>Chance of removing the top choices (0: off). <c>--xtc-probability</c>, 0 to 1.</summary>
    public double? XtcProbability { get; set; }

    /// <summary>Probability a token needs to be removable (above 0.5: off). <c>--xtc-threshold</c>, 0 to 1.</summary>
    public double? XtcThreshold { get; set; }

    /// <summary>Locally typical sampling strength (1: off). <c>--typical</c>.</summary>
    public double? TypicalP { get; set; }

    /// <summary>Recent tokens looked at for repeats (0: off, -1: all). <c>--repeat-last-n</c>, -1 to ….</summary>
    public long? RepeatLastN { get; set; }

    /// <summary>Penalty on repeated tokens (1: off). <c>--repeat-penalty</c>.</summary>
    public double? RepeatPenalty { get; set; }

    /// <summary>Penalty on tokens already used (0: off). <c>--presence-penalty</c>.</summary>
    public double? PresencePenalty { get; set; }

    /// <summary>Penalty growing with how often a token was used (0: off). <c>--frequency-penalty</c>.</summary>
    public double? FrequencyPenalty { get; set; }

    /// <summary>Strength of the DRY repetition penalty (0: off). <c>--dry-multiplier</c>.</summary>
    public double? DryMultiplier { get; set; }

    /// <summary>Growth base of the DRY penalty. <c>--dry-base</c>, 1 to ….</summary>
    public double? DryBase { get; set; }

    /// <summary>Repeat length DRY tolerates. <c>--dry-allowed-length</c>, 0 to ….</summary>
    public long? DryAllowedLength { get; set; }

    /// <summary>Tokens DRY scans (-1: whole context, 0: off). <c>--dry-penalty-last-n</c>, -1 to ….</summary>
    public long? DryPenaltyLastN { get; set; }

    /// <summary>Text that interrupts DRY matching; none clears the list. <c>--dry-sequence-breaker</c>.</summary>
    public string? DrySequenceBreaker { get; set; }

    /// <summary>Width of dynamic temperature (0: off). <c>--dynatemp-range</c>.</summary>
    public double? DynatempRange { get; set; }

    /// <summary>Shape of dynamic temperature. <c>--dynatemp-exp</c>.</summary>
    public double? DynatempExp { get; set; }

    /// <summary>Mirostat version (0: off); it replaces top-k, top-p and typical. <c>--mirostat</c>, 0 to 2.</summary>
    public long? Mirostat { get; set; }

    /// <summary>Mirostat learning rate. <c>--mirostat-lr</c>.</summary>
    public double? MirostatLr { get; set; }

    /// <summary>Mirostat target surprise. <c>--mirostat-ent</c>.</summary>
    public double? MirostatEnt { get; set; }

    /// <summary>Order of samplers to apply. <c>--samplers</c>.</summary>
    public string? Samplers { get; set; }

    /// <summary>Sampler order as letters. <c>--sampler-seq</c>.</summary>
    public string? SamplerSeq { get; set; }

    /// <summary>Random seed (-1: a new one each time). <c>--seed</c>, -1 to 4294967295.</summary>
    public long? Seed { get; set; }

    /// <summary>Grammar the answer must follow, as text. <c>--grammar</c>.</summary>
    public string? Grammar { get; set; }

    /// <summary>File with the grammar to follow. <c>--grammar-file</c>.</summary>
    public string? GrammarFile { get; set; }

    /// <summary>JSON schema the answer must follow, as text. <c>--json-schema</c>.</summary>
    public string? JsonSchema { get; set; }

    /// <summary>File with the JSON schema to follow. <c>--json-schema-file</c>.</summary>
    public string? JsonSchemaFile { get; set; }

    /// <summary>Never stop at the end-of-text token. <c>--ignore-eos</c>.</summary>
    public bool? IgnoreEos { get; set; }

    /// <summary>Interpret backslash sequences in text options. <c>--escape</c>.</summary>
    public bool? Escape { get; set; }

    /// <summary>Position scaling method (unset: from the model, else linear). <c>--rope-scaling</c>.</summary>
    public string? RopeScalingType { get; set; }

    /// <summary>Stretch the context by this factor. <c>--rope-scale</c>, 0 to ….</summary>
    public double? RopeScale { get; set; }

    /// <summary>Base frequency for position encoding (unset: from the model). <c>--rope-freq-base</c>.</summary>
    public double? RopeFreqBase { get; set; }

    /// <summary>Frequency scale; context grows by 1/value. <c>--rope-freq-scale</c>.</summary>
    public double? RopeFreqScale { get; set; }

    /// <summary>Context the model was trained on for YaRN (0: from the model). <c>--yarn-orig-ctx</c>, 0 to ….</summary>
    public long? YarnOrigCtx { get; set; }

    /// <summary>YaRN mix between interpolation and extrapolation (-1: auto). <c>--yarn-ext-factor</c>.</summary>
    public double? YarnExtFactor { get; set; }

    /// <summary>YaRN attention scale (-1: auto). <c>--yarn-attn-factor</c>.</summary>
    public double? YarnAttnFactor { get; set; }

    /// <summary>YaRN upper correction bound (-1: auto). <c>--yarn-beta-slow</c>.</summary>
    public double? YarnBetaSlow { get; set; }

    /// <summary>YaRN lower correction bound (-1: auto). <c>--yarn-beta-fast</c>.</summary>
    public double? YarnBetaFast { get; set; }

    /// <summary>Fused attention kernel: on, off or auto. <c>--flash-attn</c>.</summary>
    public string? FlashAttn { get; set; }

    /// <summary>Push single tokens up or down: id+1 or id-1. <c>--logit-bias</c>.</summary>
    public string? LogitBias { get; set; }

    /// <summary>Text that stops generation. <c>--reverse-prompt</c>.</summary>
    public string? ReversePrompt { get; set; }

    /// <summary>Show special tokens in the output. <c>--special</c>.</summary>
    public bool? Special { get; set; }

    /// <summary>Aim for tokens of this probability (negative: off). <c>--adaptive-target</c>, … to 1.</summary>
    public double? AdaptiveTarget { get; set; }

    /// <summary>How slowly the adaptive target forgets, 0 to 0.99. <c>--adaptive-decay</c>, 0 to 0.99.</summary>
    public double? AdaptiveDecay { get; set; }

    /// <summary>Sample on the GPU (experimental). <c>--backend-sampling</c>.</summary>
    public bool? BackendSampling { get; set; }
}
