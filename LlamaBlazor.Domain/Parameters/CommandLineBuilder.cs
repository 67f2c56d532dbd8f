namespace LlamaBlazor.Domain.Parameters;

/// <summary>
/// Turns settings into an argument vector by the rules of parameters.md 0 and (a) to (d): what is not set, or equals the engine's default,
/// says nothing;
/// host, port and secrets are ours to decide.
/// </summary>
/// <param name="catalogue">The catalogue.</param>
public sealed class CommandLineBuilder(ParameterCatalogue catalogue)
{
    /// <summary>Columns the dashboard decides about, so that the loop over the settings leaves them out: address and port are ours, one
    /// engine serves one model, and secrets go by environment.</summary>
    private static readonly HashSet<string> Decided =
    [
        "host",
        "port",
        "models_dir",
        "models_preset",
        "models_max",
        "models_autoload",
        "metrics_enabled",
        "hf_token",
        "api_key",
    ];

    private const string PlainDraft = "draft-simple";

    /// <summary>Builds the command.</summary>
    /// <param name="executable">Path of the engine.</param>
    /// <param name="prefix">Arguments before ours.</param>
    /// <param name="parameters">The settings in force.</param>
    /// <param name="plan">What the dashboard decides.</param>
    public LaunchCommand Build(string executable, IReadOnlyList<string> prefix, EffectiveParameters parameters, LaunchPlan plan)
    {
        var words = new WordList(plan.Engine, plan.IsBlind);
        words.AddRange(prefix);
        AddSource(words, parameters, plan);
        var drafting = Drafting(parameters, plan);
        foreach (var definition in catalogue.Columns)
        {
            if (
                definition.Emission is not (Emission.None or Emission.Action or Emission.Removed)
                && !Decided.Contains(definition.Column)
                && !(definition.Column == "device" && plan.Devices is not null)
                && !(definition.Column == "alias" && plan.Alias is not null)
                && !ModelSource.Columns.Contains(definition.Column)
            )
                AddSetting(words, parameters, definition, drafting.GetValueOrDefault(definition.Column));
        }

        if (plan.Alias is { } name)
            words.AddValue(catalogue.FindColumn("alias")!, name.Replace(',', ' ')); // a comma would make two names of it
        AddDevices(words, parameters, plan);
        words.AddRange(["--host", plan.Host, "--port", plan.Port.ToString()]);
        if (parameters.Find(catalogue.FindColumn("metrics_enabled")!) is not false)
            words.AddSwitch(catalogue.FindColumn("metrics_enabled")!, true);
        CustomParameters.Add(words, catalogue, parameters.Find(catalogue.FindColumn("custom_params")!) as string);
        var variables = EngineVariables.Of(catalogue, parameters);
        return new LaunchCommand(executable, words.Words, Environment(parameters, variables))
        {
            Warnings = words.Warnings,
            PublicVariables = variables.Keys.Where(name => !SecretEntries.IsSecret(name)).ToHashSet(),
            TakesStartKey =
                parameters.Find(catalogue.FindColumn("api_key")!) is null
                || plan.Engine?.Find("--api-key")?.Hint?.Contains(',', StringComparison.Ordinal) == true,
        };
    }

    // A draft model of which nothing is said takes all devices there are, not those of the model (llama.cpp, server_context::load_model).
    private void AddDevices(WordList words, EffectiveParameters parameters, LaunchPlan plan)
    {
        if (plan.Devices is not { } devices)
            return;
        var value = devices.Count == 0 ? "none" : string.Join(',', devices);
        words.AddValue(catalogue.FindColumn("device")!, value);
        object? Find(string column) => parameters.Find(catalogue.FindColumn(column)!);
        if ((Find("model_draft") ?? Find("hf_repo_draft") ?? plan.DraftPath) is not null && Find("device_draft") is null)
            words.AddValue(catalogue.FindColumn("device_draft")!, value);
    }

    private void AddSource(WordList words, EffectiveParameters parameters, LaunchPlan plan)
    {
        var source = ModelSource.Choose(
            column => parameters.Find(catalogue.FindColumn(column)!) as string,
            plan.DownloadPath,
            plan.HasModelFile
        );
        foreach (var (column, value) in source.Values)
            words.AddValue(catalogue.FindColumn(column)!, value);
        words.Warn(source.Warnings);
    }

    private static void AddSetting(WordList words, EffectiveParameters parameters, ParameterDefinition definition, string? ours)
    {
        if (
            (ours ?? parameters.Find(definition)) is not { } value
            || (ours is null && IsSilent(definition, value, parameters.IsForced(definition)))
        )
            return;
        switch (definition.Emission)
        {
            case Emission.Pair or Emission.Flag:
                words.AddSwitch(definition, (bool)value != definition.Inverted);
                break;
            case Emission.Repeat:
                foreach (var item in ItemList.Read((string)value))
                    words.AddValue(definition, item);
                break;
            case Emission.Semicolon or Emission.Csv:
                words.AddValue(definition, ParameterValue.Join(definition, ParameterValue.Split(definition, (string)value)));
                break;
            case Emission.TwoValues:
                words.AddValue(definition, ((string)value).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
                break;
            default:
                words.AddValue(definition, ParameterValue.Format(value));
                break;
        }
    }

    // An explicit thread count of zero or less means all logical CPUs, not the physical cores that silence means (parameters.md (c) 1): -1
    // is never said, not even by force.
    private static bool IsSilent(ParameterDefinition definition, object value, bool isForced) =>
        definition is { CanForce: true, Unit: "threads" }
            ? value is -1L || (value is <= 0L && !isForced)
            : !isForced && ParameterValue.IsDefault(definition, value);

    // What a draft model needs that nobody has set: its downloaded file, and since 2026-06-01 a method, without which it drafts nothing.
    private Dictionary<string, string> Drafting(EffectiveParameters parameters, LaunchPlan plan)
    {
        object? Find(string column) => parameters.Find(catalogue.FindColumn(column)!);
        var named = Find("model_draft") ?? Find("hf_repo_draft");
        var ours = new Dictionary<string, string>();
        if (named is null && plan.DraftPath is { } downloaded)
            ours["model_draft"] = downloaded;
        if ((named ?? plan.DraftPath) is null || Find("spec_default") is true)
            return ours;
        if (Find("spec_type") is string chosen)
            ours["spec_type"] = chosen; // none is said aloud here: silence would mean that nobody chose
        else if (plan.Engine is not { } engine || NeedsMethod(engine))
            ours["spec_type"] = PlainDraft;
        return ours;
    }

    // Engines before it draft by the model alone, and know neither the flag nor the word.
    private bool NeedsMethod(EngineCapabilities engine) =>
        engine.Spell(catalogue.FindColumn("spec_type")!) is { } flag
        && (
            engine.Find(flag)!.Hint is not { } hint
            || hint.AsSpan().IndexOfAny('|', ',') < 0
            || hint.Contains(PlainDraft, StringComparison.Ordinal)
        );

    // What the user sets as a variable, under the secrets of fields.
    private Dictionary<string, string> Environment(EffectiveParameters parameters, IReadOnlyDictionary<string, string> variables)
    {
        var environment = new Dictionary<string, string>(variables);
        foreach (var definition in catalogue.Columns.Where(definition => definition.Secret))
        {
            if (parameters.Find(definition) is string secret)
                environment[definition.Env!] = secret;
        }

        return environment;
    }
}
