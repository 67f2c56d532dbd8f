using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>The prompt of a shell of Windows that was copied along with a command: <c>C:\Users\me&gt;</c>, <c>PS C:\&gt;</c>.</summary>
/// <param name="Text">All of it.</param>
/// <param name="Folder">The folder it names.</param>
/// <param name="Dialect">The shell it is of.</param>
internal sealed partial record ShellPrompt(string Text, string Folder, ShellDialect Dialect)
{
    /// <summary>The first one of a text, or null.</summary>
    public static ShellPrompt? Find(string text) =>
        Prompt().Match(text) is { Success: true } match
            ? new ShellPrompt(
                match.Value.Trim(),
                match.Groups["folder"].Value,
                match.Groups["ps"].Success ? ShellDialect.PowerShell : ShellDialect.Cmd
            )
            : null;

    /// <summary>A text without them.</summary>
    public static string TakeOff(string text) => Prompt().Replace(text, "");

    [GeneratedRegex(
        @"^[ \t]*(\([^()\n]{1,64}\)[ \t]*)?(?<ps>PS[ \t]+)?(?<folder>([A-Za-z]:\\|\\\\)[^<>|""*?:\n]{0,260})>(?=[^>\n])[ \t]*",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Prompt();
}
