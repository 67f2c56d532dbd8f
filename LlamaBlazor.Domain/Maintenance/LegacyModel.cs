namespace LlamaBlazor.Domain.Maintenance;

/// <summary>A model of an earlier dashboard in today's columns.</summary>
/// <param name="Name">Its name, without the file's extension.</param>
public sealed record LegacyModel(string Name)
{
    /// <summary>Columns of <c>models</c>.</summary>
    public Dictionary<string, object?> Core { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Columns by config section: sampling, memory, gpu, advanced, lora, multimodal, server.</summary>
    public Dictionary<string, Dictionary<string, object?>> Sections { get; } = [];

    /// <summary>Flags and values that have no column.</summary>
    public SortedDictionary<string, object> Custom { get; } = new(StringComparer.Ordinal);

    /// <summary>Values that could not be read, by column.</summary>
    public Dictionary<string, object?> Rejected { get; } = [];

    /// <summary>Columns whose value was a seed default and is now unset.</summary>
    public List<string> Cleared { get; } = [];

    /// <summary>Sets a column of a section.</summary>
    /// <param name="section">The section.</param>
    /// <param name="column">The column.</param>
    /// <param name="value">The value.</param>
    public void Set(string section, string column, object? value)
    {
        if (section is "model" or "models" or "core")
        {
            Core[column] = value;
            return;
        }

        if (!Sections.TryGetValue(section, out var columns))
            Sections[section] = columns = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        columns[column] = value;
    }
}
