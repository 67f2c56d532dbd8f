using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>Takes off what stands before llama-server in a pasted line: variables, sudo and its like, a change of folder, a container runtime.</summary>
internal static partial class CommandWrapper
{
    private static readonly HashSet<string> Prefixes = ["sudo", "env", "exec", "nohup", "time", "nice", "command", "&", "$", "export", "set"];

    // Words that say nothing worth a report.
    private static readonly HashSet<string> Silent = ["env", "&", "&&", "$", "export", "set"];

    /// <summary>The words from the program on.</summary>
    /// <param name="words">All words.</param>
    /// <param name="parsed">Takes folders that a container mounts, and what was skipped.</param>
    /// <param name="variable">Takes each variable that was set.</param>
    public static IEnumerable<string> Unwrap(IReadOnlyList<string> words, ParsedCommand parsed, Action<string, string> variable)
    {
        var at = 0;
        while (at < words.Count && TakeVariable(words, ref at, variable))
        {
            // Each call takes one.
        }

        if (at == words.Count || words[at].StartsWith('-'))
            return words.Skip(at);
        for (var i = at; i + 1 < words.Count; i++)
        {
            if (Runtime().IsMatch(words[i]) && words[i + 1] is "run" or "container")
                return new ContainerWords(words, parsed, variable).Unwrap(i + (words[i + 1] == "run" ? 2 : 3));
        }

        var program = FindProgram(words, at);
        return program < 0 ? SkipPrefixes(words, at, variable) : SkipTo(words, at, program, parsed, variable);
    }

    /// <summary>The name and value of <c>NAME=value</c>, or null.</summary>
    public static (string Name, string Value)? ReadAssignment(string word) =>
        Assignment().Match(word) is { Success: true } match ? (match.Groups["name"].Value, match.Groups["value"].Value) : null;

    private static int FindProgram(IReadOnlyList<string> words, int from)
    {
        for (var i = from; i < words.Count; i++)
        {
            if (Program().IsMatch(words[i]) && (i == 0 || words[i - 1] is not ("cd" or "pushd" or "-C" or "Set-Location")))
                return i;
        }

        return -1;
    }

    private static IEnumerable<string> SkipTo(IReadOnlyList<string> words, int at, int program, ParsedCommand parsed, Action<string, string> variable)
    {
        var skipped = new List<string>();
        while (at < program)
        {
            if (!TakeVariable(words, ref at, variable))
                skipped.Add(words[at++]);
        }

        skipped.RemoveAll(Silent.Contains);
        if (skipped.Count > 0)
            parsed.Ignored.Add(new IgnoredFlag(string.Join(' ', skipped), "It stands before llama-server and is no setting of it."));
        return words.Skip(program);
    }

    // A program of another name: only what is known to stand in front of one is taken off.
    private static IEnumerable<string> SkipPrefixes(IReadOnlyList<string> words, int at, Action<string, string> variable)
    {
        while (at < words.Count && !words[at].StartsWith('-'))
        {
            if (TakeVariable(words, ref at, variable))
                continue;
            if (!Prefixes.Contains(words[at]))
                break;
            at++;
        }

        return words.Skip(at);
    }

    // NAME=value of bash, and $env:NAME = 'value' of PowerShell with or without spaces.
    private static bool TakeVariable(IReadOnlyList<string> words, ref int at, Action<string, string> variable)
    {
        if (ReadAssignment(words[at]) is { } assignment)
        {
            variable(assignment.Name, assignment.Value);
            at++;
            return true;
        }

        if (PowerShellVariable().Match(words[at]) is not { Success: true } match)
            return false;
        var (next, rest) = (at + 1, match.Groups["rest"].Value);
        if (rest.Length == 0 && next < words.Count && words[next].StartsWith('='))
            rest = words[next++];
        if (!rest.StartsWith('='))
            return false;
        if (rest.Length == 1 && next < words.Count)
            rest += words[next++];
        variable(match.Groups["name"].Value, rest[1..].TrimEnd(';'));
        at = next;
        return true;
    }

    [GeneratedRegex("^(?<name>[A-Za-z_][A-Za-z0-9_]*)=(?<value>.*)$", RegexOptions.Singleline)]
    private static partial Regex Assignment();

    [GeneratedRegex(@"^\$env:(?<name>\w+)(?<rest>.*)$", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex PowerShellVariable();

    [GeneratedRegex(@"(^|[\\/])llama-server(\.exe)?$", RegexOptions.IgnoreCase)]
    private static partial Regex Program();

    [GeneratedRegex(@"(^|[\\/])(docker|podman|nerdctl)(\.exe)?$")]
    private static partial Regex Runtime();
}
