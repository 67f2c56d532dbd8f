namespace LlamaBlazor.Web.Shared.Configuration;

/// <summary>A list of the configuration: entries <c>Key:0</c>, <c>Key:1</c>, …, or one text with commas.</summary>
internal static class ConfiguredList
{
    /// <summary>The entries, trimmed; empty ones are left out.</summary>
    /// <param name="configuration">Where they stand.</param>
    /// <param name="key">Key of the list.</param>
    public static IReadOnlyList<string> Read(IConfiguration configuration, string key)
    {
        var listed = configuration.GetSection(key).Get<string[]>() ?? configuration[key]?.Split(',') ?? [];
        return [.. listed.Select(entry => entry.Trim()).Where(entry => entry.Length > 0)];
    }
}
