using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>Takes off what stands before llama-server in a pasted line: variables, sudo and its like, a container runtime.</summary>
internal static partial class CommandWrapper
{
    private static readonly HashSet<string> Prefixes = ["sudo", "env", "exec", "nohup", "time", "nice", "command", "&", "$", "export", "set"];

    // Flags of "docker run" that take no value; every other one does.
    private static readonly HashSet<string> ContainerSwitches =
        ["-d", "--detach", "-i", "--interactive", "-t", "--tty", "-it", "-ti", "-dit", "-itd", "-td", "-id", "--rm", "--init", "--privileged", "-P", "--publish-all", "--read-only", "--no-healthcheck", "--sig-proxy", "--replace"];

    /// <summary>The words from the program on.</summary>
    /// <param name="words">All words.</param>
    /// <param name="parsed">Takes folders that a container mounts.</param>
    /// <param name="variable">Takes each variable that was set.</param>
    public static IEnumerable<string> Unwrap(IReadOnlyList<string> words, ParsedCommand parsed, Action<string, string> variable)
    {
        var at = 0;
        while (at < words.Count && !words[at].StartsWith('-'))
        {
            if (Assignment().Match(words[at]) is { Success: true } match)
            {
                variable(match.Groups["name"].Value, match.Groups["value"].Value);
                at++;
            }
            else if (PowerShellVariable().Match(words[at]) is { Success: true } shell && at + 2 < words.Count && words[at + 1] == "=")
            {
                variable(shell.Groups["name"].Value, words[at + 2].TrimEnd(';'));
                at += 3;
            }
            else if (Prefixes.Contains(words[at]))
            {
                at++;
            }
            else
            {
                break;
            }
        }

        return at + 1 < words.Count && Runtime().IsMatch(words[at]) && words[at + 1] == "run" ? FromContainer(words, at + 2, parsed, variable) : words.Skip(at);
    }

    private static IEnumerable<string> FromContainer(IReadOnlyList<string> words, int at, ParsedCommand parsed, Action<string, string> variable)
    {
        while (at < words.Count && words[at].StartsWith('-'))
        {
            var word = words[at++];
            var equals = word.StartsWith("--", StringComparison.Ordinal) ? word.IndexOf('=') : -1;
            if (ContainerSwitches.Contains(word))
                continue;
            var (flag, value) = equals > 0 ? (word[..equals], word[(equals + 1)..]) : (word, at < words.Count ? words[at++] : "");
            if (flag is "-e" or "--env" && Assignment().Match(value) is { Success: true } match)
                variable(match.Groups["name"].Value, match.Groups["value"].Value);
            else if (flag is "-v" or "--volume" && value.Split(':') is [var host, var container, ..])
                parsed.Volumes[container.TrimEnd('/')] = host.TrimEnd('/');
        }

        at++; // the image
        return words.Skip(at);
    }

    [GeneratedRegex("^(?<name>[A-Za-z_][A-Za-z0-9_]*)=(?<value>.*)$", RegexOptions.Singleline)]
    private static partial Regex Assignment();

    [GeneratedRegex(@"^\$env:(?<name>\w+)$", RegexOptions.IgnoreCase)]
    private static partial Regex PowerShellVariable();

    [GeneratedRegex(@"(^|[\\/])(docker|podman|nerdctl)(\.exe)?$")]
    private static partial Regex Runtime();
}
