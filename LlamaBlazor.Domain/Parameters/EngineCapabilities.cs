using System.Collections.Frozen;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>What one llama-server binary can do, as its own help says.</summary>
public sealed class EngineCapabilities
{
    private readonly FrozenDictionary<string, EngineFlag> _flags;

    /// <summary>An engine with these flags.</summary>
    /// <param name="version">Its build, or null where it was not understood.</param>
    /// <param name="flags">All spellings it lists; of several with one name the first counts.</param>
    /// <param name="devices">Devices it can offload to.</param>
    public EngineCapabilities(string? version, IEnumerable<EngineFlag> flags, IReadOnlyList<EngineDevice>? devices = null)
    {
        Version = version;
        Devices = devices ?? [];
        _flags = flags
            .GroupBy(flag => ParameterCatalogue.Normalise(flag.Name))
            .ToFrozenDictionary(group => group.Key, group => group.First());
    }

    /// <summary>Its build as <see cref="EngineHelp.ReadVersion"/> reads it; null where that was not understood.</summary>
    public string? Version { get; }

    /// <summary>Its build in words: for sentences about this engine.</summary>
    public string Name => Version ?? "of unknown version";

    /// <summary>What was not understood of its answers, in words; it can be used all the same.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Devices it can offload to.</summary>
    public IReadOnlyList<EngineDevice> Devices { get; }

    /// <summary>All spellings it lists.</summary>
    public IReadOnlyList<string> Flags => _flags.Keys;

    /// <summary>What it lists of a spelling, or null.</summary>
    /// <param name="spelling">A flag.</param>
    public EngineFlag? Find(string spelling) => _flags.GetValueOrDefault(ParameterCatalogue.Normalise(spelling));

    /// <summary>Whether it lists a spelling.</summary>
    /// <param name="spelling">A flag.</param>
    public bool Lists(string spelling) => _flags.ContainsKey(ParameterCatalogue.Normalise(spelling));

    /// <summary>Values that follow a spelling, see <see cref="EngineFlag.Values"/>; null where it does not list it.</summary>
    /// <param name="spelling">A flag.</param>
    public int? Values(string spelling) => Find(spelling)?.Values;

    /// <summary>The preferred spelling that it knows of a parameter, or null when it has none.</summary>
    /// <param name="definition">A parameter with a flag.</param>
    /// <param name="negated">True for the spelling that switches off.</param>
    public string? Spell(ParameterDefinition definition, bool negated = false)
    {
        var spellings = negated
            ? definition.NegationAliases.Prepend(definition.Negation)
            : definition
                .Aliases.Append(definition.OldestAlias)
                .Prepend(definition.Flag)
                .Concat(ParameterCatalogue.Current.Forerunners(definition));
        return spellings.FirstOrDefault(spelling => spelling is not null && Lists(spelling));
    }

    /// <summary>Whether a setting can be passed to this engine; columns without a flag are no question of the engine.</summary>
    /// <param name="definition">A parameter.</param>
    public bool Supports(ParameterDefinition definition) =>
        definition.Emission is Emission.None or Emission.Action or Emission.Removed
        || Spell(definition) is not null
        || (definition.Negation is not null && Spell(definition, negated: true) is not null);
}
