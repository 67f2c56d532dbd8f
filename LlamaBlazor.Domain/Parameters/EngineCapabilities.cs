using System.Collections.Frozen;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>What one llama-server binary can do, as its own help says.</summary>
public sealed class EngineCapabilities
{
    private readonly FrozenSet<string> _flags;

    /// <summary>An engine with these flags.</summary>
    /// <param name="version">As <c>--version</c> prints it.</param>
    /// <param name="flags">All spellings it lists.</param>
    /// <param name="devices">Devices it can offload to.</param>
    public EngineCapabilities(string version, IEnumerable<string> flags, IReadOnlyList<EngineDevice>? devices = null)
    {
        Version = version;
        Devices = devices ?? [];
        _flags = flags.Select(ParameterCatalogue.Normalise).ToFrozenSet();
    }

    /// <summary>As <c>--version</c> prints it.</summary>
    public string Version { get; }

    /// <summary>Devices it can offload to.</summary>
    public IReadOnlyList<EngineDevice> Devices { get; }

    /// <summary>All spellings it lists.</summary>
    public IReadOnlySet<string> Flags => _flags;

    /// <summary>Whether it lists a spelling.</summary>
    /// <param name="spelling">A flag.</param>
    public bool Lists(string spelling) => _flags.Contains(ParameterCatalogue.Normalise(spelling));

    /// <summary>The preferred spelling that it knows of a parameter, or null when it has none.</summary>
    /// <param name="definition">A parameter with a flag.</param>
    /// <param name="negated">True for the spelling that switches off.</param>
    public string? Spell(ParameterDefinition definition, bool negated = false)
    {
        var spellings = negated
            ? definition.NegationAliases.Prepend(definition.Negation)
            : definition.Aliases.Append(definition.OldestAlias).Prepend(definition.Flag);
        return spellings.FirstOrDefault(spelling => spelling is not null && Lists(spelling));
    }

    /// <summary>Whether a setting can be passed to this engine; columns without a flag are no question of the engine.</summary>
    /// <param name="definition">A parameter.</param>
    public bool Supports(ParameterDefinition definition) =>
        definition.Emission is Emission.None or Emission.Action or Emission.Removed || Spell(definition) is not null || (definition.Negation is not null && Spell(definition, negated: true) is not null);
}
