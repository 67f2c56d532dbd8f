using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>
/// Reads a llama-server command line into settings: any spelling, both words of a pair, variables in front, a container runtime around it.
/// What it does not
/// know is kept in <c>custom_params</c> or reported; nothing is lost.
/// </summary>
/// <param name="catalogue">The catalogue.</param>
/// <param name="home">The folder that <c>~</c> and <c>$HOME</c> mean, or null to leave them as they are.</param>
/// <param name="processors">What <c>$(nproc)</c> means where a number is wanted, or null to leave it as it is.</param>
public sealed partial class CommandLineParser(ParameterCatalogue catalogue, string? home = null, int? processors = null)
{
    private const string Unknown =
        "It holds a variable or a command of a shell, whose value is not known here, so nothing was set. Write the value itself.";

    private static readonly HashSet<string> RouterOnly = ["models_dir", "models_preset", "models_max", "models_autoload"];

    /// <summary>Reads a pasted text: a command, or a script that holds one, whose variables are put in.</summary>
    /// <param name="text">A text for bash, PowerShell or cmd.</param>
    public ParsedCommand Parse(string text)
    {
        var script = ShellScript.Read(text, home);
        var parsed = new ParsedCommand();
        parsed.Unresolved.UnionWith(script.Unresolved);
        var chosen = ScriptReport.Choose(script);
        (parsed.Folder, parsed.OpenQuote) = (chosen?.Folder, chosen is { IsOpen: true } ? script.OpenQuote : null);
        Parse(chosen?.Words ?? [], parsed);
        ScriptReport.Add(script, chosen, parsed, (name, value) => TakeVariable(parsed, name, value));
        return Finish(parsed);
    }

    /// <summary>Reads words.</summary>
    /// <param name="words">A command, with or without the program and what stands before it.</param>
    /// <param name="unresolved">Whether a word holds something whose value is not known; null where none does.</param>
    public ParsedCommand Parse(IReadOnlyList<string> words, Func<string, bool>? unresolved = null)
    {
        var parsed = new ParsedCommand();
        if (unresolved is not null)
            parsed.Unresolved.UnionWith(words.Where(unresolved));
        Parse(words, parsed);
        return Finish(parsed);
    }

    private void Parse(IReadOnlyList<string> words, ParsedCommand parsed)
    {
        var queue = new Queue<string>(new CommandWrapper(parsed, (name, value) => TakeVariable(parsed, name, value)).Unwrap(words));
        if (queue.TryPeek(out var first) && !first.StartsWith('-'))
            parsed.Executable = TakePath(parsed, queue.Dequeue()) ?? first;
        while (queue.TryDequeue(out var word))
            Take(parsed, word, queue);
    }

    private ParsedCommand Finish(ParsedCommand parsed)
    {
        foreach (var (removed, flag, text) in parsed.Removed)
            TakeRemoved(parsed, removed, flag, text);
        parsed.Removed.Clear();
        if (parsed.Custom.Count > 0)
            parsed.Values["custom_params"] = JsonSerializer.Serialize(parsed.Custom);
        return parsed;
    }

    private void Take(ParsedCommand parsed, string word, Queue<string> queue)
    {
        var (flag, attached) =
            catalogue.FindFlag(word) is null && word.StartsWith("--", StringComparison.Ordinal) && word.IndexOf('=') is > 0 and var equals
                ? (word[..equals], word[(equals + 1)..])
                : (word, null);
        if (catalogue.FindFlag(flag) is { } definition)
            TakeKnown(parsed, definition, flag, attached, queue);
        else if (IsFlag(flag))
            TakeUnknown(parsed, flag, attached, queue);
        else
            parsed.NotUnderstood.Add(new NotUnderstood(word, "It is not a flag, and the flag before it takes no more values."));
    }

    private void TakeKnown(ParsedCommand parsed, ParameterDefinition definition, string flag, string? attached, Queue<string> queue)
    {
        if (definition.Emission == Emission.Action)
        {
            parsed.Ignored.Add(new IgnoredFlag(flag, "It prints something and stops; it is no setting."));
            return;
        }

        var count = definition switch
        {
            { Emission: Emission.Pair or Emission.Flag } => 0,
            { Emission: Emission.TwoValues } => 2,
            _ => 1,
        };
        var values = attached is null ? [] : new List<string> { attached };
        if (IsOnOff(definition) && attached is null && (!queue.TryPeek(out var next) || IsFlag(next)))
            values.Add("on"); // older engines took -fa alone
        while (values.Count < count && queue.TryDequeue(out var value))
            values.Add(value);
        if (values.Count < count)
        {
            parsed.NotUnderstood.Add(new NotUnderstood(flag, "Its value is missing.", Field(definition)));
            return;
        }

        values = values.ConvertAll(value => ProcessorCount.Fill(parsed, definition, flag, value, processors));
        if (values.FirstOrDefault(parsed.Unresolved.Contains) is { } unknown)
            parsed.NotUnderstood.Add(
                new NotUnderstood(definition.Kind == ParameterKind.Path ? unknown : $"{flag} {unknown}", Unknown, Field(definition))
            );
        else if (definition.ReplacedBy is not null)
            parsed.Removed.Add((definition, flag, string.Join(' ', values)));
        else if (count == 0)
            TakeSwitch(parsed, definition, flag, attached);
        else
            TakeText(parsed, definition, flag, TakeScale(definition, values, attached, queue));
    }

    // Engines until 2025 took a file and its scale as two words.
    private static string TakeScale(ParameterDefinition definition, List<string> values, string? attached, Queue<string> queue)
    {
        var scaled =
            definition.Column is "lora_scaled" or "control_vector_scaled"
            && attached is null
            && !Scaled().IsMatch(values[0])
            && queue.TryPeek(out var scale)
            && double.TryParse(scale, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
        return scaled ? $"{values[0]}:{queue.Dequeue()}" : string.Join(' ', values);
    }

    // Which flag took its place depends on what else the line says.
    private void TakeRemoved(ParsedCommand parsed, ParameterDefinition removed, string flag, string text)
    {
        var heirs = RemovedFlags.Heirs(
            catalogue,
            removed,
            parsed.Values.GetValueOrDefault("spec_type") as string,
            parsed.Values.ContainsKey("model_draft")
        );
        foreach (var heir in heirs.Where(heir => !parsed.Values.ContainsKey(heir.Column))) // what the line says with today's flag counts
            TakeText(parsed, heir, flag, text);
        if (heirs.Count > 0)
            parsed.Ignored.Add(
                new IgnoredFlag(flag, $"llama.cpp renamed it; taken as {string.Join(" and ", heirs.Select(heir => heir.Flag))}.")
            );
        else
            parsed.NotUnderstood.Add(
                new NotUnderstood($"{flag} {text}", $"llama.cpp removed it, and {parsed.Values["spec_type"]} has nothing like it.")
            );
    }

    private static void TakeSwitch(ParsedCommand parsed, ParameterDefinition definition, string flag, string? attached)
    {
        var word = attached is null ? "on" : Word(attached);
        if (word is not ("on" or "off"))
        {
            parsed.NotUnderstood.Add(
                new NotUnderstood($"{flag}={attached}", "It is a switch: on or off can follow, nothing else.", Field(definition))
            );
            return;
        }

        var on = (word == "on") != definition.IsNegation(flag);
        if (definition.HasColumn)
            Set(parsed, definition, on != definition.Inverted, flag);
        else if (on)
            parsed.Custom[definition.Flag!] = true;
    }

    private void TakeText(ParsedCommand parsed, ParameterDefinition definition, string flag, string text)
    {
        if (definition.Secret && text == ShellText.Mask)
        {
            parsed.Ignored.Add(new IgnoredFlag(flag, "The command shows its secret as ***: what is stored stays."));
            return;
        }

        if (definition.Column is "host" or "port" || RouterOnly.Contains(definition.Column))
        {
            parsed.Ignored.Add(new IgnoredFlag(flag, OfTheDashboard(definition, text)));
            return;
        }

        var said = $"{flag} {(definition.Secret ? ShellText.Mask : Shorten(text))}";
        if (TakePath(parsed, definition, Canonical(definition, text)) is not { } read)
            parsed.NotUnderstood.Add(new NotUnderstood(text, Unknown, Field(definition)));
        else if (definition.Kind is ParameterKind.Items)
            Append(parsed, definition, [read], said);
        else if (definition is { Kind: ParameterKind.List, Repeatable: true })
            Append(parsed, definition, ParameterValue.Split(definition, read), said);
        else if (definition.Kind is ParameterKind.Text or ParameterKind.Lines or ParameterKind.Json or ParameterKind.Path)
            Set(parsed, definition, definition.Kind == ParameterKind.Json ? ForeignObject.Repair(read) : read, said);
        else if (ParameterInput.FromText(definition, read) is { Error: null, Value: { } value })
            Set(parsed, definition, value, said);
        else
            parsed.NotUnderstood.Add(
                new NotUnderstood(
                    $"{flag} {text}",
                    ParameterInput.FromText(definition, read).Error ?? "Its value is empty.",
                    Field(definition)
                )
            );
    }

    private static string OfTheDashboard(ParameterDefinition definition, string text) =>
        definition.Column switch
        {
            "models_max" =>
                $"It was not taken: how many models run at once is set for all, on the Server page. Set it there to {Shorten(text)} "
                    + "if wanted.",
            "models_dir" => "It was not taken: the folders that are searched for models are chosen on the Settings page.",
            "models_preset" => "It was not taken: give the text of that file to the import on the Presets page.",
            "models_autoload" =>
                "It was not taken: the dashboard starts models on demand; a model that is to run from the start has 'preload'.",
            _ => definition.Note!,
        };

    private static void Append(ParsedCommand parsed, ParameterDefinition definition, IReadOnlyList<string> items, string said)
    {
        var before = parsed.Values.TryGetValue(definition.Column, out var known) ? ParameterValue.Split(definition, (string)known) : [];
        Set(parsed, definition, ParameterValue.Join(definition, [.. before, .. items]), said);
    }

    // The last of several uses wins, as in the engine's own parser.
    private static void Set(ParsedCommand parsed, ParameterDefinition definition, object value, string said)
    {
        if (value is "")
            return;
        parsed.Values[definition.Column] = value;
        parsed.Said[definition.Column] = said;
        if (definition.CanForce && (ParameterValue.IsDefault(definition, value) || (definition.Unit == "threads" && value is <= 0L)))
            parsed.Forced.Add(definition.Column);
        else
            parsed.Forced.Remove(definition.Column);
    }

    private static void TakeUnknown(ParsedCommand parsed, string flag, string? attached, Queue<string> queue)
    {
        object value = true;
        if (attached is not null)
            value = attached;
        else if (queue.TryPeek(out var next) && !IsFlag(next))
            value = queue.Dequeue();
        parsed.Custom[flag] = parsed.Custom.TryGetValue(flag, out var before)
            ? (before is List<object> list ? [.. list, value] : new List<object> { before, value })
            : value;
    }

    private void TakeVariable(ParsedCommand parsed, string name, string value)
    {
        if (catalogue.Options.FirstOrDefault(option => option.EnvNegation == name) is { HasColumn: true } off)
            Set(parsed, off, off.Inverted, name + "=…");
        else if (
            catalogue.Options.FirstOrDefault(option => option.Env == name) is not { } definition
            || definition is { HasColumn: false, ReplacedBy: null }
        )
            parsed.Environment[name] = value;
        else if (ProcessorCount.Fill(parsed, definition, name, value, processors) is var count && count != value)
            TakeText(parsed, definition, name, count);
        else if (parsed.Unresolved.Contains($"{name}={value}"))
            parsed.NotUnderstood.Add(new NotUnderstood($"{name}={value}", Unknown, Field(definition)));
        else if (definition.ReplacedBy is not null)
            parsed.Removed.Add((definition, name, value));
        else if (definition.Emission is Emission.Pair or Emission.Flag)
            TakeSwitch(parsed, definition, name, value);
        else
            TakeText(parsed, definition, name, value);
    }

    // The engine takes several words for one thing where the choices are on, off and auto.
    private static string Canonical(ParameterDefinition definition, string text) =>
        IsOnOff(definition) && !definition.Choices.Contains(text) ? Word(text) ?? text : text;

    private static bool IsOnOff(ParameterDefinition definition) =>
        definition.Kind == ParameterKind.Choice && definition.Choices.Contains("on");

    private static string? Word(string text) =>
        text.ToLowerInvariant() switch
        {
            "on" or "enabled" or "true" or "1" => "on",
            "off" or "disabled" or "false" or "0" => "off",
            "auto" or "-1" => "auto",
            _ => null,
        };

    // A path inside a container becomes that of the host, and the home folder its own name. Null where a variable stands in it that nobody
    // knows here.
    private string? TakePath(ParsedCommand parsed, ParameterDefinition definition, string text)
    {
        if (definition.Kind == ParameterKind.Path)
            return TakePath(parsed, text);
        if (!definition.NamesFiles)
            return text;
        var items = ParameterValue.Split(definition, text).Select(item => TakePath(parsed, item)).ToList();
        return items.Contains(null) ? null : ParameterValue.Join(definition, [.. items.OfType<string>()]);
    }

    private string? TakePath(ParsedCommand parsed, string path)
    {
        if (
            parsed.Volumes.FirstOrDefault(volume => path.StartsWith(volume.Key + "/", StringComparison.Ordinal)) is { Key: not null } folder
        )
            path = folder.Value + path[folder.Key.Length..];
        if (home is not null && HomeFolder().Match(path) is { Success: true } match)
            path = home + path[match.Length..];
        return ShellVariable().IsMatch(path) ? null : path;
    }

    private static string? Field(ParameterDefinition definition) => definition.HasColumn ? definition.Column : null;

    private static string Shorten(string text) => text.Length <= 200 ? text : text[..200] + "…";

    private static bool IsFlag(string word) =>
        word.Length > 1 && word[0] == '-' && !double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    [GeneratedRegex(@"^(~|\$HOME|\$\{HOME\}|\$env:USERPROFILE|\$env:HOME|%USERPROFILE%|%h(?=/))(?=[\\/]|$)", RegexOptions.IgnoreCase)]
    private static partial Regex HomeFolder();

    [GeneratedRegex(@":[-+]?[0-9.]+(e[-+]?[0-9]+)?$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Scaled();

    [GeneratedRegex(@"^(\$\{?[\w.:-]+\}?|%\w+%|%[a-zA-Z])([\\/]|$)|\$\{env\.")]
    private static partial Regex ShellVariable();
}
