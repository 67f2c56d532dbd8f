using System.Text;
using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>
/// Reads and writes the preset files of llama-server's router by their exact grammar (parameters.md (f)): no quotes, no escapes, and
/// <c>;</c> or <c>#</c>
/// anywhere in a value begins a comment.
/// </summary>
public static partial class PresetIni
{
    /// <summary>Lines of a file, at most.</summary>
    public const int MaxLines = 50_000;

    /// <summary>Sections of a file, at most.</summary>
    public const int MaxSections = 1_001;

    /// <summary>Keys of one section, at most.</summary>
    public const int MaxKeys = 1_000;

    /// <summary>Keys of all models, those of <c>[*]</c> counted for each.</summary>
    public const int MaxPairs = 200_000;

    private static readonly HashSet<string> Decided = ["--host", "--port", "--metrics"];

    // A key of a newer engine that is no longer than this is the short spelling.
    private const int ShortKey = 3;

    private static readonly HashSet<string> Stripped = ["--ssl-key-file", "--ssl-cert-file"];

    /// <summary>One model as a section.</summary>
    /// <param name="name">Name of the model.</param>
    /// <param name="command">Its command.</param>
    /// <param name="preload">True where the router shall load it at once.</param>
    /// <param name="taken">Names and aliases of the file, which must be unique or the router does not start. Takes the aliases of this
    /// model.</param>
    /// <param name="lost">Takes what the grammar cannot say, in words.</param>
    public static string WriteSection(string name, LaunchCommand command, bool preload, ISet<string> taken, ICollection<string> lost)
    {
        if (name is "default" or "*" || name.AsSpan().IndexOfAny("]\r\n;#") >= 0)
        {
            lost.Add($"{name}: this name cannot head a section. Rename the model.");
            return "";
        }

        var text = new StringBuilder($"[{name}]\n");
        var seen = new HashSet<string>();
        foreach (var (flag, values) in Options(command.Arguments).Where(option => !Decided.Contains(option.Flag)))
        {
            var value =
                values.Count == 0 ? "1"
                : flag == "--alias" ? FreeAliases(name, values[0], taken, lost)
                : string.Join(' ', values);
            if (flag == "--alias" && value.Length == 0)
                continue;
            if (ParameterCatalogue.Current.FindFlag(flag) is { Kind: ParameterKind.Path } && !Path.IsPathFullyQualified(value))
                lost.Add($"{name}: {flag} {value} is relative; the router looks in the folder it is started in. Set an absolute path.");
            if (Unsayable(flag, value, values.Count, seen) is { } reason)
                lost.Add($"{name}: {flag} {reason}");
            else
                text.Append(flag.TrimStart('-')).Append(" = ").Append(value).Append('\n');
        }

        if (preload)
            text.Append("load-on-startup = true\n");
        foreach (var variable in command.Environment.Keys)
        {
            var what = command.PublicVariables.Contains(variable) ? "an environment variable" : "a secret";
            lost.Add($"{name}: {variable} is {what}; set it in the environment of the router.");
        }

        return text.Append('\n').ToString();
    }

    /// <summary>The head of a file: the reserved key, which would make a phantom model anywhere else.</summary>
    public static string Head => "[*]\nversion = 1\n\n";

    /// <summary>The sections of a file in order, each with the words of its command line; the values of <c>[*]</c> stand in front of
    /// each.</summary>
    /// <param name="catalogue">The catalogue.</param>
    /// <param name="text">The file.</param>
    public static Result Read(ParameterCatalogue catalogue, string text)
    {
        var problems = new List<NotUnderstood>();
        var sections = Parse(text, problems);
        var shared = sections?.GetValueOrDefault("*", []) ?? [];
        if (sections is null || sections.Values.Sum(section => (long)section.Count + shared.Count) > MaxPairs)
            return new Result([], problems) { IsTooLarge = true };
        var models = sections
            .Where(section => section.Key != "*")
            .Select(section =>
            {
                var own = section.Value.Select(pair => pair.Key).ToHashSet();
                var pairs = shared
                    .Where(pair => !own.Contains(pair.Key))
                    .Concat(section.Value)
                    .Where(pair => IsTaken(section.Key, pair.Key, problems))
                    .ToList();
                return new Section(
                    section.Key,
                    [.. pairs.SelectMany(pair => Words(catalogue, pair.Key, pair.Value))],
                    pairs.Any(pair => pair.Key == "load-on-startup" && IsTrue(pair.Value))
                );
            });
        return new Result([.. models], problems);
    }

    // Null beyond the bounds.
    private static Dictionary<string, List<(string Key, string Value)>>? Parse(string text, List<NotUnderstood> problems)
    {
        var lines = text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n', MaxLines + 1);
        if (lines.Length > MaxLines)
            return null;
        var sections = new Dictionary<string, List<(string Key, string Value)>>();
        var current = new List<(string Key, string Value)>(); // before any header: the router calls that section default
        var head = current;
        foreach (var line in lines)
        {
            if (sections.Count > MaxSections || current.Count > MaxKeys || problems.Count > MaxKeys)
                return null;
            var content = Comment().Replace(line, "").TrimEnd();
            if (content.Length == 0)
                continue;
            if (Header().Match(content) is { Success: true } header)
            {
                if (sections.ContainsKey(header.Groups["name"].Value))
                    problems.Add(new NotUnderstood(content, "This section is written twice; the last one counts, as in the router."));
                current = sections[header.Groups["name"].Value] = [];
            }
            else if (KeyValue().Match(content) is { Success: true } pair)
            {
                current.Add((pair.Groups["key"].Value, pair.Groups["value"].Value.Trim()));
                if (Cut().IsMatch(line))
                    problems.Add(new NotUnderstood(line.Trim(), "The router ends a value at ; and #, so what follows them was left out."));
            }
            else
            {
                problems.Add(new NotUnderstood(content, "This is neither a section, nor a key with a value, nor a comment."));
            }
        }

        if (head.Any(pair => pair.Key is "model" or "m" or "hf-repo" or "hf"))
            sections.TryAdd("default", head);
        else
            problems.AddRange(
                head.Where(pair => pair.Key != "version")
                    .Select(pair => new NotUnderstood(
                        pair.Key,
                        "It stands before the first section, where the router makes a model named default of it. Put it under [*] or "
                            + "under a model."
                    ))
            );
        return sections;
    }

    private static bool IsTaken(string section, string key, List<NotUnderstood> problems)
    {
        var reason =
            key == "stop-timeout" ? "Engines are given time to stop by the launch settings, for all models alike."
            : key.StartsWith("LLAMA_ARG_NO_", StringComparison.Ordinal)
                ? "The router reads such a name the wrong way round, as on. Write the flag, such as no-mmap = 1."
            : null;
        if (reason is not null)
            problems.Add(new NotUnderstood($"[{section}] {key}", reason));
        return reason is null;
    }

    private static IEnumerable<string> Words(ParameterCatalogue catalogue, string key, string value)
    {
        if (key is "version" or "load-on-startup")
            return [];
        var option =
            catalogue.FindFlag("--" + key) ?? catalogue.FindFlag("-" + key) ?? catalogue.Options.FirstOrDefault(known => known.Env == key);
        if (option is not { Kind: ParameterKind.Json })
            value = Unquote(value);
        var flag = option is null
            ? (key.Length <= ShortKey ? "-" : "--") + key
            : option.Spellings.FirstOrDefault(spelling => ParameterCatalogue.Normalise(spelling).TrimStart('-') == key.Replace('_', '-'))
                ?? option.Flag!;
        if (option is not { Emission: Emission.Pair or Emission.Flag })
            return option is { Emission: Emission.TwoValues } ? [flag, .. value.Split(' ')] : [flag, value];
        if (IsTrue(value))
            return [flag];
        var negated = option.NegationAliases.Append(option.Negation).Contains(flag);
        return negated ? [option.Flag!]
            : option.Negation is null ? []
            : [option.Negation];
    }

    // The grammar has no quotes: around a whole value they can only be meant as those of a shell. With more inside they are its own.
    private static string Unquote(string value) =>
        value.Length > 1 && value[0] is '"' or '\'' && value.IndexOf(value[0], 1) == value.Length - 1 ? value[1..^1] : value;

    private static string? Unsayable(string flag, string value, int count, HashSet<string> seen)
    {
        if (Stripped.Contains(flag))
            return "is the router's own; give it to the router.";
        if (count > 1)
            return "takes two values, which presets refuse.";
        if (!seen.Add(flag))
            return "may stand only once; further items were left out.";
        return value.AsSpan().IndexOfAny(";#\r\n") >= 0 || value != value.Trim() || value.Length == 0
            ? "has a value that a preset cannot hold. Put it into a file, or keep the model in the dashboard."
            : null;
    }

    private static string FreeAliases(string name, string aliases, ISet<string> taken, ICollection<string> lost)
    {
        var free = new List<string>();
        foreach (
            var alias in aliases
                .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Where(alias => alias != name)
        )
        {
            if (taken.Add(alias))
                free.Add(alias);
            else
                lost.Add($"{name}: the alias {alias} is taken by another model; the router would not start. Rename one of them.");
        }

        return string.Join(',', free);
    }

    // The vector back into flags with their values; a value may begin with a dash, such as -1.
    private static IEnumerable<(string Flag, List<string> Values)> Options(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; )
        {
            var flag = arguments[i++];
            var count = ParameterCatalogue.Current.FindFlag(flag) switch
            {
                { Emission: Emission.Pair or Emission.Flag } => 0,
                { Emission: Emission.TwoValues } => 2,
                null => i < arguments.Count && !arguments[i].StartsWith("--", StringComparison.Ordinal) ? 1 : 0,
                _ => 1,
            };
            yield return (flag, [.. arguments.Skip(i).Take(count)]);
            i += count;
        }
    }

    private static bool IsTrue(string value) => value is "1" or "true" or "on" or "enabled";

    /// <summary>One model of a file.</summary>
    /// <param name="Name">Name of the section.</param>
    /// <param name="Words">The words of its command line.</param>
    /// <param name="Preload">True where it is loaded at once.</param>
    public sealed record Section(string Name, IReadOnlyList<string> Words, bool Preload);

    /// <summary>What a file says.</summary>
    /// <param name="Sections">Its models.</param>
    /// <param name="Problems">Lines that say nothing.</param>
    public sealed record Result(IReadOnlyList<Section> Sections, IReadOnlyList<NotUnderstood> Problems)
    {
        /// <summary>True where the file has more lines, sections or keys than are read; then nothing of it was.</summary>
        public bool IsTooLarge { get; init; }
    }

    // A sign with no blank before it is rather part of the value.
    [GeneratedRegex(@"^[^;#=]*=\s*[^;#\s][^;#]*(?<=[^\s;#])[;#]\S")]
    private static partial Regex Cut();

    [GeneratedRegex("[;#].*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^\[(?<name>[^\]]+)\]$")]
    private static partial Regex Header();

    [GeneratedRegex(@"^(?<key>[A-Za-z_][A-Za-z0-9_.-]*)\s*=(?<value>.*)$")]
    private static partial Regex KeyValue();
}
