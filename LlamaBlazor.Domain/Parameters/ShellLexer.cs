using System.Text;
using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>Reads a shell's text piece by piece, without running anything. Quotes and escapes are in the other half.</summary>
/// <param name="text">The text, with line feeds only.</param>
/// <param name="dialect">The shell.</param>
/// <param name="variables">Variables to put in; null leaves the signs of variables as they are.</param>
/// <param name="script">True where line ends and operators end a statement; false where all is one command.</param>
internal sealed partial class ShellLexer(string text, ShellDialect dialect, ShellVariables? variables, bool script)
{
    private readonly bool _windows = dialect != ShellDialect.Posix;
    private readonly StringBuilder _word = new();
    private List<ShellToken> _tokens = [];
    private List<string>? _items; // of the list that is being read
    private string _listName = "";
    private bool _inWord;
    private bool _quoted;
    private bool _unresolved;
    private int _at;
    private int _wordsLeft = ShellWords.MaxWords;

    /// <summary>Whether everything is read.</summary>
    public bool AtEnd => _at >= text.Length;

    /// <summary>Where a quote begins that nobody closes; null where all are closed.</summary>
    public int? OpenQuote { get; private set; }

    /// <summary>True where the text has more words than are read, or its variables make it longer than is read.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>The next statement; without <c>script</c> all there is. None at the end.</summary>
    public List<ShellToken> ReadStatement()
    {
        _tokens = [];
        while (_at < text.Length && !IsTooLong && !Step())
        {
            // Each step takes a piece.
        }

        EndWord();
        if (_items is not null)
            EndList();
        return _tokens;
    }

    /// <summary>Takes what a pattern matches here, or nothing.</summary>
    public Match Take(Regex pattern)
    {
        var match = pattern.Match(text, _at);
        if (match.Success && match.Index == _at)
            _at += match.Length;
        return match;
    }

    // True where the statement ends.
    private bool Step()
    {
        var c = text[_at];
        if (IsBareJsonQuote(c))
            AddQuote();
        else if (IsQuote(c))
            ReadQuoted(c);
        else if (Continuation(c) is > 0 and var length)
            _at += length;
        else if (c == _escape)
            ReadEscape();
        else if (variables is not null && IsExpansion(c, inQuotes: false))
            ReadExpansion(inQuotes: false);
        else if (char.IsWhiteSpace(c))
            return EndOfLine(c);
        else if (c == '#' && !_inWord && dialect != ShellDialect.Cmd)
            ReadComment();
        else if (_items is not null && c is ')' or ',' && (c == ')' || dialect == ShellDialect.PowerShell))
            return EndItem(c);
        else if (BeginsList(c))
            BeginList();
        else
            return StepWord(c);
        return false;
    }

    // The arguments of Start-Process are a list without brackets.
    private bool IsListComma(char c) =>
        c == ',' && script && dialect == ShellDialect.PowerShell && _tokens is [var first, ..] && StartProcess.Is(first.Text);

    private bool StepWord(char c)
    {
        if (IsListComma(c))
        {
            EndWord();
            _at++;
            return false;
        }

        if (c == ';' && _items is null && (!_inWord || char.IsWhiteSpace(Next()) || Next() == '\0'))
            return EndStatement(1);
        if (script && !_inWord && _items is null && Operator().Match(text, _at) is { Success: true } match && match.Index == _at)
            return TakeOperator(match.Value);
        Add(c);
        _at++;
        return false;
    }

    private bool EndOfLine(char c)
    {
        EndWord();
        _at++;
        return c == '\n' && script && _items is null && _tokens.Count > 0 && !NextLine().IsMatch(text, _at);
    }

    private bool EndStatement(int length)
    {
        EndWord();
        _at += length;
        return script && _tokens.Count > 0;
    }

    private bool TakeOperator(string sign)
    {
        if (sign is "&&" or "||" or "&")
            return EndStatement(sign.Length); // a call operator of PowerShell stands first, where nothing ends
        _at += sign.Length;
        _tokens.Add(new ShellToken(sign is "|" ? ShellTokenKind.Pipe : ShellTokenKind.Redirect, sign));
        return false;
    }

    private void ReadComment()
    {
        var end = text.IndexOf('\n', _at) is >= 0 and var line ? line : text.Length;
        _tokens.Add(new ShellToken(ShellTokenKind.Comment, text[_at..end]));
        _at = end;
    }

    private bool BeginsList(char c) =>
        script
        && _items is null
        && (
            (c == '(' && !_windows && ListName().IsMatch(_word.ToString()))
            || (c == '@' && !_inWord && dialect == ShellDialect.PowerShell && Next() == '(')
        );

    private void BeginList()
    {
        (_listName, _items) = (_word.ToString(), []);
        _at += text[_at] == '@' ? 2 : 1;
        _word.Clear();
        (_inWord, _quoted, _unresolved) = (false, false, false);
    }

    private bool EndItem(char c)
    {
        EndWord();
        _at++;
        if (c == ')')
            EndList();
        return false;
    }

    private void EndList()
    {
        _tokens.Add(new ShellToken(ShellTokenKind.Word, _listName) { Items = _items });
        _items = null;
    }

    private char Next() => _at + 1 < text.Length ? text[_at + 1] : '\0';

    private void Add(char c)
    {
        _inWord = true;
        _word.Append(c);
    }

    private void EndWord()
    {
        if (_inWord && _items is not null)
            _items.Add(_word.ToString());
        else if (_inWord)
            _tokens.Add(new ShellToken(ShellTokenKind.Word, _word.ToString()) { Quoted = _quoted, Unresolved = _unresolved });
        if (_inWord && --_wordsLeft < 0)
            IsTooLong = true;
        _word.Clear();
        (_inWord, _quoted, _unresolved) = (false, false, false);
    }

    // Only where they stand apart: unquoted patterns of tensors and markers such as <|end|> hold the same signs.
    [GeneratedRegex(@"\G(&&|\|\||\|(?=\s)|&(?=\s|$)|([0-9&])?>{1,2}(&[0-9-])?|<(?=\s))", RegexOptions.ExplicitCapture)]
    private static partial Regex Operator();

    // A line that begins with a flag goes on with the command before it, whatever the shell would say.
    [GeneratedRegex(@"\G(\s|#[^\n]*\n)*--?[A-Za-z]")]
    private static partial Regex NextLine();

    [GeneratedRegex(@"^[A-Za-z_]\w*\+?=$")]
    private static partial Regex ListName();
}
