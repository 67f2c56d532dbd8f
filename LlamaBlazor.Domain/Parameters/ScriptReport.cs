using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>
/// Which command of a pasted script is the one to read, and what is said of all the rest, so that nothing is lost without a word.
/// </summary>
internal static partial class ScriptReport
{
    private const int Bound = 50;
    private const int Length = 200;

    /// <summary>The command that starts llama-server; the first one where none names it.</summary>
    public static ShellCommand? Choose(ShellScript script) =>
        script.Commands.FirstOrDefault(StartsServer)
        ?? script.Commands.FirstOrDefault(command => command.Words.Any(IsFlag))
        ?? (script.Commands is [var first, ..] ? first : null);

    /// <summary>Notes all that the command itself does not hold.</summary>
    /// <param name="script">The script.</param>
    /// <param name="chosen">The command that was read.</param>
    /// <param name="parsed">Takes the reports.</param>
    /// <param name="variable">Takes each variable that the engine would see.</param>
    public static void Add(ShellScript script, ShellCommand? chosen, ParsedCommand parsed, Action<string, string> variable)
    {
        foreach (var (name, value, exported) in script.Others)
        {
            variable(name, value);
            if (!exported && parsed.Environment.Remove(name))
                parsed.NotUnderstood.Add(
                    new NotUnderstood(name + "=…", "No setting belongs to this variable, and the text itself does not use it.")
                );
        }

        foreach (var folder in script.Folders.Take(Bound))
            parsed.Ignored.Add(
                new IgnoredFlag(Shorten(folder), "Relative paths behind it are taken from this folder; nothing else depends on it.")
            );
        if (chosen?.Dropped is { } dropped)
            parsed.Ignored.Add(new IgnoredFlag(Shorten(dropped), "The dashboard keeps the engine's output itself."));
        foreach (var command in script.Commands.Where(command => command != chosen).Take(Bound))
            AddOther(command, parsed);
        foreach (var comment in script.Comments.Where(HoldsFlag).Take(Bound))
            parsed.Ignored.Add(new IgnoredFlag(Flags(comment), "It stands in a comment."));
        if (script.OpenQuote is { } quote)
            parsed.NotUnderstood.Add(
                new NotUnderstood(
                    Shorten(quote),
                    "The quote that begins here is not closed, so everything behind it counts as one word. Close it."
                )
            );
        if (script.IsTooLong)
            parsed.NotUnderstood.Add(
                new NotUnderstood(
                    "…",
                    $"It was read up to {ShellWords.MaxWords:N0} words and {ShellWords.MaxLength:N0} characters; the rest was left out."
                )
            );
    }

    /// <summary>The flags that a comment names: what was meant for the command, without values, which may be secrets.</summary>
    public static string Flags(string comment) => Shorten(string.Join(' ', Flag().Matches(comment).Select(match => match.Value)));

    /// <summary>Whether a comment names a flag.</summary>
    public static bool HoldsFlag(string comment) => Flag().IsMatch(comment);

    private static void AddOther(ShellCommand command, ParsedCommand parsed)
    {
        if (StartsServer(command))
            parsed.NotUnderstood.Add(
                new NotUnderstood(Shorten(command.Statement), "A second command that starts llama-server. Paste it by itself.")
            );
        else if (command.Words.Count > 0)
            parsed.Ignored.Add(new IgnoredFlag(Shorten(command.Statement), "It is no part of the command that starts llama-server."));
    }

    private static bool StartsServer(ShellCommand command) =>
        command.Words.Any(word => ServerProgram.Is(word) || IsNested(word)) || IsContainer(command.Words);

    private static bool IsContainer(IReadOnlyList<string> words) =>
        words.Any(word => ForeignPath.FileName(word) is "docker" or "podman" or "nerdctl" or "docker.exe") && words.Contains("run")
        || (words.Count > 1 && ServerProgram.IsMulti(words[0]) && words[1] is "serve" or "server");

    // The command of bash -c and its like.
    private static bool IsNested(string word) =>
        word.Contains(' ')
        && word.Contains("llama", StringComparison.OrdinalIgnoreCase)
        && word.Contains("server", StringComparison.OrdinalIgnoreCase);

    private static bool IsFlag(string word) => word.Length > 1 && word[0] == '-' && char.IsAsciiLetter(word[^1]);

    private static string Shorten(string text) => text.Length <= Length ? text : text[..Length] + "…";

    [GeneratedRegex(@"(?<=[\s#(])--?[A-Za-z][\w-]*", RegexOptions.ExplicitCapture)]
    private static partial Regex Flag();
}
