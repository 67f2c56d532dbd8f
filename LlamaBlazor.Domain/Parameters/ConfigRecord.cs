namespace LlamaBlazor.Domain.Parameters;

/// <summary>What every row with settings has besides its settings: when it changed, how often, and which values are forced.</summary>
public interface IConfigRecord
{
    /// <summary>When the row was made, in Unix milliseconds UTC.</summary>
    long CreatedAt { get; set; }

    /// <summary>When the row last changed, in Unix milliseconds UTC.</summary>
    long UpdatedAt { get; set; }

    /// <summary>Counts saves from 0. A save names the revision it started from, so that two browsers cannot overwrite each other.</summary>
    long Revision { get; set; }

    /// <summary>Columns to emit even where they equal the engine's default, as a JSON array of names, or null for none.</summary>
    string? ForcedColumns { get; set; }
}

/// <summary>A row of one configuration table.</summary>
public abstract class ConfigRecord : IConfigRecord
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <inheritdoc/>
    public long CreatedAt { get; set; }

    /// <inheritdoc/>
    public long UpdatedAt { get; set; }

    /// <inheritdoc/>
    public long Revision { get; set; }

    /// <inheritdoc/>
    public string? ForcedColumns { get; set; }
}

/// <summary>A row that belongs to exactly one model and is deleted with it.</summary>
public abstract class ModelConfigRecord : ConfigRecord
{
    /// <summary>The model the row belongs to; unique.</summary>
    public long ModelId { get; set; }
}
