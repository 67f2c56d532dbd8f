namespace LlamaBlazor.Domain.Resources;

/// <summary>Limits of a project; null is unlimited. The project "default" has none.</summary>
/// <param name="Project">Its name.</param>
/// <param name="MaxInstances">Instances at a time.</param>
/// <param name="MaxMemoryGb">GiB at a time.</param>
public sealed record ProjectQuota(string Project, int? MaxInstances, double? MaxMemoryGb = null)
{
    /// <summary>Cores at a time, or null for no limit.</summary>
    public double? MaxCores { get; init; }

    /// <summary>GPUs at a time, or null for no limit. One that two of its models share counts for each.</summary>
    public int? MaxGpus { get; init; }

    /// <summary>The project of models that name none.</summary>
    public const string Default = "default";

    /// <summary>Instances of a new project.</summary>
    public const int NewProjectInstances = 5;
}
