using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Web.Parameters.Import;

/// <summary>What a command line would set for a model.</summary>
/// <param name="Name">Name that the line gives the model, or null.</param>
/// <param name="Changes">Values by section.</param>
/// <param name="NotUnderstood">Words that became no setting.</param>
/// <param name="Ignored">Flags left out on purpose.</param>
internal sealed record ImportPlan(string? Name, IReadOnlyList<SectionChange> Changes, IReadOnlyList<NotUnderstood> NotUnderstood, IReadOnlyList<IgnoredFlag> Ignored)
{
    /// <summary>Path of the model file the line names, or null.</summary>
    public string? ModelPath => Changes.FirstOrDefault(change => change.Section == ConfigSection.Model)?.Values.GetValueOrDefault("model_path") as string;

    /// <summary>Makes the plan of a parsed line. Server settings that no model can override are left out with a reason; the first alias names the model.</summary>
    public static ImportPlan From(ParameterCatalogue catalogue, ParsedCommand parsed)
    {
        var ignored = parsed.Ignored.ToList();
        var values = new Dictionary<string, object>(parsed.Values);
        foreach (var definition in values.Keys.Select(column => catalogue.FindColumn(column)!).Where(definition => definition is { Section: ConfigSection.Server, PerModel: false }).ToList())
        {
            values.Remove(definition.Column);
            ignored.Add(new IgnoredFlag(definition.Flag!, "It belongs to the server settings of all models. Set it on the Server page."));
        }

        var aliases = values.TryGetValue("alias", out var alias) ? ParameterValue.Split(catalogue.FindColumn("alias")!, (string)alias) : [];
        if (aliases.Count > 1)
            values["aliases"] = ItemList.Write([.. (values.TryGetValue("aliases", out var given) ? ItemList.Read((string)given) : []).Union(aliases.Skip(1))]);
        var changes = values.GroupBy(pair => catalogue.FindColumn(pair.Key)!.Section!).Select(group => new SectionChange(group.Key, group.ToDictionary(pair => pair.Key, pair => (object?)pair.Value))
        {
            Forced = [.. parsed.Forced.Where(column => catalogue.FindColumn(column)!.Section == group.Key)],
            MergeForced = true, // the line says nothing of columns that it does not mention
        });
        return new ImportPlan(aliases.Count > 0 ? aliases[0] : null, [.. changes.OrderBy(change => Place(change.Section))], parsed.NotUnderstood, ignored);
    }

    /// <summary>The same, with everything the line does not mention cleared; the model's source and names stay.</summary>
    public ImportPlan Replacing(ParameterCatalogue catalogue)
    {
        var all = ConfigSection.OfModel.Where(section => section != ConfigSection.Runtime).Select(section =>
        {
            var given = Changes.FirstOrDefault(change => change.Section == section);
            var cleared = catalogue.SectionOfModel(section).Where(definition => definition.Group is not ("Source" or "Identity")).ToDictionary(definition => definition.Column, definition => given?.Values.GetValueOrDefault(definition.Column));
            foreach (var (column, value) in given?.Values ?? new Dictionary<string, object?>())
                cleared[column] = value;
            return new SectionChange(section, cleared) { Forced = given?.Forced ?? [] };
        });
        return this with { Changes = [.. all] };
    }

    private static int Place(string section) => Enumerable.Range(0, ConfigSection.OfModel.Count).First(i => ConfigSection.OfModel[i] == section);
}
