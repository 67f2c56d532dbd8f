using LlamaBlazor.Domain.Resources;

namespace LlamaBlazor.Web.Instances.Admission;

/// <summary>The thresholds of starts: configuration section <c>LlamaBlazor:Admission</c> (product.md 16).</summary>
internal sealed class AdmissionOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "LlamaBlazor:Admission";

    /// <summary>Percent of the main memory that may be in use after a start.</summary>
    public double MaxMemoryPercent { get; init; }

    /// <summary>GiB of the main memory that stay free after it.</summary>
    public double MinFreeMemoryGb { get; init; }

    /// <summary>Percent of the processor that other programs may keep busy; null for any.</summary>
    public double? MaxCpuPercent { get; init; }

    /// <summary>Load average of one minute a core; null for any.</summary>
    public double? MaxLoadPerCore { get; init; }

    /// <summary>The same for the policy.</summary>
    public AdmissionLimits Limits => new(MaxMemoryPercent, MinFreeMemoryGb, MaxCpuPercent, MaxLoadPerCore);
}
