namespace LlamaBlazor.Domain.Maintenance.Legacy;

/// <summary>
/// A kind of database that an earlier dashboard wrote: what it is recognised by, and where its rows differ from ours beyond the names that
/// <see cref="LegacyModelConverter"/> knows anyway. A new kind is one class, and one line in <see cref="LegacySources.All"/>.
/// </summary>
public interface ILegacySource
{
    /// <summary>The word for it in reports.</summary>
    LegacyKind Kind { get; }

    /// <summary>What it is recognised by, in words, as a part of a list: "MLEnv (ngc_images)".</summary>
    string Mark { get; }

    /// <summary>Columns of models that are ours by another name.</summary>
    IReadOnlyDictionary<string, string> ModelColumns { get; }

    /// <summary>Values of settings that the old program wrote for everybody, beyond those of <see cref="LegacyDefaults"/>.</summary>
    IReadOnlyDictionary<string, object> Defaults { get; }

    /// <summary>Tables of its own that are taken over, parents before children; those of several kinds are in
    /// <see cref="LegacySources.Tables"/>.</summary>
    IReadOnlyList<LegacyTable> Tables => [];

    /// <summary>Tables that are only kept aside, each with the reason.</summary>
    IReadOnlyDictionary<string, string> KeptAside => new Dictionary<string, string>();

    /// <summary>True where the column <c>chat_template</c> of models is the template of the file, which is a setting elsewhere.</summary>
    bool HasTemplateOfFile => false;

    /// <summary>True where each model has all settings of the server: what all agree on is set for all then.</summary>
    bool SharesServerSettings => false;

    /// <summary>Whether a database is of this kind. Asked in the order of <see cref="LegacySources.All"/>: it is of none of those
    /// before.</summary>
    /// <param name="tables">Its tables.</param>
    bool Recognises(LegacyTables tables);

    /// <summary>Finishes a model whose row has been converted column by column.</summary>
    /// <param name="model">The model.</param>
    void Finish(LegacyModel model) { }
}
