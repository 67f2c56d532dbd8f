using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>Reads the flags of <c>docker run</c> and its like: variables and mounted folders are taken, the rest is reported.</summary>
/// <param name="words">All words of the line.</param>
/// <param name="parsed">Takes mounted folders and what was dropped.</param>
/// <param name="variable">Takes each variable.</param>
internal sealed partial class ContainerWords(IReadOnlyList<string> words, ParsedCommand parsed, Action<string, string> variable)
{
    // Flags that take no value; every other one does.
    private static readonly HashSet<string> Switches =
    [
        "--detach",
        "--interactive",
        "--tty",
        "--rm",
        "--init",
        "--privileged",
        "--publish-all",
        "--read-only",
        "--no-healthcheck",
        "--sig-proxy",
        "--replace",
        "--quiet",
        "--oom-kill-disable",
    ];

    private readonly List<string> _dropped = [];
    private readonly List<(string Name, string Value)> _variables = [];

    /// <summary>The words behind the image.</summary>
    /// <param name="at">First word behind <c>run</c>.</param>
    public IEnumerable<string> Unwrap(int at)
    {
        while (at < words.Count && words[at].StartsWith('-'))
            Take(ref at);
        foreach (var (name, value) in _variables)
            variable(name, value); // only now all folders are known
        parsed.Image = at < words.Count ? words[at++] : null;
        if (_dropped.Count > 0)
            parsed.Ignored.Add(new IgnoredFlag(string.Join(' ', _dropped), "This belongs to the container, not to llama-server."));
        return words.Skip(at);
    }

    private void Take(ref int at)
    {
        var word = words[at++];
        var (flag, value) = Part(word);
        if (value is null && (Switches.Contains(word) || ShortSwitches().IsMatch(word)))
        {
            _dropped.Add(word);
            return;
        }

        value ??= at < words.Count ? words[at++] : "";
        if (!TakeValue(flag, value))
            _dropped.Add($"{flag} {value}");
    }

    // --flag=value, -p8080:80, and -itp8080:80: a letter that takes a value ends the switches before it.
    private static (string Flag, string? Value) Part(string word)
    {
        if (word.StartsWith("--", StringComparison.Ordinal))
            return word.IndexOf('=') is > 0 and var equals ? (word[..equals], word[(equals + 1)..]) : (word, null);
        if (word.Length == 1 || ShortSwitches().IsMatch(word))
            return (word, null);
        var at = word.AsSpan(1).IndexOfAnyExcept("ditP") + 1;
        return ("-" + word[at], at + 1 < word.Length ? word[(at + 1)..] : null);
    }

    private bool TakeValue(string flag, string value) =>
        flag switch
        {
            "-e" or "--env" => TakeVariable(value),
            "-w" or "--workdir" => TakeFolder(value),
            "-v" or "--volume" => Volume().Match(value) is { Success: true } volume
                && Mount(volume.Groups["host"].Value, volume.Groups["container"].Value),
            "--mount" => TakeMount(value),
            "--env-file" => NotRead(value),
            _ => false,
        };

    private bool TakeVariable(string value)
    {
        if (CommandWrapper.ReadAssignment(value) is not { } assignment)
            return false;
        _variables.Add(assignment);
        return true;
    }

    private bool TakeMount(string value)
    {
        var parts = value
            .Split(',')
            .Select(part => part.Split('=', 2))
            .Where(part => part.Length == 2)
            .ToLookup(part => part[0], part => part[1]);
        var (host, container) = (
            parts["source"].Concat(parts["src"]).FirstOrDefault(),
            parts["target"].Concat(parts["dst"]).Concat(parts["destination"]).FirstOrDefault()
        );
        return host is not null && container is not null && parts["type"].FirstOrDefault() != "volume" && Mount(host, container);
    }

    private bool TakeFolder(string folder)
    {
        parsed.Folder = folder;
        return true;
    }

    private bool NotRead(string file)
    {
        parsed.NotUnderstood.Add(
            new NotUnderstood("--env-file " + file, "Files are not read here. Put its lines in front of the command as NAME=value.")
        );
        return true;
    }

    // A name without a slash is a volume of the runtime: nobody outside knows where its files are.
    private bool Mount(string host, string container)
    {
        if (host.AsSpan().IndexOfAny('/', '\\') < 0 && host is not ("." or ".." or "~"))
            return false;
        parsed.Volumes[container.TrimEnd('/')] = host.TrimEnd('/', '\\');
        return true;
    }

    [GeneratedRegex("^-[ditP]+$")]
    private static partial Regex ShortSwitches();

    [GeneratedRegex(@"^(?<host>([A-Za-z]:[\\/])?[^:]+):(?<container>/[^:]*)")]
    private static partial Regex Volume();
}
