using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Web.Parameters.Search;

/// <summary>Looks through what a model, or the server settings, can set.</summary>
internal static class ParameterSearch
{
    /// <summary>The parameters that hold every word of the text, best first: in the name, then in a spelling, then in the
    /// description.</summary>
    /// <param name="text">Words; empty finds all.</param>
    /// <param name="only">Where given, only what it sets.</param>
    /// <param name="ofModel">True for what a model sets, false for the server settings.</param>
    public static IEnumerable<ParameterDefinition> Find(string text, ParameterSet? only, bool ofModel)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var all = ofModel
            ? ConfigSection.OfModel.SelectMany(ParameterCatalogue.Current.SectionOfModel)
            : ParameterCatalogue.Current.Section(ConfigSection.Server);
        return all.Where(definition => definition.Emission != Emission.Action && (only is null || only.Get(definition.Column) is not null))
            .Select(definition => (definition, Rank: words.Length == 0 ? 0 : words.Max(word => Rank(definition, word))))
            .Where(hit => hit.Rank < int.MaxValue)
            .OrderBy(hit => hit.Rank)
            .Select(hit => hit.definition);
    }

    private static int Rank(ParameterDefinition definition, string word) =>
        definition.Label.Contains(word, StringComparison.OrdinalIgnoreCase)
            ? definition.Label.StartsWith(word, StringComparison.OrdinalIgnoreCase)
                ? 0
                : 1
            : definition.Column.Contains(word, StringComparison.OrdinalIgnoreCase)
            || definition.Spellings.Any(spelling => spelling.Contains(word, StringComparison.OrdinalIgnoreCase))
                ? 2
                : definition.Description.Contains(word, StringComparison.OrdinalIgnoreCase)
                || definition.Group.Contains(word, StringComparison.OrdinalIgnoreCase)
                    ? 3
                    : int.MaxValue;
}
