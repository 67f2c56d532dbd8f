namespace LlamaBlazor.Web.Data.Entities;

/// <summary>Another name of a model, which may set sampling parameters of its own: <c>model_aliases</c>.</summary>
public sealed class ModelAliasRow
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <summary>Unique without regard to case, also against model names.</summary>
    public string Name { get; set; } = "";

    /// <summary>The model; the alias goes with it.</summary>
    public long ModelId { get; set; }

    /// <summary>Request fields to set, as a JSON object; null for a plain alias.</summary>
    public string? ParametersJson { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long CreatedAt { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long UpdatedAt { get; set; }
}
