using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>
/// Reads a llama-server command line into settings: any spelling, both words of a pair, variables in front, a container runtime around it. What it does not
/// know is kept in <c>custom_params</c> or reported; nothing is lost.
/// </summary>
/// <param name="catalogue">The catalogue.</param>
/// <param name="home">The folder that <c>~</c> and <c>$HOME</c> mean, or null to leave them as they are.</param>
public sealed partial class CommandLineParser(ParameterCatalogue catalogue, string? home = null)
{
    private static readonly HashSet<string> RouterOnly = ["models_dir", "models_preset", "models_max", "models_autoload"];

    /// <summary>Reads a pasted text.</summary>
    /// <param name="text">A command for bash or PowerShell.</param>
    public ParsedCommand Parse(string text) => Parse(ShellWords.Split(text));

    /// <summary>Reads words.</summary>
    /// <param name="words">A command, with or without the program and what stands before it.</param>
    public ParsedCommand Parse(IReadOnlyList<string> words)
    {
        var parsed = new ParsedCommand();
        var queue = new Queue<string>(CommandWrapper.Unwrap(words, parsed, (name, value) => TakeVariable(parsed, name, value)));
        if (queue.TryPeek(out var first) && !first.StartsWith('-'))
            parsed.Executable = queue.Dequeue();
        while (queue.TryDequeue(out var word))
            Take(parsed, word, queue);
        if (parsed.Custom.Count > 0)
            parsed.Values["custom_params"] = JsonSerializer.Serialize(parsed.Custom);
        return parsed;
    }

    private void Take(ParsedCommand parsed, string word, Queue<string> queue)
    {
        var (flag, attached) = catalogue.FindFlag(word) is null && word.StartsWith("--", StringComparison.Ordinal) && word.IndexOf('=') is > 0 and var equals
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

        var count = definition switch { { Emission: Emission.Pair or Emission.Flag } => 0, { Emission: Emission.TwoValues } => 2, _ => 1 };
        var values = attached is null ? [] : new List<string> { attached };
        if (IsOnOff(definition) && attached is null && (!queue.TryPeek(out var next) || IsFlag(next)))
            values.Add("on"); // older engines took -fa alone
        while (values.Count < count && queue.TryDequeue(out var value))
            values.Add(value);
        if (values.Count < count)
        {
            parsed.NotUnderstood.Add(new NotUnderstood(flag, "Its value is missing."));
            return;
        }

        if (definition.ReplacedBy is { } replacement)
        {
            parsed.Ignored.Add(new IgnoredFlag(flag, $"llama.cpp renamed it; taken as {replacement}."));
            definition = catalogue.FindFlag(replacement)!;
        }

        if (count == 0)
            TakeSwitch(parsed, definition, flag, attached);
        else
            TakeText(parsed, definition, flag, string.Join(' ', values));
    }

    private static void TakeSwitch(ParsedCommand parsed, ParameterDefinition definition, string flag, string? attached)
    {
        var word = attached is null ? "on" : Word(attached);
        if (word is not ("on" or "off"))
        {
            parsed.NotUnderstood.Add(new NotUnderstood($"{flag}={attached}", "It is a switch: on or off can follow, nothing else."));
            return;
        }

        var on = (word == "on") != IsNegation(definition, flag);
        if (definition.HasColumn)
            Set(parsed, definition, on != definition.Inverted);
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
            parsed.Ignored.Add(new IgnoredFlag(flag, definition.Note!));
            return;
        }

        text = TakePath(parsed, definition, Canonical(definition, text));
        if (definition.Kind is ParameterKind.Items)
            Append(parsed, definition, [text]);
        else if (definition is { Kind: ParameterKind.List, Repeatable: true })
            Append(parsed, definition, ParameterValue.Split(definition, text));
        else if (definition.Kind is ParameterKind.Text or ParameterKind.Lines or ParameterKind.Json or ParameterKind.Path)
            Set(parsed, definition, definition.Kind == ParameterKind.Json ? ParameterInput.Minify(text) : text);
        else if (ParameterInput.FromText(definition, text) is { Error: null, Value: { } value })
            Set(parsed, definition, value);
        else
            parsed.NotUnderstood.Add(new NotUnderstood($"{flag} {text}", ParameterInput.FromText(definition, text).Error ?? "Its value is empty."));
    }

    private static void Append(ParsedCommand parsed, ParameterDefinition definition, IReadOnlyList<string> items)
    {
        var before = parsed.Values.TryGetValue(definition.Column, out var known) ? ParameterValue.Split(definition, (string)known) : [];
        Set(parsed, definition, ParameterValue.Join(definition, [.. before, .. items]));
    }

    // The last of several uses wins, as in the engine's own parser.
    private static void Set(ParsedCommand parsed, ParameterDefinition definition, object value)
    {
        if (value is "")
            return;
        parsed.Values[definition.Column] = value;
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
        parsed.Custom[flag] = parsed.Custom.TryGetValue(flag, out var before) ? (before is List<object> list ? [.. list, value] : new List<object> { before, value }) : value;
    }

    private void TakeVariable(ParsedCommand parsed, string name, string value)
    {
        if (catalogue.Options.FirstOrDefault(option => option.EnvNegation == name) is { HasColumn: true } off)
            Set(parsed, off, off.Inverted);
        else if (catalogue.Options.FirstOrDefault(option => option.Env == name) is not { HasColumn: true } definition)
            parsed.NotUnderstood.Add(new NotUnderstood(name + "=…", "No setting belongs to this variable."));
        else if (definition.Emission is Emission.Pair or Emission.Flag)
            TakeSwitch(parsed, definition, name, value);
        else
            TakeText(parsed, definition, name, value);
    }

    // The engine takes several words for one thing where the choices are on, off and auto.
    private static string Canonical(ParameterDefinition definition, string text) =>
        IsOnOff(definition) && !definition.Choices.Contains(text) ? Word(text) ?? text : text;

    private static bool IsOnOff(ParameterDefinition definition) => definition.Kind == ParameterKind.Choice && definition.Choices.Contains("on");

    private static string? Word(string text) => text.ToLowerInvariant() switch
    {
        "on" or "enabled" or "true" or "1" => "on",
        "off" or "disabled" or "false" or "0" => "off",
        "auto" or "-1" => "auto",
        _ => null,
    };

    // A path inside a container becomes that of the host, and the home folder its own name.
    private string TakePath(ParsedCommand parsed, ParameterDefinition definition, string text)
    {
        if (definition.Kind != ParameterKind.Path && !definition.NamesFiles)
            return text;
        return definition.Kind == ParameterKind.Path
            ? TakePath(parsed, text)
            : ParameterValue.Join(definition, [.. ParameterValue.Split(definition, text).Select(item => TakePath(parsed, item))]);
    }

    private string TakePath(ParsedCommand parsed, string path)
    {
        if (parsed.Volumes.FirstOrDefault(volume => path.StartsWith(volume.Key + "/", StringComparison.Ordinal)) is { Key: not null } folder)
            path = folder.Value + path[folder.Key.Length..];
        if (home is not null && HomeFolder().Match(path) is { Success: true } match)
            path = home + path[match.Length..];
        if (ShellVariable().IsMatch(path))
            parsed.NotUnderstood.Add(new NotUnderstood(path, "Variables of the shell are not known here, so the text is kept as it is. Write the path itself."));
        return path;
    }

    private static bool IsNegation(ParameterDefinition definition, string flag) =>
        definition.NegationAliases.Prepend(definition.Negation).Contains(ParameterCatalogue.Normalise(flag));

    private static bool IsFlag(string word) => word.Length > 1 && word[0] == '-' && !double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    [GeneratedRegex(@"^(~|\$HOME|\$\{HOME\}|\$env:USERPROFILE|\$env:HOME|%USERPROFILE%)(?=[\\/]|$)", RegexOptions.IgnoreCase)]
    private static partial Regex HomeFolder();

    [GeneratedRegex(@"^(\$\{?\w+(:\w+)?\}?|%\w+%)[\\/]")]
    private static partial Regex ShellVariable();
}
