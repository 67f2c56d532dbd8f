using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Web.Parameters.Import;

/// <summary>
/// Makes the plan of a parsed line: what no model can have is left out with a reason, and a value that the rules refuse takes nothing else
/// along.
/// </summary>
internal static class ImportPlanner
{
    /// <summary>The column for variables of an engine, where the catalogue has it.</summary>
    private const string EnvironmentColumn = "environment";

    /// <summary>Makes the plan of a parsed line; the first alias names the model.</summary>
    public static ImportPlan Plan(ParameterCatalogue catalogue, ParsedCommand parsed)
    {
        var (ignored, lost) = (parsed.Ignored.ToList(), parsed.NotUnderstood.ToList());
        var values = new Dictionary<string, object>(parsed.Values);
        LeaveServerSettings(catalogue, values, ignored);
        TakeEnvironment(catalogue, parsed, values, lost);
        var aliases = values.TryGetValue("alias", out var alias) ? ParameterValue.Split(catalogue.FindColumn("alias")!, (string)alias) : [];
        if (aliases.Count > 1)
            values["aliases"] = ItemList.Write([
                .. (values.TryGetValue("aliases", out var given) ? ItemList.Read((string)given) : []).Union(aliases.Skip(1)),
            ]);
        var changes = values
            .GroupBy(pair => catalogue.FindColumn(pair.Key)!.Section!)
            .Select(group => new SectionChange(group.Key, group.ToDictionary(pair => pair.Key, pair => (object?)pair.Value))
            {
                Forced = [.. parsed.Forced.Where(column => catalogue.FindColumn(column)!.Section == group.Key)],
                MergeForced = true, // the line says nothing of columns that it does not mention
            });
        var plan = new ImportPlan(
            aliases.Count > 0 ? aliases[0] : null,
            [.. changes.OrderBy(change => Place(change.Section))],
            lost,
            ignored
        )
        {
            Program = parsed.Executable,
            Image = parsed.Image,
            Folder = parsed.Folder,
            Said = parsed.Said,
            Refused = Refuse(parsed) ?? RefuseOpenQuote(parsed.OpenQuote),
        };
        return TakeImage(WithoutRefused(catalogue, plan));
    }

    /// <summary>The plan without the values that the rules refuse, each with the rule's words.</summary>
    public static ImportPlan WithoutRefused(ParameterCatalogue catalogue, ImportPlan plan)
    {
        foreach (var section in plan.Changes.Select(change => change.Section).ToList())
        {
            // One at a time: of options that exclude each other the last one stays.
            while (
                plan.Changes.FirstOrDefault(change => change.Section == section) is { } change
                && SectionRules.Check(catalogue, ofModel: true, change, _ => null) is { Count: > 0 } errors
                && change.Values.Keys.FirstOrDefault(errors.ContainsKey) is { } column
            )
            {
                plan = plan.Without(section, column, string.Join(' ', errors[column]));
            }
        }

        return plan;
    }

    private static void LeaveServerSettings(ParameterCatalogue catalogue, Dictionary<string, object> values, List<IgnoredFlag> ignored)
    {
        foreach (
            var definition in values
                .Keys.Select(column => catalogue.FindColumn(column)!)
                .Where(definition => definition is { Section: ConfigSection.Server, PerModel: false })
                .ToList()
        )
        {
            values.Remove(definition.Column);
            ignored.Add(
                new IgnoredFlag(
                    definition.Flag!,
                    "It was not taken: it belongs to the server settings of all models. Set it on the Server page."
                )
            );
        }
    }

    private static void TakeEnvironment(
        ParameterCatalogue catalogue,
        ParsedCommand parsed,
        Dictionary<string, object> values,
        List<NotUnderstood> lost
    )
    {
        if (parsed.Environment.Count == 0)
            return;
        if (catalogue.FindColumn(EnvironmentColumn) is not { Kind: ParameterKind.Json } column)
        {
            lost.AddRange(parsed.Environment.Keys.Select(name => new NotUnderstood(name + "=…", "No setting belongs to this variable.")));
            return;
        }

        var allowed = new Dictionary<string, string>();
        foreach (var (name, value) in parsed.Environment)
        {
            var one = JsonSerializer.Serialize(new Dictionary<string, string> { [name] = value });
            if (ParameterValidator.Check(catalogue, column, one) is { IsError: true } issue)
                lost.Add(new NotUnderstood(name + "=…", issue.Message, column.Column));
            else
                allowed[name] = value;
        }

        if (allowed.Count > 0)
            values[column.Column] = JsonSerializer.Serialize(allowed);
    }

    // A program that is not llama-server takes other flags, and answers in another way.
    private static Failure? Refuse(ParsedCommand parsed)
    {
        if (parsed.Image is { } image && ServerProgram.IsOtherImage(image))
            return Failure.Invalid(
                "command",
                $"The image {image} holds another program than llama-server. Only that runs here, so this entry is left out."
            );
        if (
            parsed.Executable is not { } program
            || ServerProgram.Is(program)
            || ServerProgram.IsMulti(program)
            || ServerProgram.IsScript(program)
        )
            return null;
        return Failure.Invalid(
            "command",
            $"{ForeignPath.FileName(program)} is not llama-server. Only that runs here, so this entry is left out."
        );
    }

    /// <summary>Why a command with a quote that nobody closes becomes no model; null without one.</summary>
    /// <param name="quote">Where it begins, with some of what follows.</param>
    public static Failure? RefuseOpenQuote(string? quote) =>
        quote is null
            ? null
            : Failure.Invalid("command", $"The quote that begins at {quote} is not closed, so what follows counts as one word. Close it.");

    private static ImportPlan TakeImage(ImportPlan plan)
    {
        if (plan.Image is not { } image || plan.Refused is not null)
            return plan;
        return plan.With(ConfigSection.Runtime, "container_image", image) with
        {
            Ignored =
            [
                .. plan.Ignored,
                new IgnoredFlag(
                    image,
                    "It is kept as the model's image. The model runs as a process until its instance kind is set to container."
                ),
            ],
        };
    }

    private static int Place(string section) =>
        Enumerable.Range(0, ConfigSection.OfModel.Count).First(i => ConfigSection.OfModel[i] == section);
}
