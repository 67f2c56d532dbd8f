using System.Text;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>Splits a pasted command into words as bash or PowerShell would, without running anything: variables and substitutions stay as they are.</summary>
public static class ShellWords
{
    /// <summary>Longest text that is read, in characters.</summary>
    public const int MaxLength = 1_000_000;

    /// <summary>The words of a command.</summary>
    /// <param name="text">The text, over several lines where they are continued.</param>
    public static IReadOnlyList<string> Split(string text)
    {
        var reader = new Reader(text.ReplaceLineEndings("\n"), IsPowerShell(text));
        return reader.Read();
    }

    // The escape character decides: a line that ends in a backtick, a call operator or an environment assignment is PowerShell's.
    private static bool IsPowerShell(string text) =>
        text.TrimStart().StartsWith("& ", StringComparison.Ordinal) || text.Contains("$env:", StringComparison.OrdinalIgnoreCase) || text.ReplaceLineEndings("\n").Contains("`\n", StringComparison.Ordinal);

    private sealed class Reader(string text, bool powerShell)
    {
        private readonly List<string> _words = [];
        private readonly StringBuilder _word = new();
        private readonly char _escape = powerShell ? '`' : '\\';
        private bool _inWord;
        private int _at;

        public List<string> Read()
        {
            for (; _at < text.Length; _at++)
            {
                var c = text[_at];
                if (c == '\'')
                    ReadSingle();
                else if (c == '"')
                    ReadDouble();
                else if (c == _escape && _at + 1 < text.Length)
                    ReadEscape();
                else if (char.IsWhiteSpace(c) || (c == ';' && !_inWord))
                    End();
                else if (c == '#' && !_inWord)
                    SkipComment();
                else
                    Add(c);
            }

            End();
            return _words;
        }

        private void ReadSingle()
        {
            _inWord = true;
            for (_at++; _at < text.Length; _at++)
            {
                if (text[_at] != '\'')
                    _word.Append(text[_at]);
                else if (powerShell && Next() == '\'')
                    _word.Append(text[++_at]);
                else
                    return;
            }
        }

        private void ReadDouble()
        {
            _inWord = true;
            for (_at++; _at < text.Length && text[_at] != '"'; _at++)
            {
                if (text[_at] != _escape || !IsEscapedInside(Next()))
                    _word.Append(text[_at]);
                else if (Next() == '\n')
                    _at++;
                else
                    _word.Append(text[++_at]);
            }
        }

        private bool IsEscapedInside(char next) => powerShell ? next is '"' or '`' or '$' or '\n' : next is '"' or '\\' or '$' or '`' or '\n';

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
