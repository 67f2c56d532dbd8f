using System.Text;

namespace LlamaBlazor.Web.Simulator;

/// <summary>The actions of the simulated engine, in the form of the real one: <c>--help</c>, <c>--version</c>,
/// <c>--list-devices</c>.</summary>
internal static class SimulatedHelp
{
    private const int Column = 40;
    private const int IndentedColumn = 34;
    private const int Width = 70;

    /// <summary>Runs the action the command line asks for; false when it asks for a server.</summary>
    public static bool TryRun(SimulatedArguments arguments, TextWriter output, TextWriter error)
    {
        if (arguments.Has("--help"))
            output.Write(arguments.Age.IsIndented ? AllIndented(arguments.Age) : All(arguments.Age));
        else if (arguments.Has("--version"))
            error.WriteLine($"{arguments.Age.Version}\nbuilt with LlamaBlazor for demonstration and tests");
        else if (arguments.Has("--list-devices"))
            output.WriteLine("Available devices:");
        else if (arguments.Has("--cache-list"))
            output.WriteLine("number of models in cache: 0");
        else if (!arguments.Has("--completion-bash"))
            return false;
        return true;
    }

    /// <summary>The entry of one flag.</summary>
    public static string Describe(SimulatedOption option)
    {
        var text = new StringBuilder();
        var names = option.Names.Concat(option.Negations).ToList();
        for (var i = 0; i < names.Count; i++)
        {
            var separator = i < names.Count - 1 ? ", " : "";
            var isShort = i == 0 && !names[i].StartsWith("--", StringComparison.Ordinal) && names.Count > 1;
            text.Append(isShort ? (names[i] + separator).PadRight(7) : names[i] + separator);
        }

        if (option.Arity > 0)
            text.Append(' ').Append(Hint(option));
        var isWide = text.Length > Column - 2;
        if (isWide)
            text.AppendLine();
        var lines = Wrap(option.IsRemoved ? $"the argument has been removed. {option.Description}" : option.Description).ToList();
        if (option.Environment is not null)
            lines.Add($"(env: {option.Environment})");
        for (var i = 0; i < lines.Count; i++)
            text.AppendLine((i == 0 && !isWide ? new string(' ', Column - text.Length) : new string(' ', Column)) + lines[i]);
        return text.ToString().TrimEnd('\n');
    }

    // Two values are told by two words.
    private static string Hint(SimulatedOption option)
    {
        var hint = option.Hint ?? (option.Values.Count > 0 ? $"{{{string.Join(',', option.Values)}}}" : "VALUE");
        return option.Arity == 2 && !hint.Contains(' ', StringComparison.Ordinal) ? hint + " END" : hint;
    }

    private static string All(SimulatedAge age)
    {
        var text = new StringBuilder("----- common params -----\n\n");
        foreach (var option in age.Options)
            text.Append(Describe(option)).Append('\n');
        return text.ToString();
    }

    // Spellings in a second column, the short one before it; switches for yes and no are entries of their own.
    private static string AllIndented(SimulatedAge age)
    {
        var text = new StringBuilder("usage: ./llama-server [options]\n\ngeneral:\n\n");
        foreach (var option in age.Options)
        {
            Indent(text, option.Names, option.Arity > 0 ? " " + Hint(option) : "", option.Description);
            foreach (var name in option.Negations)
                Indent(text, [name], "", option.Description);
        }

        return text.ToString();
    }

    private static void Indent(StringBuilder text, IReadOnlyList<string> names, string hint, string description)
    {
        var isShort = !names[0].StartsWith("--", StringComparison.Ordinal);
        var first = isShort ? names[0] + (names.Count > 1 ? "," : "") : "";
        var entry = $"  {first, -6} {string.Join(", ", isShort ? names.Skip(1) : names)}{hint}";
        if (entry.Length > IndentedColumn - 1)
            entry += "\n";
        var lines = Wrap(description).ToList();
        text.Append(entry.EndsWith('\n') ? entry + new string(' ', IndentedColumn) : entry.PadRight(IndentedColumn));
        text.Append(lines[0]).Append('\n');
        foreach (var line in lines.Skip(1))
            text.Append(' ', IndentedColumn).Append(line).Append('\n');
    }

    private static IEnumerable<string> Wrap(string description)
    {
        var line = new StringBuilder();
        foreach (var word in description.Split(' '))
        {
            if (line.Length > 0 && line.Length + word.Length >= Width)
            {
                yield return line.ToString();
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        yield return line.ToString();
    }
}
