namespace LlamaBlazor.Web.ModelPages;

/// <summary>A column of the list.</summary>
/// <param name="Title">Its head.</param>
/// <param name="Class">Class of its cells.</param>
/// <param name="SortKey">What a click on the head sorts by, or null.</param>
/// <param name="LargestFirst">Whether the first click sorts downwards.</param>
internal sealed record ModelColumn(string Title, string Class, string? SortKey, bool LargestFirst = false)
{
    /// <summary>All of them from the left.</summary>
    public static IReadOnlyList<ModelColumn> All { get; } =
    [
        new("Tick", "models-tick", null),
        new("Favourite", "models-star", null),
        new("Name", "models-name", "name"),
        new("Architecture", "models-architecture", "architecture"),
        new("Weights", "models-weights", "parameter_count", true),
        new("Quantisation", "models-quantization", "quantization"),
        new("Context", "models-context", "context_length", true),
        new("Size", "models-size", "file_size_bytes", true),
        new("Memory", "models-memory", null),
        new("Status", "models-status", "status"),
        new("Last used", "models-used", "last_used_at", true),
        new("Actions", "models-actions", null),
    ];
}
