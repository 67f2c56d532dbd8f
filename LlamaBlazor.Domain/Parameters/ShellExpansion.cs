using System.Text;
using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>
/// Values of variables in a shell's text: <c>$NAME</c>, <c>${NAME:-other}</c>, <c>$env:NAME</c>, <c>@NAME</c>. What a running shell would
/// have to find out stays unknown.
/// </summary>
internal static partial class ShellExpansion
{
    private const int DepthLimit = 16;

    /// <summary>The value of what stands at a place, in items where it is a list; null where it is not known.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">Where it begins; afterwards where it ended.</param>
    /// <param name="variables">What is known.</param>
    /// <param name="depth">How many others it stands in.</param>
    public static IReadOnlyList<string>? Read(string text, ref int at, ShellVariables variables, int depth = 0)
    {
        if (text[at] == '`')
        {
            at = text.IndexOf('`', at + 1) + 1;
            return null;
        }

        if (Name().Match(text, at) is { Success: true } name)
        {
            at += name.Length;
            return variables.Find(name.Groups["name"].Value);
        }

        var start = at + 2;
        var (open, close) = text[at + 1] == '{' ? ('{', '}') : ('(', ')');
        if (text[at + 1] != open)
        {
            at += 2; // $@, $1: of whoever calls the script
            return null;
        }

        var end = Closing(text, start, open, close);
        at = Math.Min(end + 1, text.Length);
        var inner = text[Math.Min(start, end)..end];
        return open == '{' ? Braces(inner, variables, depth) : Subexpression(inner, variables);
    }

    /// <summary>A text with its variables put in; null where one is not known.</summary>
    private static string? Fill(string text, ShellVariables variables, int depth)
    {
        var filled = new StringBuilder();
        for (var at = 0; at < text.Length; )
        {
            if (text[at] != '$' || at + 1 >= text.Length)
                filled.Append(text[at++]);
            else if (depth >= DepthLimit || Read(text, ref at, variables, depth) is not { } value)
                return null;
            else
                filled.AppendJoin(' ', value);
            if (filled.Length > ShellWords.MaxLength)
                return null;
        }

        return filled.ToString();
    }

    // ${NAME}, ${NAME[@]}, ${NAME:-other}: the forms that say a value, none that computes one.
    private static IReadOnlyList<string>? Braces(string inner, ShellVariables variables, int depth)
    {
        if (Form().Match(inner) is not { Success: true } match)
            return null;
        var value = variables.Find(match.Groups["name"].Value);
        var empty = value is null or [""];
        var other = match.Groups["other"].Value;
        return match.Groups["sign"].Value switch
        {
            "" => value,
            ":-" or ":=" when empty => One(Fill(Unquote(other), variables, depth + 1)),
            "-" or "=" when value is null => One(Fill(Unquote(other), variables, depth + 1)),
            ":+" or "+" => empty ? [] : One(Fill(Unquote(other), variables, depth + 1)),
            _ => value,
        };
    }

    // $($name) of PowerShell is that variable; anything else would have to be run.
    private static IReadOnlyList<string>? Subexpression(string inner, ShellVariables variables) =>
        inner.Trim() is var text && Name().Match(text) is { Success: true } name && name.Length == text.Length
            ? variables.Find(name.Groups["name"].Value)
            : null;

    private static string[]? One(string? text) => text is null ? null : [text];

    private static string Unquote(string text) => text.Length > 1 && text[0] is '"' or '\'' && text[^1] == text[0] ? text[1..^1] : text;

    private static int Closing(string text, int at, char open, char close)
    {
        for (var level = 1; at < text.Length; at++)
        {
            if (text[at] == open)
                level++;
            else if (text[at] == close && --level == 0)
                break;
        }

        return at;
    }

    [GeneratedRegex(@"\G(\$(env:)?|@)(?<name>[A-Za-z_]\w*)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Name();

    [GeneratedRegex(
        @"^(env:)?(?<name>[A-Za-z_]\w*)(\[[@*]\])?((?<sign>:?[-=+?])(?<other>.*))?$",
        RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Form();
}
