using System.Text;

namespace LlamaBlazor.Web.Simulator;

/// <summary>The actions of the simulated engine, in the form of the real one: <c>--help</c>, <c>--version</c>, <c>--list-devices</c>.</summary>
internal static class SimulatedHelp
{
    /// <summary>Build number and commit it gives itself.</summary>
    public const string Build = "b9921-simulated";

    private const int Column = 40;
    private const int Width = 70;

    /// <summary>Runs the action the command line asks for; false when it asks for a server.</summary>
    public static bool TryRun(SimulatedArguments arguments, TextWriter output, TextWriter error)
    {
        if (arguments.Has("--help"))
            output.Write(All());
        else if (arguments.Has("--version"))
            error.WriteLine("version: 9921 (simulated)\nbuilt with LlamaBlazor for demonstration and tests");
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
            text.Append(' ').Append(option.Hint ?? (option.Values.Count > 0 ? $"{{{string.Join(',', option.Values)}}}" : "VALUE"));
        var isWide = text.Length >= Column;
        if (isWide)
            text.AppendLine();
        var lines = Wrap(option.Description).ToList();
        if (option.Environment is not null)
            lines.Add($"(env: {option.Environment})");
        for (var i = 0; i < lines.Count; i++)
            text.AppendLine((i == 0 && !isWide ? new string(' ', Column - text.Length) : new string(' ', Column)) + lines[i]);
        return text.ToString().TrimEnd('\n');
    }

    private static string All()
    {
        var text = new StringBuilder("----- common params -----\n\n");
        foreach (var option in SimulatedOption.All)
            text.Append(Describe(option)).Append('\n');
        return text.ToString();
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
