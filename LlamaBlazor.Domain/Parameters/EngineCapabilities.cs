using System.Collections.Frozen;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>What one llama-server binary can do, as its own help says.</summary>
public sealed class EngineCapabilities
{
    private readonly FrozenSet<string> _flags;

    /// <summary>An engine with these flags.</summary>
    /// <param name="version">As <c>--version</c> prints it.</param>
    /// <param name="flags">All spellings it lists.</param>
    public EngineCapabilities(string version, IEnumerable<string> flags)
    {
        Version = version;
        _flags = flags.Select(ParameterCatalogue.Normalise).ToFrozenSet();
    }

    /// <summary>As <c>--version</c> prints it.</summary>
    public string Version { get; }

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
}
