namespace LlamaBlazor.Domain.Maintenance.Legacy;

/// <summary>One wide table of models with some subset of its 176 columns, those of the server among them (seed S2).</summary>
public sealed class WideSource : ILegacySource
{
    /// <inheritdoc/>
    public LegacyKind Kind => LegacyKind.WideV1;

    /// <inheritdoc/>
    public string Mark => "one wide table (models with name)";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> ModelColumns => LegacyNames.None;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object> Defaults => LegacyNames.NoDefaults;

    /// <inheritdoc/>
    public bool SharesServerSettings => true;

    /// <inheritdoc/>
    public bool Recognises(LegacyTables tables) => tables.Has("models", "name");
}
