using System.Text;
using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>Reads a <c>.container</c> file of Podman (Quadlet) as the <c>podman run</c> it amounts to.</summary>
internal static partial class ContainerUnit
{
    private const string OfTheContainer = "This belongs to the container, not to llama-server.";

    // By key: the flag of podman run that says the same.
    private static readonly Dictionary<string, string> Flags = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Volume"] = "-v",
        ["Mount"] = "--mount",
        ["WorkingDir"] = "-w",
        ["PublishPort"] = "-p",
        ["AddDevice"] = "--device",
        ["EnvironmentFile"] = "--env-file",
        ["ContainerName"] = "--name",
        ["Network"] = "--network",
        ["User"] = "--user",
    };

    /// <summary>Whether a text is such a file.</summary>
    public static bool LooksLikeOne(string text) => Container().IsMatch(text) && Image().IsMatch(text);

    /// <summary>The script, and what of the file is not in it.</summary>
    /// <param name="text">The file.</param>
    public static (string Script, IReadOnlyList<IgnoredFlag> Ignored, IReadOnlyList<NotUnderstood> NotUnderstood) Read(string text)
    {
        var (flags, ignored, lost) = (new StringBuilder("podman run"), new List<IgnoredFlag>(), new List<NotUnderstood>());
        var (image, program, arguments) = ("", "", "");
        foreach (var (section, key, value, line) in SystemdUnit.Pairs(text, lost))
        {
            var said = SystemdUnit.Specify(value);
            if (section != "Container")
                ignored.Add(new IgnoredFlag(line, SystemdUnit.Order));
            else if (key == "Image")
                image = Quote(said);
            else if (key == "Entrypoint")
                program = said;
            else if (key == "Exec")
                arguments = said;
            else if (key == "PodmanArgs")
                flags.Append(' ').Append(said);
            else if (key == "Environment")
                flags.AppendJoin("", ShellWords.Split(said).Select(word => " -e " + Quote(word)));
            else if (Flags.TryGetValue(key, out var flag))
                flags.Append(' ').Append(flag).Append(' ').Append(Quote(said));
            else
                ignored.Add(new IgnoredFlag(line, OfTheContainer));
        }

        return (
            flags.AppendJoin("", new[] { image, program, arguments }.Where(part => part.Length > 0).Select(part => " " + part)).ToString(),
            ignored,
            lost
        );
    }

    // Specifiers have become variables of a shell by now, which must stay such.
    private static string Quote(string word) => $"\"{word.Replace("\\", @"\\").Replace("\"", "\\\"").Replace("`", "\\`")}\"";

    [GeneratedRegex(@"^\s*\[Container\]", RegexOptions.Multiline)]
    private static partial Regex Container();

    [GeneratedRegex(@"^\s*Image\s*=", RegexOptions.Multiline)]
    private static partial Regex Image();
}
