using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Domain.Models;

/// <summary>The last fit analysis of a model: one row of <c>model_fit_params</c> (seed S0.18). Written in one transaction with the copies
/// in <c>models</c>.</summary>
public sealed class FitParams : ModelConfigRecord
{
    /// <summary>Advised context in tokens.</summary>
    public long? RecommendedCtxSize { get; set; }

    /// <summary>Advised layers on devices.</summary>
    public long? RecommendedGpuLayers { get; set; }

    /// <summary>Advised share of each device, such as <c>3,1</c>.</summary>
    public string? RecommendedTensorSplit { get; set; }

    /// <summary>Advised tensor placement, as <c>--override-tensor</c> takes it.</summary>
    public string? RecommendedOverrideTensor { get; set; }

    /// <summary>Size of the model in bytes.</summary>
    public long? FileSizeBytes { get; set; }

    /// <summary>Quantisation, such as <c>Q4_K_M</c>.</summary>
    public string? QuantizationType { get; set; }

    /// <summary>Number of weights.</summary>
    public long? ParameterCount { get; set; }

    /// <summary>Architecture of the model.</summary>
    public string? Architecture { get; set; }

    /// <summary>Context the model was trained with, in tokens.</summary>
    public long? ContextWindow { get; set; }

    /// <summary>When the analysis ran, in Unix milliseconds.</summary>
    public long? FitParamsAnalyzedAt { get; set; }

    /// <summary>Whether it ended with an advice.</summary>
    public bool FitParamsSuccess { get; set; }

    /// <summary>Why it did not, in words.</summary>
    public string? FitParamsError { get; set; }

    /// <summary>Everything the analysis printed, cut at 64 KiB.</summary>
    public string? FitParamsRawOutput { get; set; }

    /// <summary>Model + context + compute on the host, in MiB.</summary>
    public double? ProjectedCpuMemoryMb { get; set; }

    /// <summary>The same over all devices, in MiB.</summary>
    public double? ProjectedGpuMemoryMb { get; set; }

    /// <summary>The estimate's total for the settings analysed, in bytes.</summary>
    public long? EstimatedBytes { get; set; }

    /// <summary>What the engine reported after loading, in bytes: shows how good the estimate is.</summary>
    public long? MeasuredBytes { get; set; }

    /// <summary>When it reported that, in Unix milliseconds.</summary>
    public long? MeasuredAt { get; set; }

    /// <summary>Fingerprint of the file and devices analysed; the analysis is stale when they differ.</summary>
    public string? AnalyzedFor { get; set; }
}
