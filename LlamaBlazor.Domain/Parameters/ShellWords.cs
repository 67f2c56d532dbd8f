namespace LlamaBlazor.Domain.Parameters;

/// <summary>
/// Splits a text into words as bash, PowerShell or cmd would, without running anything: variables and substitutions stay as they are.
/// </summary>
public static class ShellWords
{
    /// <summary>Longest text that is read, in characters; also with its variables put in.</summary>
    public const int MaxLength = 1_000_000;

    /// <summary>Most words of one text: flags that repeat cost the square of their number.</summary>
    public const int MaxWords = 8_192;

    /// <summary>Characters of a report that are shown from an open quote on.</summary>
    internal const int ShownOfQuote = 40;

    /// <summary>The words of a command, line ends and operators apart; comments are left out.</summary>
    /// <param name="text">The text, over several lines where they are continued.</param>
    public static IReadOnlyList<string> Split(string text) => Split(text, null);

    /// <summary>Where a quote begins that nobody closes, with some of what follows; null where all are closed.</summary>
    /// <param name="text">The text of one command.</param>
    public static string? FindOpenQuote(string text)
    {
        text = text.TrimStart('\uFEFF').ReplaceLineEndings("\n");
        var lexer = new ShellLexer(text, ShellDialects.Of(text), null, script: false);
        lexer.ReadStatement();
        return lexer.OpenQuote is { } at ? text[at..Math.Min(text.Length, at + ShownOfQuote)] : null;
    }

    /// <summary>The same, with a place for the comments.</summary>
    internal static IReadOnlyList<string> Split(string text, ICollection<string>? comments)
    {
        text = text.TrimStart('\uFEFF').ReplaceLineEndings("\n");
        var lexer = new ShellLexer(text, ShellDialects.Of(text), null, script: false);
        var words = new List<string>();
        foreach (var token in lexer.ReadStatement())
        {
            if (token.Kind == ShellTokenKind.Comment)
                comments?.Add(token.Text);
            else
                words.Add(token.Text);
        }

        return words;
    }
}
