using System.Text;
using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>Reads a unit file of systemd as the script it amounts to: its variables, its folder and its command.</summary>
public static partial class SystemdUnit
{
    /// <summary>Why what stands in other sections is left out.</summary>
    internal const string Order = "It orders the unit among others, and is no setting of the engine.";

    private const int LineBound = 10_000;

    // What the dashboard does in its own way.
    private static readonly Dictionary<string, string> Reasons = new(StringComparer.OrdinalIgnoreCase)
    {
        ["EnvironmentFile"] = "Files are not read here. Put its lines into the unit as Environment=NAME=value.",
        ["User"] = "Engines run as the user of the dashboard.",
        ["Group"] = "Engines run as the user of the dashboard.",
        ["Restart"] = "Restarts are a setting of the model: restart_policy.",
        ["RestartSec"] = "Restarts are a setting of the model: restart_policy.",
        ["Type"] = "The dashboard watches its engines itself.",
        ["StandardOutput"] = "The dashboard keeps the engine's output itself.",
        ["StandardError"] = "The dashboard keeps the engine's output itself.",
    };

    /// <summary>Whether a text is such a file.</summary>
    /// <param name="text">Any text.</param>
    public static bool LooksLikeOne(string text) =>
        (Service().IsMatch(text) && ExecStart().IsMatch(text)) || ContainerUnit.LooksLikeOne(text);

    /// <summary>The script, and what of the file is in none of its lines.</summary>
    /// <param name="text">The file.</param>
    public static (string Script, IReadOnlyList<IgnoredFlag> Ignored, IReadOnlyList<NotUnderstood> NotUnderstood) Read(string text)
    {
        if (ContainerUnit.LooksLikeOne(text))
            return ContainerUnit.Read(text);
        var (script, command) = (new StringBuilder(), "");
        var (ignored, lost) = (new List<IgnoredFlag>(), new List<NotUnderstood>());
        foreach (var (section, key, value, line) in Pairs(text, lost))
        {
            if (section != "Service")
                ignored.Add(new IgnoredFlag(line, Order));
            else if (key == "Environment")
                script.Append("export ").Append(Specify(value)).Append('\n');
            else if (key == "WorkingDirectory")
                script.Append("cd \"").Append(Specify(value.TrimStart('-'))).Append("\"\n");
            else if (key == "ExecStart" && command.Length == 0)
                command = Specify(value.TrimStart('-', '@', ':', '+', '!'));
            else
                Report(key, line, ignored, lost);
        }

        return (script.Append(command).ToString(), ignored, lost);
    }

    /// <summary>The keys of a unit file in order, each with its section and its whole line.</summary>
    /// <param name="text">The file.</param>
    /// <param name="lost">Takes lines that say nothing.</param>
    internal static IEnumerable<(string Section, string Key, string Value, string Line)> Pairs(string text, List<NotUnderstood> lost)
    {
        var section = "";
        foreach (var line in Continued().Replace(text.ReplaceLineEndings("\n"), " ").Split('\n', LineBound).Select(line => line.Trim()))
        {
            if (line.Length == 0 || line[0] is '#' or ';')
                continue;
            if (line[0] == '[')
                section = line.Trim('[', ']');
            else if (Pair().Match(line) is { Success: true } pair)
                yield return (section, pair.Groups["key"].Value, pair.Groups["value"].Value, line);
            else
                lost.Add(new NotUnderstood(line, "This is neither a section nor a key with a value."));
        }
    }

    private static void Report(string key, string line, List<IgnoredFlag> ignored, List<NotUnderstood> lost)
    {
        var reason = Reasons.GetValueOrDefault(key, "It is a matter of systemd, and no setting of the engine.");
        if (key is "EnvironmentFile" or "ExecStart")
            lost.Add(new NotUnderstood(line, Reasons.GetValueOrDefault(key, "A second command. Paste it by itself.")));
        else
            ignored.Add(new IgnoredFlag(line, reason));
    }

    // %h is the home folder; what the others mean only systemd knows, so they stay, in a form that is reported.
    internal static string Specify(string value) =>
        Specifier()
            .Replace(
                value,
                match =>
                    match.Value switch
                    {
                        "%%" => "%",
                        "%h" => "${HOME}",
                        var other => $"$(systemd {other})",
                    }
            );

    [GeneratedRegex(@"^\s*\[Service\]", RegexOptions.Multiline)]
    private static partial Regex Service();

    [GeneratedRegex(@"^\s*ExecStart\s*=", RegexOptions.Multiline)]
    private static partial Regex ExecStart();

    [GeneratedRegex(@"\\[ \t]*\n(\s*[#;][^\n]*\n)*", RegexOptions.ExplicitCapture)]
    private static partial Regex Continued();

    [GeneratedRegex(@"^(?<key>[A-Za-z]+)\s*=\s*(?<value>.*)$")]
    private static partial Regex Pair();

    [GeneratedRegex("%[a-zA-Z%]")]
    private static partial Regex Specifier();
}
