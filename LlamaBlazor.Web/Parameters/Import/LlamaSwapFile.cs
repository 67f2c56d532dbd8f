using System.Globalization;
using System.Text.RegularExpressions;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LlamaBlazor.Web.Parameters.Import;

/// <summary>Reads the models of a llama-swap configuration: <c>cmd</c> with macros, <c>env</c>, <c>aliases</c>, <c>ttl</c>, <c>concurrencyLimit</c>.</summary>
internal static partial class LlamaSwapFile
{
    private static readonly HashSet<string> Used = ["cmd", "env", "aliases", "ttl", "concurrencyLimit", "macros"];

    private static readonly Dictionary<string, string> Reasons = new()
    {
        ["proxy"] = "The dashboard chooses address and port.",
        ["checkEndpoint"] = "The dashboard asks /health.",
        ["cmdStop"] = "The dashboard stops engines itself.",
        ["name"] = "The key of the model is its name here.",
        ["description"] = "Write it into the notes of the model.",
        ["groups"] = "What is stopped to make room is set on the Server page and for each model.",
        ["healthCheckTimeout"] = "The dashboard has a time limit of its own for starts; see the launch settings.",
        ["startPort"] = "Ports come from the range of the launch settings.",
    };

    /// <summary>Whether a text is such a file rather than a preset file.</summary>
    public static bool LooksLikeOne(string text) => ModelsKey().IsMatch(text);

    /// <summary>Its models.</summary>
    public static Result<PresetPlan> Read(ParameterCatalogue catalogue, CommandLineParser parser, string text)
    {
        try
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            if (yaml.Documents[0].RootNode is not YamlMappingNode root || Child(root, "models") is not YamlMappingNode models || models.Children.Count > PresetImport.Bound)
                return Failure.Invalid("text", $"'models' must be a list of names, each with its 'cmd', at most {PresetImport.Bound}.");
            var macros = Macros(root);
            var problems = new List<NotUnderstood>();
            var plans = new List<PresetModel>();
            foreach (var (key, value) in models.Children)
            {
                if (value is YamlMappingNode model && Text(model, "cmd") is { } command)
                    Add(plans, problems, key.ToString(), Plan(catalogue, parser, key.ToString(), model, command, macros));
                else
                    problems.Add(new NotUnderstood(key.ToString(), "This model has no 'cmd'."));
            }

            problems.AddRange(root.Children.Keys.Select(key => key.ToString()).Where(key => key is not ("models" or "macros")).Select(NotTaken));
            return new PresetPlan(plans, problems);
        }
        catch (YamlException error)
        {
            return Failure.Invalid("text", $"This is not YAML: line {error.Start.Line}, column {error.Start.Column}. {error.Message}");
        }
    }

    private static void Add(List<PresetModel> plans, List<NotUnderstood> problems, string name, ImportPlan? plan)
    {
        if (plan is not null)
            plans.Add(new PresetModel(name, plan));
        else
            problems.Add(new NotUnderstood(name, $"Its macros make a command of more than {ShellWords.MaxLength:N0} characters."));
    }

    private static NotUnderstood NotTaken(string key) => new(key, Reasons.GetValueOrDefault(key, "The dashboard has no such setting."));

    private static ImportPlan? Plan(ParameterCatalogue catalogue, CommandLineParser parser, string name, YamlMappingNode model, string command, Dictionary<string, string> macros)
    {
        var all = new Dictionary<string, string>(macros);
        foreach (var (macro, value) in Macros(model))
            all[macro] = value;
        (all["PORT"], all["MODEL_ID"]) = ("0", name);
        var variables = Items(model, "env").Select(variable => Expand(variable, all)).ToList();
        if (Expand(command, all) is not { } line || variables.Contains(null))
            return null;
        var parsed = parser.Parse([.. variables.OfType<string>(), .. ShellWords.Split(line)]);
        SetAliases(catalogue, parsed, name, Items(model, "aliases"));
        SetNumber(parsed, model, "ttl", "ttl_seconds");
        SetNumber(parsed, model, "concurrencyLimit", "concurrency");
        var plan = ImportPlan.From(catalogue, parsed);
        var unused = model.Children.Keys.Select(key => key.ToString()).Where(key => !Used.Contains(key)).Select(NotTaken);
        var server = parsed.Executable is { } program && !program.Contains("llama", StringComparison.OrdinalIgnoreCase) ? [new NotUnderstood(program, "This is not llama-server; the model will run with the engine of the dashboard.")] : Array.Empty<NotUnderstood>();
        return plan with { NotUnderstood = [.. plan.NotUnderstood, .. server, .. unused] };
    }

    // The key of the file names the model, so every --alias is another name, beside those of the file.
    private static void SetAliases(ParameterCatalogue catalogue, ParsedCommand parsed, string name, IReadOnlyList<string> aliases)
    {
        var said = parsed.Values.TryGetValue("alias", out var alias) ? ParameterValue.Split(catalogue.FindColumn("alias")!, (string)alias) : [];
        if (aliases.Union(said).Where(other => other != name).ToList() is { Count: > 0 } all)
            parsed.Values["aliases"] = ItemList.Write(all);
    }

    private static void SetNumber(ParsedCommand parsed, YamlMappingNode model, string key, string column)
    {
        if (Text(model, key) is { } text && long.TryParse(text, CultureInfo.InvariantCulture, out var number) && number > 0)
            parsed.Values[column] = number;
    }

    // Macros may name others; ten rounds are more than anyone nests, and a circle ends there. Null where the text grows beyond all measure.
    private static string? Expand(string text, Dictionary<string, string> macros)
    {
        for (var round = 0; round < 10 && text.Contains("${", StringComparison.Ordinal); round++)
        {
            var length = text.Length;
            text = Macro().Replace(text, match =>
            {
                var value = macros.GetValueOrDefault(match.Groups["name"].Value, match.Value);
                length += value.Length;
                return length > ShellWords.MaxLength ? "" : value;
            });
            if (length > ShellWords.MaxLength)
                return null;
        }

        return text;
    }

    private static Dictionary<string, string> Macros(YamlMappingNode node) => Child(node, "macros") is YamlMappingNode macros
        ? macros.Children.ToDictionary(pair => pair.Key.ToString(), pair => pair.Value.ToString())
        : [];

    private static List<string> Items(YamlMappingNode node, string key) =>
        Child(node, key) is YamlSequenceNode items ? [.. items.Children.OfType<YamlScalarNode>().Select(item => item.Value ?? "")] : [];

    private static string? Text(YamlMappingNode node, string key) => (Child(node, key) as YamlScalarNode)?.Value;

    private static YamlNode? Child(YamlMappingNode node, string key) => node.Children.TryGetValue(new YamlScalarNode(key), out var child) ? child : null;

    [GeneratedRegex(@"^models\s*:", RegexOptions.Multiline)]
    private static partial Regex ModelsKey();

    [GeneratedRegex(@"\$\{(?<name>[\w-]+)\}")]
    private static partial Regex Macro();
}
