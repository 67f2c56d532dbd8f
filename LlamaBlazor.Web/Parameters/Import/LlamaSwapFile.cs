using System.Globalization;
using System.Text.RegularExpressions;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Parameters.Import.Yaml;

namespace LlamaBlazor.Web.Parameters.Import;

/// <summary>
/// Reads the models of a llama-swap configuration: commands with macros, variables, names, idle time, limits, request fields, preloading
/// and groups. What has no
/// place here is reported by its key.
/// </summary>
internal sealed partial class LlamaSwapFile
{
    private const string StartLimit = "start_limit_seconds";

    private static readonly string TooLong =
        $"Its macros make a command of more than {ShellWords.MaxLength:N0} characters, or those of all models {SwapMacros.MaxTotal:N0}.";

    private static readonly HashSet<string> Used = ["cmd", "env", "aliases", "ttl", "concurrencyLimit", "macros", "filters"];
    private static readonly HashSet<string> UsedOfFile = ["models", "macros", "globalTTL", "hooks", "groups", "healthCheckTimeout"];

    private static readonly Dictionary<string, string> Reasons = new()
    {
        ["macros"] = "It must be a mapping of names to texts; whatever else stands there was not read.",
        ["env"] = "It must be a list of NAME=value; whatever else stands there was not read.",
        ["aliases"] = "It must be a list of names; whatever else stands there was not read.",
        ["filters"] = "It must be a mapping, so nothing of it was read.",
        ["proxy"] = "The dashboard chooses address and port.",
        ["checkEndpoint"] = "The dashboard asks /health.",
        ["cmdStop"] = "The dashboard stops engines itself.",
        ["name"] = "The key of the model is its name here.",
        ["description"] = "Write it into the notes of the model.",
        ["unlisted"] = "Each model is in the list of models here.",
        ["useModelName"] = "The engine runs one model and takes any name.",
        ["groups"] = "What is stopped to make room is set on the Server page and for each model; members of a persistent group are pinned.",
        ["healthCheckTimeout"] = "The dashboard has a time limit of its own for starts; see the launch settings.",
        ["startPort"] = "Ports come from the range of the launch settings.",
        ["apiKeys"] = "Make keys on the API keys page.",
        ["hooks"] = "Of the hooks only on_startup.preload has a place here.",
    };

    private readonly ParameterCatalogue _catalogue;
    private readonly CommandLineParser _parser;
    private readonly YamlMap _file;
    private readonly SwapMacros _macros;
    private readonly List<NotUnderstood> _problems = [];
    private readonly HashSet<string> _preloaded;
    private readonly HashSet<string> _pinned;

    private LlamaSwapFile(ParameterCatalogue catalogue, CommandLineParser parser, YamlMap file, Func<string, string?> environment)
    {
        (_catalogue, _parser, _file, _macros) = (catalogue, parser, file, new SwapMacros(environment));
        _macros.Define(file.Map("macros"));
        _preloaded = [.. file.Map("hooks")?.Map("on_startup")?.Texts("preload") ?? []];
        _pinned = [.. Groups().Where(group => group.Text("persistent") == "true").SelectMany(group => group.Texts("members"))];
    }

    /// <summary>Whether a text is such a file rather than a preset file.</summary>
    public static bool LooksLikeOne(string text) => ModelsKey().IsMatch(text);

    /// <summary>Its models.</summary>
    /// <param name="catalogue">The catalogue.</param>
    /// <param name="parser">Reads commands.</param>
    /// <param name="root">The file.</param>
    /// <param name="environment">Value of a variable of this machine, or null.</param>
    public static Result<PresetPlan> Read(
        ParameterCatalogue catalogue,
        CommandLineParser parser,
        YamlValue root,
        Func<string, string?> environment
    )
    {
        if (root is not YamlMap file || file.Map("models") is not { } models || models.Pairs.Count > PresetImport.Bound)
            return Failure.Invalid("text", $"'models' must be a list of names, each with its 'cmd', at most {PresetImport.Bound}.");
        return new LlamaSwapFile(catalogue, parser, file, environment).Read(models);
    }

    private PresetPlan Read(YamlMap models)
    {
        var plans = new List<PresetModel>();
        foreach (var (name, value) in models.Pairs)
        {
            if (value is not YamlMap model || model["cmd"] is not YamlText { IsNull: false } command)
                _problems.Add(new NotUnderstood(name, "This model has no 'cmd'."));
            else if (Plan(name, model, command.Lines) is not { } plan)
                _problems.Add(new NotUnderstood(name, TooLong));
            else
                plans.Add(new PresetModel(name, plan));
        }

        foreach (var missing in _preloaded.Concat(_pinned).Where(name => models[name] is null).Distinct())
            _problems.Add(new NotUnderstood(missing, "It is preloaded or in a group, but no model of the file has this name."));
        _problems.AddRange(_file.Pairs.Select(pair => pair.Key).Where(key => !IsTaken(key)).Select(NotTaken));
        return new PresetPlan(plans, _problems);
    }

    private bool IsTaken(string key) =>
        UsedOfFile.Contains(key)
        && key switch
        {
            "healthCheckTimeout" => _catalogue.FindColumn(StartLimit) is not null,
            "hooks" => _file.Map("hooks") is { Pairs: [{ Key: "on_startup", Value: YamlMap { Pairs: [{ Key: "preload" }] } }] },
            "groups" => _file["groups"] is YamlMap groups
                && groups.Pairs.All(group => group.Value is YamlMap)
                && Groups().All(group => group.Pairs.All(pair => pair.Key is "persistent" or "members")),
            "globalTTL" => Number(_file.Text(key)) is not null,
            "macros" => IsTexts(_file[key], listed: false),
            _ => true,
        };

    private IEnumerable<YamlMap> Groups() => (_file.Map("groups")?.Pairs ?? []).Select(pair => pair.Value).OfType<YamlMap>();

    private static NotUnderstood NotTaken(string key) => new(key, Reasons.GetValueOrDefault(key, "The dashboard has no such setting."));

    // What has another form would otherwise be nothing at all. A key without a value says nothing.
    private static bool IsTexts(YamlValue? value, bool listed) =>
        value switch
        {
            YamlMap map => !listed && map.Pairs.All(pair => pair.Value is YamlText),
            YamlList list => listed && list.Items.All(item => item is YamlText),
            YamlText text => listed || text.IsNull,
            _ => value is null,
        };

    private ImportPlan? Plan(string name, YamlMap model, string command)
    {
        var macros = _macros.ForModel(model, name);
        var comments = new List<IgnoredFlag>();
        var variables = Variables(model).Select(macros.Expand).ToList();
        var line = macros.Expand(CommandText.WithoutComments(command, comments));
        _macros.Add(macros);
        if (line is null || variables.Contains(null))
            return null;
        var parsed = _parser.Parse([.. variables.OfType<string>(), .. ShellWords.Split(line)], SwapMacros.IsOpen);
        SetAliases(parsed, name, [.. model.Texts("aliases").Select(macros.Expand).OfType<string>()]);
        SetRuntime(parsed, model, name);
        var filters = new SwapFilters(_catalogue, parsed, name, model.Map("filters"), macros);
        filters.Take();
        var plan = ImportPlanner.Plan(_catalogue, parsed);
        var unused = model.Pairs.Select(pair => pair.Key).Where(key => !IsTaken(key, model)).Select(NotTaken);
        return plan with
        {
            NotUnderstood = [.. plan.NotUnderstood, .. filters.Lost, .. unused],
            Ignored = [.. plan.Ignored, .. comments, .. macros.Comments, .. filters.Taken],
            Variants = filters.Variants,
            Refused = plan.Refused ?? ImportPlanner.RefuseOpenQuote(ShellWords.FindOpenQuote(line)),
        };
    }

    private bool IsTaken(string key, YamlMap model) =>
        key switch
        {
            "healthCheckTimeout" => _catalogue.FindColumn(StartLimit) is not null,
            "ttl" or "concurrencyLimit" => Number(model.Text(key)) is not null,
            "macros" => IsTexts(model[key], listed: false),
            "env" => IsTexts(model[key], listed: true) || IsTexts(model[key], listed: false),
            "aliases" => IsTexts(model[key], listed: true),
            "filters" => model[key] is YamlMap or YamlText { IsNull: true },
            "unlisted" or "useModelName" => model.Text(key) is "false" or null,
            _ => Used.Contains(key),
        };

    private static IEnumerable<string> Variables(YamlMap model) =>
        model["env"] is YamlMap map ? map.Pairs.Select(pair => $"{pair.Key}={(pair.Value as YamlText)?.Text}") : model.Texts("env");

    // The key of the file names the model, so every --alias is another name, beside those of the file.
    private void SetAliases(ParsedCommand parsed, string name, IReadOnlyList<string> aliases)
    {
        var said = parsed.Values.TryGetValue("alias", out var alias)
            ? ParameterValue.Split(_catalogue.FindColumn("alias")!, (string)alias)
            : [];
        if (aliases.Union(said).Where(other => other != name).ToList() is { Count: > 0 } all)
            parsed.Values["aliases"] = ItemList.Write(all);
    }

    private void SetRuntime(ParsedCommand parsed, YamlMap model, string name)
    {
        // -1 is what the file says for all; 0 is never.
        if ((Number(model.Text("ttl")) is >= 0 and var own ? own : Number(_file.Text("globalTTL"))) is >= 0 and var seconds)
            parsed.Values["ttl_seconds"] = seconds;
        if (Number(model.Text("concurrencyLimit")) is > 0 and var limit)
            parsed.Values["concurrency"] = limit;
        if (
            _catalogue.FindColumn(StartLimit) is { } column
            && Number(model.Text("healthCheckTimeout") ?? _file.Text("healthCheckTimeout")) is > 0 and var start
        )
            parsed.Values[column.Column] = start;
        if (_preloaded.Contains(name))
            parsed.Values["preload"] = true;
        if (_pinned.Contains(name))
            parsed.Values["pinned"] = true;
    }

    private static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex(@"^[""']?models[""']?\s*:", RegexOptions.Multiline)]
    private static partial Regex ModelsKey();
}
