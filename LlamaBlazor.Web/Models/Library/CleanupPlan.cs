namespace LlamaBlazor.Web.Models.Library;

/// <summary>What a clean-up would do.</summary>
/// <param name="Removable">Models whose file is gone.</param>
/// <param name="Kept">Models that are missing with their whole folder: they stay.</param>
/// <param name="Reasons">Why, by folder.</param>
internal sealed record CleanupPlan(IReadOnlyList<long> Removable, int Kept, IReadOnlyList<string> Reasons);
