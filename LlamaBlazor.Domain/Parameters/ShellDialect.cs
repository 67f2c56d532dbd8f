using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>The shell a pasted text is written for.</summary>
internal enum ShellDialect
{
    /// <summary>bash and its like: a backslash escapes.</summary>
    Posix,

    /// <summary>PowerShell: a backtick escapes, and a backslash means itself.</summary>
    PowerShell,

    /// <summary>cmd.exe and batch files: a caret escapes, and variables stand between percent signs.</summary>
    Cmd,
}

/// <summary>Tells by what only one shell writes which one a text is for.</summary>
internal static partial class ShellDialects
{
    /// <summary>The shell of a text.</summary>
    public static ShellDialect Of(string text)
    {
        var bare = Quoted().Replace(text, "''");
        if (Batch().IsMatch(text) || Percent().IsMatch(text))
            return ShellDialect.Cmd;
        return PowerShell().IsMatch(bare) || WindowsJson().IsMatch(text) || WindowsProgram().IsMatch(text) || WindowsPath().IsMatch(bare)
            ? ShellDialect.PowerShell
            : ShellDialect.Posix;
    }

    [GeneratedRegex(
        @"^\s*@?(echo\s+off|rem|setlocal)\b|^\s*::|^\s*set\s+(/a\s+)?""\w+=|\^[ \t]*$|^\s*start\s+""|\bcmd(\.exe)?\s+/[ck]\b",
        RegexOptions.Multiline | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Batch();

    [GeneratedRegex(
        @"%(~dp0|[A-Za-z_]\w{1,60}%)|^\s*set\s+\w+=.*[A-Za-z]:\\",
        RegexOptions.Multiline | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Percent();

    [GeneratedRegex(
        @"^\s*(\$\w+\s*=\s*)?(Start-Process|saps)\s|^\s*&\s|\$env:|\s`$|^\s*\$\w+\s*\+?=|^\s*param\s*\(",
        RegexOptions.Multiline | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture
    )]
    private static partial Regex PowerShell();

    // JSON whose quotes are doubled or have a backtick, which bash would take away.
    [GeneratedRegex(@"""\{\s*(""""|`"")")]
    private static partial Regex WindowsJson();

    [GeneratedRegex(
        @"^\s*(""[^""\n]*\.exe""|'[^'\n]*\.exe'|[^\s""']+\.exe)(\s|$)|[\\/\s""']([\w-]*llama[\w-]*)\.exe[""'\s]",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex WindowsProgram();

    [GeneratedRegex(@"(^|[\s=])([A-Za-z]:\\|\.{1,2}\\|\\\\)\w", RegexOptions.Multiline)]
    private static partial Regex WindowsPath();

    [GeneratedRegex(@"\\['""]|'[^']*'|""(\\.|[^""\\])*""", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Quoted();
}
