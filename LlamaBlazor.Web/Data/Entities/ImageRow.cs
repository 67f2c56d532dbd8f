namespace LlamaBlazor.Web.Data.Entities;

/// <summary>An image of the catalogue: <c>ngc_images</c> (seed S4.2).</summary>
public sealed class ImageRow
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <summary>Host of the registry.</summary>
    public string Registry { get; set; } = "";

    /// <summary>Last part of its name.</summary>
    public string Name { get; set; } = "";

    /// <summary>For people.</summary>
    public string? DisplayName { get; set; }

    /// <summary>First part.</summary>
    public string Organization { get; set; } = "";

    /// <summary>Middle part, or empty.</summary>
    public string Team { get; set; } = "";

    /// <summary>server, full or light.</summary>
    public string? Category { get; set; }

    /// <summary>For people.</summary>
    public string? Description { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long? CreatedAt { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long? UpdatedAt { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long? LastSynced { get; set; }
}
