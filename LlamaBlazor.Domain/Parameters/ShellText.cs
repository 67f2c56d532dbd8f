using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>A launch command as a line for people to read, copy and paste. Secrets appear as <see cref="Mask"/>.</summary>
public static partial class ShellText
{
    /// <summary>What stands for a secret.</summary>
    public const string Mask = "***";

    /// <summary>One line for bash and other POSIX shells.</summary>
    /// <param name="command">The command.</param>
    public static string Bash(LaunchCommand command) => Join(command, " ", " ");

    /// <summary>The same over several lines, one option a line.</summary>
    /// <param name="command">The command.</param>
    public static string BashLines(LaunchCommand command) => Join(command, " ", " \\\n  ");

    /// <summary>Several lines for PowerShell, one option a line.</summary>
    /// <param name="command">The command.</param>
    public static string PowerShellLines(LaunchCommand command)
    {
        var environment = string.Concat(
            command
                .ShownEnvironment.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => $"$env:{pair.Key} = '{PowerShellQuote().Replace(pair.Value, "$0$0")}'\n")
        );
        return environment + "& " + Words(command, QuotePowerShell, " `\n  ");
    }

    /// <summary>A word as bash needs it.</summary>
    /// <param name="word">Any text.</param>
    public static string QuoteBash(string word) => PlainWord().IsMatch(word) ? word : $"'{word.Replace("'", "'\\''")}'";

    /// <summary>A word as PowerShell needs it. Typographic quotes close a text there too, so they are doubled as well.</summary>
    /// <param name="word">Any text.</param>
    public static string QuotePowerShell(string word) =>
        PlainWord().IsMatch(word) && !word.StartsWith('@') ? word : $"'{PowerShellQuote().Replace(word, "$0$0")}'";

    private static string Join(LaunchCommand command, string between, string option)
    {
        var environment = string.Concat(
            command
                .ShownEnvironment.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => $"{pair.Key}={(pair.Value == Mask ? Mask : QuoteBash(pair.Value))}{between}")
        );
        return environment + Words(command, QuoteBash, option);
    }

    private static string Words(LaunchCommand command, Func<string, string> quote, string option) =>
        quote(command.Executable) + string.Concat(command.ShownArguments.Select(word => (IsFlag(word) ? option : " ") + quote(word)));

    private static bool IsFlag(string word) =>
        word.Length > 2 && word.StartsWith("--", StringComparison.Ordinal) && char.IsAsciiLetter(word[2]);

    // Commas start an array in PowerShell; everything here means itself in both shells.
    [GeneratedRegex(@"^[\w@%+=:./-]+$", RegexOptions.ECMAScript)]
    private static partial Regex PlainWord();

    [GeneratedRegex("['\u2018\u2019\u201A\u201B]")]
    private static partial Regex PowerShellQuote();
}
