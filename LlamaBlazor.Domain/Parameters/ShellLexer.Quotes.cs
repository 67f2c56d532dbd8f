using System.Globalization;
using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Parameters;

/// <content>Quotes, escapes and variables.</content>
internal sealed partial class ShellLexer
{
    private readonly char _escape = dialect switch
    {
        ShellDialect.Posix => '\\',
        ShellDialect.PowerShell => '`',
        _ => '^',
    };
    private int _expanded;

    private bool IsQuote(char c) =>
        c == '"' || (c == '\'' && (dialect != ShellDialect.Cmd || !_inWord)) || (c == '$' && !_windows && Next() == '\'');

    // {\"a\":1} without quotes around it, as programs of Windows read it.
    private bool IsBareJsonQuote(char c) => _windows && c == '\\' && Next() == '"' && _word.Length > 0 && _word[0] is '{' or '[';

    private void AddQuote()
    {
        Add('"');
        _at += 2;
    }

    private void ReadQuoted(char c)
    {
        if (!_inWord)
            _quoted = true;
        _inWord = true;
        var start = _at;
        if (c == '$')
            ReadAnsi();
        else if (c == '\'')
            ReadSingle();
        else
            ReadDouble();
        if (_at >= text.Length)
            OpenQuote ??= start;
        _at++;
    }

    // Length of an escaped line end, which continues the line: 0 where none is. Blanks behind the sign are a slip of the hand.
    private int Continuation(char c)
    {
        if (c != _escape && !(_windows && !_inWord && c is '^' or '\\'))
            return 0;
        var at = _at + 1;
        while (at < text.Length && text[at] is ' ' or '\t')
            at++;
        return at < text.Length && text[at] == '\n' && (at == _at + 1 || script || !_windows) ? at - _at + 1 : 0;
    }

    private void ReadEscape()
    {
        var next = Next();
        var literal =
            next == '\0'
            || (!_windows && char.IsAsciiLetterOrDigit(next)) // a path of Windows that no quote protects
            || (dialect == ShellDialect.Cmd && next is not ('&' or '|' or '<' or '>' or '^' or '"'));
        if (literal)
            Add(text[_at]);
        else
            Add(text[++_at]);
        _at++;
    }

    private void ReadSingle()
    {
        for (_at++; _at < text.Length; _at++)
        {
            if (text[_at] != '\'')
                _word.Append(text[_at]);
            else if (_windows && Next() == '\'')
                _word.Append(text[++_at]);
            else
                return;
        }
    }

    // $'…' of bash: the escapes of C.
    private void ReadAnsi()
    {
        for (_at += 2; _at < text.Length && text[_at] != '\''; _at++)
            _word.Append(text[_at] == '\\' && _at + 1 < text.Length ? ReadAnsiEscape() : text[_at]);
    }

    private char ReadAnsiEscape() =>
        text[++_at] switch
        {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'e' => '\u001b',
            'x' => ReadHex(2),
            'u' => ReadHex(4),
            var c => c,
        };

    private char ReadHex(int digits)
    {
        var start = _at + 1;
        while (_at - start + 1 < digits && char.IsAsciiHexDigit(Next()))
            _at++;
        return _at < start
            ? text[_at]
            : (char)int.Parse(text.AsSpan(start, _at - start + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    private void ReadDouble()
    {
        var from = _word.Length;
        for (_at++; _at < text.Length; _at++)
        {
            var c = text[_at];
            if (c == '"' && !(_windows && Next() == '"'))
                return;
            if (c == '"')
                _word.Append(text[++_at]); // doubled inside quotes
            else if (_windows && c == '\\' && Next() == '"' && IsEscapedQuote(from))
                _word.Append(text[++_at]);
            else if (c == _escape && dialect != ShellDialect.Cmd && IsEscapedInside(Next()))
                _at += Next() == '\n' ? 1 : AppendNext();
            else if (variables is not null && IsExpansion(c, inQuotes: true))
                ReadExpansionInQuotes();
            else
                _word.Append(c);
        }
    }

    private int AppendNext()
    {
        _word.Append(Next());
        return 1;
    }

    private void ReadExpansionInQuotes()
    {
        ReadExpansion(inQuotes: true);
        _at--; // the loop takes one more
    }

    // A program of Windows reads \" as a quote; a folder in quotes may end in a backslash all the same.
    private bool IsEscapedQuote(int from) =>
        (_word.Length > from && _word[from] is '{' or '[') || !(_at + 2 >= text.Length || char.IsWhiteSpace(text[_at + 2]));

    private bool IsEscapedInside(char next) => _windows ? next is '"' or '`' or '$' or '\n' : next is '"' or '\\' or '$' or '`' or '\n';

    private bool IsExpansion(char c, bool inQuotes)
    {
        var next = Next();
        return dialect switch
        {
            ShellDialect.Posix => (c == '$' && (char.IsAsciiLetterOrDigit(next) || next is '_' or '{' or '(' or '@' or '*'))
                || (c == '`' && text.IndexOf('`', _at + 1) > 0),
            ShellDialect.PowerShell => (c == '$' && (char.IsAsciiLetter(next) || next is '_' or '{' or '('))
                || (c == '@' && !inQuotes && !_inWord && char.IsAsciiLetter(next)),
            _ => false, // put in before the line is read, as cmd does
        };
    }

    private void ReadExpansion(bool inQuotes)
    {
        var start = _at;
        var value = ShellExpansion.Read(text, ref _at, variables!);
        if (value is null)
        {
            _unresolved = _inWord = true;
            _word.Append(text.AsSpan(start, _at - start));
            return;
        }

        _expanded += value.Sum(item => item.Length);
        if (_expanded > ShellWords.MaxLength)
            IsTooLong = true;
        else if (inQuotes && value.Count == 1)
            _word.Append(value[0]);
        else
            Insert(value.Count != 1 || dialect != ShellDialect.Posix ? value : Blanks().Split(value[0]));
    }

    // Several words in place of one, as bash splits what no quote protects; each item of a list is a word.
    private void Insert(IReadOnlyList<string> words)
    {
        for (var i = 0; i < words.Count; i++)
        {
            if (i > 0)
                EndWord();
            _inWord |= words[i].Length > 0;
            _word.Append(words[i]);
        }
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
