using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Web.Parameters;

/// <summary>What edits of a section must satisfy before they are saved: every error by field, none left out.</summary>
internal static class SectionRules
{
    /// <summary>All errors by field; empty when the edits may be saved.</summary>
    /// <param name="catalogue">The catalogue.</param>
    /// <param name="ofModel">True for a model, false for the server settings.</param>
    /// <param name="edit">The edits.</param>
    /// <param name="stored">Value of a column before the edits.</param>
    public static Dictionary<string, string[]> Check(
        ParameterCatalogue catalogue,
        bool ofModel,
        SectionChange edit,
        Func<string, object?> stored
    )
    {
        var known = (ofModel ? catalogue.SectionOfModel(edit.Section) : catalogue.Section(edit.Section)).ToDictionary(definition =>
            definition.Column
        );
        var issues = new List<ParameterIssue>();
        foreach (var (column, value) in edit.Values)
        {
            if (!known.TryGetValue(column, out var definition))
                issues.Add(new ParameterIssue(column, $"The section {edit.Section} has no such setting.", true));
            else if (ParameterValidator.Check(catalogue, definition, value) is { IsError: true } issue)
                issues.Add(issue);
        }

        foreach (var column in (edit.Forced ?? []).Where(column => !(known.GetValueOrDefault(column)?.CanForce ?? false)))
            issues.Add(new ParameterIssue("forced", $"{column} cannot be forced: saying its default is the same as saying nothing.", true));
        object? After(string column) => edit.Values.TryGetValue(column, out var value) ? value : stored(column);
        var between = CrossFieldRules
            .Check(After, column => catalogue.FindColumn(column)?.Label ?? column)
            .Where(issue => issue.IsError && edit.Values.ContainsKey(issue.Column) && After(issue.Column) is not null);
        return issues
            .Concat(between)
            .GroupBy(issue => issue.Column)
            .ToDictionary(group => group.Key, group => group.Select(issue => issue.Message).ToArray());
    }
}
