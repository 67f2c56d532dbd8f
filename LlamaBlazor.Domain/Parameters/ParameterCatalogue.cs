using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>
/// Everything known about llama-server's options, from the embedded <c>Catalogue/llama-server.json</c> (llama.cpp of 2026-07-07, each
/// spelling checked
/// against its own binary). It drives form, validation, command line, API and reference alike.
/// </summary>
public sealed class ParameterCatalogue
{
    private static readonly Lazy<ParameterCatalogue> Loaded = new(Load);
    private readonly FrozenDictionary<string, ParameterDefinition> _byColumn;
    private readonly FrozenDictionary<string, ParameterDefinition> _bySpelling;
    private readonly FrozenDictionary<string, IReadOnlyList<ParameterDefinition>> _bySection;
    private readonly ILookup<string, string> _forerunners;

    private ParameterCatalogue(IReadOnlyList<ParameterDefinition> options, IReadOnlyList<ParameterDefinition> others)
    {
        Options = options;
        Columns = [.. options.Where(option => option.HasColumn), .. others];
        _byColumn = Columns.ToFrozenDictionary(definition => definition.Column);
        _bySection = Columns
            .GroupBy(definition => definition.Section!)
            .ToFrozenDictionary(group => group.Key, IReadOnlyList<ParameterDefinition> (group) => [.. group]);
        _forerunners = options
            .Where(option => option is { Emission: Emission.Removed, ReplacedBy: not null })
            .SelectMany(option => option.Spellings, (option, spelling) => (Heir: option.ReplacedBy!, spelling))
            .ToLookup(pair => pair.Heir, pair => pair.spelling);
        _bySpelling = options
            .SelectMany(option => option.Spellings, (option, spelling) => (Spelling: Normalise(spelling), option))
            .ToFrozenDictionary(pair => pair.Spelling, pair => pair.option);
    }

    /// <summary>The catalogue of this version.</summary>
    public static ParameterCatalogue Current => Loaded.Value;

    /// <summary>All options of llama-server, in the order of its own help.</summary>
    public IReadOnlyList<ParameterDefinition> Options { get; }

    /// <summary>All parameters that have a column, options first, then columns without a flag.</summary>
    public IReadOnlyList<ParameterDefinition> Columns { get; }

    /// <summary>The parameters of a section.</summary>
    /// <param name="section">Name of a section.</param>
    public IReadOnlyList<ParameterDefinition> Section(string section) => _bySection.GetValueOrDefault(section, []);

    /// <summary>The parameters of a section that a model has: all, or of the server settings those it may override.</summary>
    /// <param name="section">Name of a section.</param>
    public IReadOnlyList<ParameterDefinition> SectionOfModel(string section) =>
        section == ConfigSection.Server ? [.. Section(section).Where(definition => definition.PerModel)] : Section(section);

    /// <summary>The parameters of a tab, in the order of the catalogue.</summary>
    /// <param name="tab">Name of a tab.</param>
    public IEnumerable<ParameterDefinition> Tab(string tab) => Columns.Where(definition => definition.Tab == tab);

    /// <summary>The parameter of a column, or null.</summary>
    /// <param name="column">Name of a column.</param>
    public ParameterDefinition? FindColumn(string column) => _byColumn.GetValueOrDefault(column);

    /// <summary>The option with a spelling, on or off, or null. Underscores are dashes, as in llama.cpp's parser.</summary>
    /// <param name="spelling">Such as <c>-c</c> or <c>--no-mmap</c>.</param>
    public ParameterDefinition? FindFlag(string spelling) => _bySpelling.GetValueOrDefault(Normalise(spelling));

    /// <summary>Spellings that llama.cpp has removed in favour of an option; older engines know nothing else.</summary>
    /// <param name="definition">The option.</param>
    public IEnumerable<string> Forerunners(ParameterDefinition definition) => definition.Flag is { } flag ? _forerunners[flag] : [];

    /// <summary>A spelling as llama.cpp's parser compares it.</summary>
    /// <param name="spelling">A flag.</param>
    public static string Normalise(string spelling) =>
        spelling.StartsWith("--", StringComparison.Ordinal) ? spelling.Replace('_', '-') : spelling;

    private static ParameterCatalogue Load()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("llama-server.json")!;
        using var document = JsonDocument.Parse(stream);
        var root = document.RootElement;
        return new ParameterCatalogue(
            [.. root.GetProperty("options").EnumerateArray().Select(ParameterReader.Read)],
            [.. root.GetProperty("columns_without_a_flag").EnumerateArray().Select(ParameterReader.Read)]
        );
    }
}
