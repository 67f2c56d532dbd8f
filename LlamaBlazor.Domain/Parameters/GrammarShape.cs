using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>The outline of a GBNF grammar: a rule named root, and everything that is opened is closed. What is inside is the engine's to
/// judge.</summary>
internal static partial class GrammarShape
{
    /// <summary>What is wrong with a grammar, or null.</summary>
    public static string? Check(string text)
    {
        var open = new Stack<(char Bracket, int Line)>();
        var line = 1;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\n')
                line++;
            else if (c == '#')
                i = End(text, i, '\n') - 1;
            else if (c is '"' or '[' && End(text, i + 1, c == '"' ? '"' : ']') is var end)
            {
                if (end == text.Length)
                    return $"The {(c == '"' ? "text" : "set of characters")} that begins with {c} in line {line} is not closed.";
                line += text.AsSpan(i, end - i).Count('\n');
                i = end;
            }
            else if (c is '(' or '{')
                open.Push((c, line));
            else if (c is ')' or '}' && (!open.TryPop(out var last) || last.Bracket != (c == ')' ? '(' : '{')))
                return $"The {c} in line {line} closes nothing.";
        }

        if (open.TryPop(out var left))
            return $"The {left.Bracket} in line {left.Line} is not closed.";
        return Root().IsMatch(text) ? null : "A grammar needs a rule named root, such as root ::= \"yes\" | \"no\".";
    }

    // Where the next such character stands that no backslash escapes; the length of the text where there is none.
    private static int End(string text, int from, char closing)
    {
        for (var i = from; i < text.Length; i++)
        {
            if (text[i] == '\\' && closing != '\n')
                i++;
            else if (text[i] == closing)
                return i;
        }

        return text.Length;
    }

    [GeneratedRegex(@"^\s*root\s*::=", RegexOptions.Multiline)]
    private static partial Regex Root();
}
