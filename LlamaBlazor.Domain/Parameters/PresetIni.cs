using System.Text;
using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>
/// Reads and writes the preset files of llama-server's router by their exact grammar (parameters.md (f)): no quotes, no escapes, and <c>;</c> or <c>#</c>
/// anywhere in a value begins a comment.
/// </summary>
public static partial class PresetIni
{
    private static readonly HashSet<string> Stripped = ["--host", "--port", "--metrics", "--ssl-key-file", "--ssl-cert-file"];

    /// <summary>One model as a section.</summary>
    /// <param name="name">Name of the model.</param>
    /// <param name="command">Its command.</param>
    /// <param name="preload">True where the router shall load it at once.</param>
    /// <param name="lost">Takes what the grammar cannot say, in words.</param>
    public static string WriteSection(string name, LaunchCommand command, bool preload, ICollection<string> lost)
    {
        if (name is "default" or "*" || name.AsSpan().IndexOfAny("]\r\n;#") >= 0)
        {
            lost.Add($"{name}: this name cannot head a section. Rename the model.");
            return "";
        }

        var text = new StringBuilder($"[{name}]\n");
        var seen = new HashSet<string>();
        foreach (var (flag, values) in Options(command.Arguments).Where(option => !Stripped.Contains(option.Flag)))
        {
            var value = values.Count == 0 ? "1" : string.Join(' ', values);
            if (Unsayable(flag, value, values.Count, seen) is { } reason)
                lost.Add($"{name}: {flag} {reason}");
            else
                text.Append(flag.TrimStart('-')).Append(" = ").Append(value).Append('\n');
        }

        if (preload)
            text.Append("load-on-startup = true\n");
        foreach (var secret in command.Environment.Keys)
            lost.Add($"{name}: {secret} is a secret; set it in the environment of the router.");
        return text.Append('\n').ToString();
    }

    /// <summary>The head of a file: the reserved key, which would make a phantom model anywhere else.</summary>
    public static string Head => "[*]\nversion = 1\n\n";

    /// <summary>The sections of a file in order, each with the words of its command line; the values of <c>[*]</c> stand in front of each.</summary>
    /// <param name="catalogue">The catalogue.</param>
    /// <param name="text">The file.</param>
    public static Result Read(ParameterCatalogue catalogue, string text)
    {
        var sections = new Dictionary<string, List<(string Key, string Value)>>();
        var problems = new List<NotUnderstood>();
        var current = sections["*"] = [];
        foreach (var line in text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n'))
        {
            var content = Comment().Replace(line, "").TrimEnd();
            if (content.Length == 0)
                continue;
            if (Header().Match(content) is { Success: true } header)
                current = sections[header.Groups["name"].Value] = []; // a section written twice: only the last survives, as in the router
            else if (KeyValue().Match(content) is { Success: true } pair)
                current.Add((pair.Groups["key"].Value, pair.Groups["value"].Value.Trim()));
            else
                problems.Add(new NotUnderstood(content, "This is neither a section, nor a key with a value, nor a comment."));
        }

        var models = sections.Where(section => section.Key != "*").Select(section =>
        {
            var own = section.Value.Select(pair => pair.Key).ToHashSet();
            var pairs = sections["*"].Where(pair => !own.Contains(pair.Key)).Concat(section.Value).ToList();
            return new Section(section.Key, [.. pairs.SelectMany(pair => Words(catalogue, pair.Key, pair.Value))], pairs.Any(pair => pair.Key == "load-on-startup" && IsTrue(pair.Value)));
        });
        return new Result([.. models], problems);
    }

    private static IEnumerable<string> Words(ParameterCatalogue catalogue, string key, string value)
    {
        if (key is "version" or "load-on-startup" or "stop-timeout")
            return [];
        var option = catalogue.FindFlag("--" + key) ?? catalogue.FindFlag("-" + key) ?? catalogue.Options.FirstOrDefault(known => known.Env == key);
        var flag = option is null ? "--" + key : option.Spellings.FirstOrDefault(spelling => ParameterCatalogue.Normalise(spelling).TrimStart('-') == key.Replace('_', '-')) ?? option.Flag!;
        if (option is not { Emission: Emission.Pair or Emission.Flag })
            return option is { Emission: Emission.TwoValues } ? [flag, .. value.Split(' ')] : [flag, value];
        if (IsTrue(value))
            return [flag];
        var negated = option.NegationAliases.Append(option.Negation).Contains(flag);
        return negated ? [option.Flag!] : option.Negation is null ? [] : [option.Negation];
    }

    private static string? Unsayable(string flag, string value, int count, HashSet<string> seen)
    {
        if (count > 1)
            return "takes two values, which presets refuse.";
        if (!seen.Add(flag))
            return "may stand only once; further items were left out.";
        return value.AsSpan().IndexOfAny(";#\r\n") >= 0 || value != value.Trim() || value.Length == 0
            ? "has a value that a preset cannot hold. Put it into a file, or keep the model in the dashboard."
            : null;
    }

    // The vector back into flags with their values; a value may begin with a dash, such as -1.
    private static IEnumerable<(string Flag, List<string> Values)> Options(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count;)
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
    public sealed record Result(IReadOnlyList<Section> Sections, IReadOnlyList<NotUnderstood> Problems);

    [GeneratedRegex("[;#].*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^\[(?<name>[^\]]+)\]$")]
    private static partial Regex Header();

    [GeneratedRegex(@"^(?<key>[A-Za-z_][A-Za-z0-9_.-]*)\s*=(?<value>.*)$")]
    private static partial Regex KeyValue();
}
