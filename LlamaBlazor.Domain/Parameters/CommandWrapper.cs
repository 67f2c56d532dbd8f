using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>
/// Takes off what stands before llama-server in a pasted line: variables, programs that start another one (sudo, taskset, numactl, bash -c
/// …), a container
/// runtime. What they were told is reported.
/// </summary>
/// <param name="parsed">Takes folders that a container mounts, its image, and what was skipped.</param>
/// <param name="variable">Takes each variable that was set.</param>
internal sealed partial class CommandWrapper(ParsedCommand parsed, Action<string, string> variable)
{
    private const int NestingLimit = 8;

    // Signs and words that say nothing worth a report.
    private static readonly HashSet<string> Silent =
    [
        "&",
        "&&",
        "$",
        ".",
        "call",
        "exec",
        "command",
        "builtin",
        "then",
        "do",
        "else",
        "if",
        "while",
        "!",
        "(",
        "{",
        "export",
        "set",
    ];

    private readonly List<string> _skipped = [];

    /// <summary>The words from the program on.</summary>
    /// <param name="words">All words.</param>
    public IReadOnlyList<string> Unwrap(IReadOnlyList<string> words)
    {
        for (var nesting = 0; nesting < NestingLimit; nesting++)
        {
            if (Peel(words) is { } inner)
                words = inner;
            else
                break;
        }

        if (words.Count > 0 && !words[0].StartsWith('-') && !IsProgram(words, 0) && FindProgram(words) is > 0 and var program)
        {
            _skipped.AddRange(words.Take(program).Where(word => !Silent.Contains(word)));
            words = [.. words.Skip(program)];
        }

        if (_skipped.Count > 0)
            parsed.Ignored.Add(new IgnoredFlag(string.Join(' ', _skipped), "It stands before llama-server and is no setting of it."));
        if (words.Count > 1 && ServerProgram.IsMulti(words[0]) && words[1] is "serve" or "server")
            words = [words[0], .. words.Skip(2)];
        return words;
    }

    /// <summary>The name and value of <c>NAME=value</c>, or null.</summary>
    public static (string Name, string Value)? ReadAssignment(string word) =>
        Assignment().Match(word) is { Success: true } match ? (match.Groups["name"].Value, match.Groups["value"].Value) : null;

    /// <summary>Whether the program at a place is llama-server.</summary>
    private static bool IsProgram(IReadOnlyList<string> words, int at) =>
        ServerProgram.Is(words[at]) || (ServerProgram.IsMulti(words[at]) && at + 1 < words.Count && words[at + 1] is "serve" or "server");

    private static int FindProgram(IReadOnlyList<string> words)
    {
        for (var i = 0; i < words.Count; i++)
        {
            if (
                IsProgram(words, i)
                && words[i].Contains("llama", StringComparison.OrdinalIgnoreCase)
                && (i == 0 || words[i - 1] is not ("cd" or "pushd" or "-C" or "Set-Location"))
            )
                return i;
        }

        return -1;
    }

    // One layer off; null where the program itself stands first, or a flag, or nothing.
    private List<string>? Peel(IReadOnlyList<string> words)
    {
        var at = 0;
        while (at < words.Count && (TakeVariable(words, ref at) || Skip(words, ref at)))
        {
            // Each call takes one.
        }

        if (at == words.Count || words[at].StartsWith('-') || IsProgram(words, at))
            return at == 0 ? null : [.. words.Skip(at)];
        if (Runtime().IsMatch(words[at]) && at + 1 < words.Count && words[at + 1] is "run" or "container" or "create")
            return [.. new ContainerWords(words, parsed, variable).Unwrap(at + (words[at + 1] == "container" ? 3 : 2))];
        if (Nested(words, at) is { } inner)
            return inner;
        if (IsLine(words[at]))
        {
            _skipped.AddRange(words.Skip(at + 1));
            return [.. ShellWords.Split(words[at])];
        }

        var (options, next) = WrapperOptions.Read(words, at, variable);
        if (next == at)
            return at == 0 ? null : [.. words.Skip(at)];
        if (options.Length > 0)
            _skipped.Add(options);
        return [.. words.Skip(next)];
    }

    private bool Skip(IReadOnlyList<string> words, ref int at)
    {
        if (!Silent.Contains(words[at]) || words.Count == at + 1)
            return false;
        if (words[at++] is "exec" or "command")
            SkipOptions(words, ref at);
        return true;
    }

    // exec -a NAME: the name that the process shows, and none of the model.
    private void SkipOptions(IReadOnlyList<string> words, ref int at)
    {
        while (at + 1 < words.Count && ExecOptions().IsMatch(words[at]))
        {
            var named = words[at].EndsWith('a') && at + 2 < words.Count;
            _skipped.AddRange(words.Skip(at).Take(named ? 2 : 1));
            at += named ? 2 : 1;
        }
    }

    // tmux new "…": the command is one word, which a shell is given.
    private static bool IsLine(string word) =>
        word.Contains(' ')
        && word.Length <= ShellWords.MaxLength
        && ShellWords.Split(word) is { Count: > 1 } inner
        && (FindProgram(inner) >= 0 || Shell().IsMatch(inner[0]));

    // bash -c "…", cmd /k "…": the command is one word, and a text of its own.
    private static List<string>? Nested(IReadOnlyList<string> words, int at)
    {
        if (!Shell().IsMatch(words[at]))
            return null;
        for (var i = at + 1; i < words.Count; i++)
        {
            if (!ShellCommandFlag().IsMatch(words[i]) || i + 1 >= words.Count)
                continue;
            var inner = ShellWords.Split(words[i + 1]);
            return inner.Count == 1 ? [.. words.Skip(i + 1)] : [.. inner, .. words.Skip(i + 2)];
        }

        return null;
    }

    // NAME=value of bash, and $env:NAME = 'value' of PowerShell with or without spaces.
    private bool TakeVariable(IReadOnlyList<string> words, ref int at)
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

    [GeneratedRegex("^-(a|c|l|p|cl|lc|ca|la|cla|lca)$")]
    private static partial Regex ExecOptions();

    [GeneratedRegex(@"^\$env:(?<name>\w+)(?<rest>.*)$", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex PowerShellVariable();

    [GeneratedRegex(@"(^|[\\/])(docker|podman|nerdctl)(\.exe)?$", RegexOptions.IgnoreCase)]
    private static partial Regex Runtime();

    [GeneratedRegex(@"(^|[\\/])(ba|z|da|k|c|fi)?sh$|(^|[\\/])(cmd|powershell|pwsh)(\.exe)?$", RegexOptions.IgnoreCase)]
    private static partial Regex Shell();

    [GeneratedRegex(@"^(-[a-z]*c|/[ck]|-command)$", RegexOptions.IgnoreCase)]
    private static partial Regex ShellCommandFlag();
}
