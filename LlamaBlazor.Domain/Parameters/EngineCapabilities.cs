using System.Collections.Frozen;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>What one llama-server binary can do, as its own help says.</summary>
public sealed class EngineCapabilities
{
    private readonly FrozenDictionary<string, int> _flags;

    /// <summary>An engine with these flags.</summary>
    /// <param name="version">As <c>--version</c> prints it.</param>
    /// <param name="flags">All spellings it lists; of several with one name the first counts.</param>
    /// <param name="devices">Devices it can offload to.</param>
    public EngineCapabilities(string version, IEnumerable<EngineFlag> flags, IReadOnlyList<EngineDevice>? devices = null)
    {
        Version = version;
        Devices = devices ?? [];
        _flags = flags.GroupBy(flag => ParameterCatalogue.Normalise(flag.Name)).ToFrozenDictionary(group => group.Key, group => group.First().Values);
    }

    /// <summary>As <c>--version</c> prints it.</summary>
    public string Version { get; }

    /// <summary>Devices it can offload to.</summary>
    public IReadOnlyList<EngineDevice> Devices { get; }

    /// <summary>All spellings it lists.</summary>
    public IReadOnlyList<string> Flags => _flags.Keys;

    /// <summary>Whether it lists a spelling.</summary>
    /// <param name="spelling">A flag.</param>
    public bool Lists(string spelling) => _flags.ContainsKey(ParameterCatalogue.Normalise(spelling));

    /// <summary>Values that follow a spelling; null where it does not list it.</summary>
    /// <param name="spelling">A flag.</param>
    public int? Values(string spelling) => _flags.TryGetValue(ParameterCatalogue.Normalise(spelling), out var count) ? count : null;

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
