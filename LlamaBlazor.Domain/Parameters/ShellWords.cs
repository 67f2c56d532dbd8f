using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>Splits a pasted command into words as bash, PowerShell or cmd would, without running anything: variables and substitutions stay as they are.</summary>
public static partial class ShellWords
{
    /// <summary>Longest text that is read, in characters.</summary>
    public const int MaxLength = 1_000_000;

    /// <summary>The words of a command.</summary>
    /// <param name="text">The text, over several lines where they are continued.</param>
    public static IReadOnlyList<string> Split(string text)
    {
        text = text.ReplaceLineEndings("\n");
        return new Reader(text, IsWindows(text)).Read();
    }

    // The escape character decides: a line that ends in a backtick, a call operator, an environment assignment, a program that ends in .exe, or a path with
    // backslashes that no quote protects belong to a shell of Windows, where a backslash means itself.
    private static bool IsWindows(string text) =>
        text.TrimStart().StartsWith("& ", StringComparison.Ordinal) || text.Contains("$env:", StringComparison.OrdinalIgnoreCase) || text.Contains("`\n", StringComparison.Ordinal)
        || WindowsProgram().IsMatch(text) || WindowsPath().IsMatch(Quoted().Replace(text, "''"));

    [GeneratedRegex(@"^\s*(""[^""\n]*\.exe""|'[^'\n]*\.exe'|[^\s""']+\.exe)(\s|$)|[\\/\s""'](llama-server)\.exe[""'\s]", RegexOptions.IgnoreCase)]
    private static partial Regex WindowsProgram();

    [GeneratedRegex(@"(^|[\s=])([A-Za-z]:\\|\.{1,2}\\|\\\\)\w", RegexOptions.Multiline)]
    private static partial Regex WindowsPath();

    [GeneratedRegex("'[^']*'|\"[^\"]*\"")]
    private static partial Regex Quoted();

    private sealed class Reader(string text, bool windows)
    {
        private readonly List<string> _words = [];
        private readonly StringBuilder _word = new();
        private readonly char _escape = windows ? '`' : '\\';
        private bool _inWord;
        private int _at;

        public List<string> Read()
        {
            for (; _at < text.Length; _at++)
            {
                var c = text[_at];
                if (c == '\'')
                    ReadSingle();
                else if (c == '$' && Next() == '\'' && !windows)
                    ReadAnsi();
                else if (c == '"')
                    ReadDouble();
                else if (c == _escape && _at + 1 < text.Length)
                    ReadEscape();
                else if (char.IsWhiteSpace(c) || EndsStatement(c) || ContinuesLine(c))
                    End();
                else if (c == '#' && !_inWord)
                    SkipComment();
                else
                    Add(c);
            }

            End();
            return _words;
        }

        private bool EndsStatement(char c) => c == ';' && (!_inWord || Next() == '\0' || char.IsWhiteSpace(Next()));

        // cmd ends a continued line with a caret; llama-swap takes a backslash there, also before paths of Windows.
        private bool ContinuesLine(char c) => windows && !_inWord && c is '^' or '\\' && Next() == '\n';

        private void ReadSingle()
        {
            _inWord = true;
            for (_at++; _at < text.Length; _at++)
            {
                if (text[_at] != '\'')
                    _word.Append(text[_at]);
                else if (windows && Next() == '\'')
                    _word.Append(text[++_at]);
                else
                    return;
            }
        }

        // $'…' of bash: the escapes of C.
        private void ReadAnsi()
        {
            _inWord = true;
            for (_at += 2; _at < text.Length && text[_at] != '\''; _at++)
                _word.Append(text[_at] == '\\' && _at + 1 < text.Length ? ReadAnsiEscape() : text[_at]);
        }

        private char ReadAnsiEscape()
        {
            switch (text[++_at])
            {
                case 'n': return '\n';
                case 't': return '\t';
                case 'r': return '\r';
                case 'e': return '\u001b';
                case 'x': return ReadHex(2);
                case 'u': return ReadHex(4);
                default: return text[_at];
            }
        }

        private char ReadHex(int digits)
        {
            var start = _at + 1;
            while (_at - start + 1 < digits && char.IsAsciiHexDigit(Next()))
                _at++;
            return _at < start ? text[_at] : (char)int.Parse(text.AsSpan(start, _at - start + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        }

        private void ReadDouble()
        {
            _inWord = true;
            for (_at++; _at < text.Length; _at++)
            {
                var c = text[_at];
                if (c == '"' && !(windows && Next() == '"'))
                    return;
                if (c == '"')
                    _word.Append(text[++_at]); // PowerShell doubles a quote inside quotes
                else if (c != _escape || !IsEscapedInside(Next()))
                    _word.Append(c);
                else if (Next() == '\n')
                    _at++;
                else
                    _word.Append(text[++_at]);
            }
        }

        private bool IsEscapedInside(char next) => windows ? next is '"' or '`' or '$' or '\n' : next is '"' or '\\' or '$' or '`' or '\n';

        // An escaped line end continues the line.
        private void ReadEscape()
        {
            _at++;
            if (text[_at] != '\n')
                Add(text[_at]);
        }

        private void SkipComment()
        {
            while (_at + 1 < text.Length && text[_at + 1] != '\n')
                _at++;
        }

        private char Next() => _at + 1 < text.Length ? text[_at + 1] : '\0';

        private void Add(char c)
        {
            _inWord = true;
            _word.Append(c);
        }

        private void End()
        {
            if (_inWord)
                _words.Add(_word.ToString());
            _word.Clear();
            _inWord = false;
        }
    }
}
