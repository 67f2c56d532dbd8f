namespace LlamaBlazor.Web.Models;

/// <summary>Columns of a model that people edit outside its configuration. Null leaves a column as it is; an empty text clears tags and
/// notes.</summary>
internal sealed record ModelPatch
{
    /// <summary>New unique name, 1 to 200 characters.</summary>
    public string? Name { get; init; }

    /// <summary>Family.</summary>
    public string? Type { get; init; }

    /// <summary>Mark.</summary>
    public bool? Favorite { get; init; }

    /// <summary>Comma list of at most 32 tags.</summary>
    public string? Tags { get; init; }

    /// <summary>Text of at most 10,000 characters.</summary>
    public string? Notes { get; init; }
}
