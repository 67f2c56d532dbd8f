using System.Text;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>Texts with variables in the form <c>${NAME}</c> or <c>${NAME:-other}</c>, as compose files have them.</summary>
public static class VariableText
{
    private const int NameBound = 200;

    /// <summary>The text with its variables put in; one whose value nobody knows stays as it is written.</summary>
    /// <param name="text">A text.</param>
    /// <param name="find">Value of a variable, or null.</param>
    public static string Fill(string text, Func<string, string?> find)
    {
        if (!text.Contains('$'))
            return text;
        var variables = new ShellVariables(null, ShellDialect.Posix);
        var lexed = new StringBuilder();
        for (var at = 0; at < text.Length && lexed.Length <= ShellWords.MaxLength; )
        {
            var start = at;
            if (text[at] != '$' || at + 1 == text.Length || !(text[at + 1] is '{' or '_' || char.IsAsciiLetter(text[at + 1])))
            {
                at += text[at] == '$' && at + 1 < text.Length && text[at + 1] == '$' ? 2 : 1; // $$ is one dollar
                lexed.Append(text[at - 1]);
                continue;
            }

            Learn(text.Substring(at, Math.Min(NameBound, text.Length - at)), find, variables);
            var value = ShellExpansion.Read(text, ref at, variables);
            lexed.Append(value is null ? text[start..at] : string.Join(' ', value));
        }

        return lexed.ToString();
    }

    // Asks only for the names that stand there.
    private static void Learn(string text, Func<string, string?> find, ShellVariables variables)
    {
        var name = new string([.. text.Skip(1).SkipWhile(c => c == '{').TakeWhile(c => c == '_' || char.IsAsciiLetterOrDigit(c))]);
        if (find(name) is { } value)
            variables.Set(name, [value]);
    }
}
