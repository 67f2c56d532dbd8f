namespace LlamaBlazor.Domain.Maintenance.Legacy;

/// <summary>The normalised schema 2.0: a table of models, one for each section of their settings, one row for the server (seed
/// S0).</summary>
public sealed class NormalizedSource : ILegacySource
{
    /// <inheritdoc/>
    public LegacyKind Kind => LegacyKind.V2;

    /// <inheritdoc/>
    public string Mark => "the normalised schema 2.0 (model_sampling_config)";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> ModelColumns => LegacyNames.None;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object> Defaults => LegacyNames.NoDefaults;

    /// <inheritdoc/>
    public bool Recognises(LegacyTables tables) => tables.Has("model_sampling_config");
}
