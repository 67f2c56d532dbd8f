namespace LlamaBlazor.Web.Parameters;

/// <summary>Edits of one section.</summary>
/// <param name="Section">Name of the section.</param>
/// <param name="Values">New values by column, in the column's type; null clears. Columns that are not in it stay.</param>
internal sealed record SectionChange(string Section, IReadOnlyDictionary<string, object?> Values)
{
    /// <summary>Columns to emit even where they equal the engine's default, or null to leave them as they are.</summary>
    public IReadOnlyList<string>? Forced { get; init; }

    /// <summary>True where <see cref="Forced"/> speaks only of the columns in <see cref="Values"/>, so that other columns stay forced as
    /// they are.</summary>
    public bool MergeForced { get; init; }

    /// <summary>The revision the edits started from, or null to save whatever happened meanwhile.</summary>
    public long? Revision { get; init; }
}

/// <summary>Settings have changed. Open forms and commands read again; a running engine needs a restart to see it.</summary>
/// <param name="ModelId">The model, or null for the server settings, which concern all.</param>
/// <param name="Section">Name of the section.</param>
/// <param name="Revision">Its revision now.</param>
internal sealed record ConfigChanged(long? ModelId, string Section, long Revision);
