using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Domain.Instances;

/// <summary>One difference between the command an engine runs with and the one a start would use now.</summary>
/// <param name="Kind">added, removed or changed.</param>
/// <param name="Flag">The flag, the name of a variable, or "engine".</param>
/// <param name="Before">Its value while it runs; null where it has none. Secrets are masked.</param>
/// <param name="After">Its value after a restart; null where it has none. Secrets are masked.</param>
public sealed record ArgumentChange(string Kind, string Flag, string? Before, string? After);

/// <summary>Compares two launch commands flag by flag. The port says nothing: each start takes a free one.</summary>
public static class ArgumentDiff
{
    private const string Engine = "engine";

    private static readonly HashSet<string> Ignored = ["--port"];

    /// <summary>What a restart would change, in the order of the new command, what it loses last.</summary>
    /// <param name="running">The command it runs with.</param>
    /// <param name="next">The command a start would use now.</param>
    public static IReadOnlyList<ArgumentChange> Compare(LaunchCommand running, LaunchCommand next)
    {
        var (before, after) = (Read(running), Read(next));
        var changes = after
            .Where(pair => !before.TryGetValue(pair.Key, out var old) || old != pair.Value)
            .Select(pair =>
                before.TryGetValue(pair.Key, out var old)
                    ? new ArgumentChange("changed", pair.Key, Text(pair.Key, old), Text(pair.Key, pair.Value))
                    : new ArgumentChange("added", pair.Key, null, Text(pair.Key, pair.Value))
            );
        var lost = before
            .Where(pair => !after.ContainsKey(pair.Key))
            .Select(pair => new ArgumentChange("removed", pair.Key, Text(pair.Key, pair.Value), null));
        return [.. changes, .. lost, .. Variables(running, next)];
    }

    private static string? Text(string flag, string value) =>
        value.Length == 0 ? null
        : SecretEntries.IsSecret(flag) ? ShellText.Mask
        : value;

    // A flag with all its values; one that is given several times keeps them all, in their order.
    private static Dictionary<string, string> Read(LaunchCommand command)
    {
        var read = new Dictionary<string, string>
        {
            [Engine] = command.Container is { } container
                ? $"{container.Plan.Image} {string.Join(' ', container.Plan.Options())}"
                : command.Executable,
        };
        string? flag = null;
        foreach (var word in command.EngineArguments)
        {
            if (IsFlag(word))
            {
                flag = word;
                if (!Ignored.Contains(flag))
                    read[flag] = read.TryGetValue(flag, out var earlier) ? $"{earlier}, " : "";
            }
            else if (flag is not null && !Ignored.Contains(flag))
            {
                read[flag] += read[flag].Length == 0 || read[flag].EndsWith(' ') ? word : $" {word}";
            }
        }

        return read;
    }

    // A number may begin with a minus too.
    private static bool IsFlag(string word) => word.Length > 1 && word[0] == '-' && !char.IsAsciiDigit(word[1]) && word[1] != '.';

    private static IEnumerable<ArgumentChange> Variables(LaunchCommand running, LaunchCommand next)
    {
        var (before, after) = (running.ShownEnvironment, next.ShownEnvironment);
        return from name in before.Keys.Union(after.Keys).Order(StringComparer.Ordinal)
            let old = before.GetValueOrDefault(name)
            let now = after.GetValueOrDefault(name)
            where running.Environment.GetValueOrDefault(name) != next.Environment.GetValueOrDefault(name)
            select new ArgumentChange(
                old is null ? "added"
                    : now is null ? "removed"
                    : "changed",
                name,
                old,
                now
            );
    }
}
