using System.Globalization;
using System.Text.Json;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>
/// Reads a llama-server command line into settings: any spelling, both words of a pair, variables in front, a container runtime around it. What it does not
/// know is kept in <c>custom_params</c> or reported; nothing is lost.
/// </summary>
/// <param name="catalogue">The catalogue.</param>
public sealed class CommandLineParser(ParameterCatalogue catalogue)
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

        if (count == 0 && !definition.HasColumn)
            parsed.Custom[definition.Flag!] = true;
        else if (count == 0)
            Set(parsed, definition, IsNegation(definition, flag) == definition.Inverted);
        else
            TakeText(parsed, definition, flag, string.Join(' ', values));
    }

    private static void TakeText(ParsedCommand parsed, ParameterDefinition definition, string flag, string text)
    {
        if (definition.Column is "host" or "port" || RouterOnly.Contains(definition.Column))
        {
            parsed.Ignored.Add(new IgnoredFlag(flag, definition.Note!));
            return;
        }

        text = FromContainer(parsed, definition, Canonical(definition, text));
        if (definition.Kind is ParameterKind.Items)
            Append(parsed, definition, [text]);
        else if (definition is { Kind: ParameterKind.List, Repeatable: true })
            Append(parsed, definition, ParameterValue.Split(definition, text));
        else if (definition.Kind is ParameterKind.Text or ParameterKind.Lines or ParameterKind.Json or ParameterKind.Path)
            Set(parsed, definition, text);
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
            Set(parsed, definition, Word(value) == "on" != definition.Inverted);
        else
            TakeText(parsed, definition, name, value);
    }

    // The engine takes several words for one thing where the choices are on, off and auto.
    private static string Canonical(ParameterDefinition definition, string text) =>
        definition.Kind == ParameterKind.Choice && definition.Choices.Contains("on") && !definition.Choices.Contains(text) ? Word(text) ?? text : text;

    private static string? Word(string text) => text.ToLowerInvariant() switch
    {
        "on" or "enabled" or "true" or "1" => "on",
        "off" or "disabled" or "false" or "0" => "off",
        "auto" or "-1" => "auto",
        _ => null,
    };

    private static string FromContainer(ParsedCommand parsed, ParameterDefinition definition, string text) =>
        definition.Kind == ParameterKind.Path && parsed.Volumes.FirstOrDefault(volume => text.StartsWith(volume.Key + "/", StringComparison.Ordinal)) is { Key: not null } folder
            ? folder.Value + text[folder.Key.Length..]
            : text;

    private static bool IsNegation(ParameterDefinition definition, string flag) =>
        definition.NegationAliases.Prepend(definition.Negation).Contains(ParameterCatalogue.Normalise(flag));

    private static bool IsFlag(string word) => word.Length > 1 && word[0] == '-' && !double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
