using System.Globalization;

namespace LlamaBlazor.Web.Simulator.Completions;

/// <summary>
/// Reads GBNF and simple regular expressions: both have choices, groups, classes and repeats, and differ in how letters are written.
/// </summary>
/// <param name="text">What to read.</param>
/// <param name="isPattern">True for a regular expression: letters stand for themselves.</param>
internal sealed class GrammarReader(string text, bool isPattern)
{
    private const int MaxNesting = 100;
    private const int MaxRepeats = 1_000;

    private int _at;
    private int _nesting;

    private char Current => _at < text.Length ? text[_at] : '\0';

    /// <summary>The rules of a grammar by name, or null when it is no grammar or names a rule that it lacks.</summary>
    public static Dictionary<string, GrammarNode>? ReadRules(string grammar)
    {
        var reader = new GrammarReader(grammar, isPattern: false);
        var rules = new Dictionary<string, GrammarNode>();
        try
        {
            for (reader.Skip(lines: true); reader._at < grammar.Length; reader.Skip(lines: true))
            {
                var name = reader.Name();
                reader.Skip(lines: false);
                reader.Expect("::=");
                rules[name] = reader.Choice();
            }
        }
        catch (FormatException)
        {
            return null;
        }

        return reader._named.All(rules.ContainsKey) ? rules : null;
    }

    /// <summary>A regular expression, or null when it uses what is not read here.</summary>
    public static GrammarNode? ReadPattern(string pattern)
    {
        var reader = new GrammarReader(pattern.TrimStart('^').TrimEnd('$'), isPattern: true);
        try
        {
            var node = reader.Choice();
            return reader.Current == '\0' ? node : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private readonly HashSet<string> _named = [];

    private GrammarNode Choice()
    {
        if (++_nesting > MaxNesting)
            throw new FormatException("nested too deep");
        var items = new List<GrammarNode> { Sequence() };
        while (Current == '|')
        {
            _at++;
            items.Add(Sequence());
        }

        _nesting--;
        return items.Count == 1 ? items[0] : new GrammarNode.Choice(items);
    }

    private GrammarNode.Sequence Sequence()
    {
        var items = new List<GrammarNode>();
        for (SkipInside(); Current is not ('\0' or '|' or ')') && !IsNextRule(); SkipInside())
        {
            var item = Item();
            SkipBlanks();
            items.Add(Repeated(item));
        }

        return new GrammarNode.Sequence(items);
    }

    private GrammarNode Item()
    {
        switch (Current)
        {
            case '(':
                _at++;
                if (isPattern && text.AsSpan(_at).StartsWith("?:"))
                    _at += 2;
                var group = Choice();
                Expect(")");
                return group;
            case '[':
                return new GrammarNode.Literal(Class().ToString());
            case '"' when !isPattern:
                return Quoted();
            case '.':
                _at++;
                return new GrammarNode.Literal("a");
            case '?' or '*' or '+' or '{' or '^' or '$' when isPattern:
                throw new FormatException("an operator without something before it");
            default:
                return isPattern ? new GrammarNode.Literal(Letter().ToString()) : Reference();
        }
    }

    private GrammarNode.Rule Reference()
    {
        var name = Name();
        _named.Add(name);
        return new GrammarNode.Rule(name);
    }

    private GrammarNode.Literal Quoted()
    {
        var letters = new System.Text.StringBuilder();
        for (_at++; Current != '"'; )
            letters.Append(Letter());
        _at++;
        return new GrammarNode.Literal(letters.ToString());
    }

    private GrammarNode Repeated(GrammarNode item)
    {
        switch (Current)
        {
            case '*' or '?':
                _at++;
                return new GrammarNode.Repeat(item, 0);
            case '+':
                _at++;
                return item;
            case '{':
                var end = text.IndexOf('}', _at);
                var number = end < 0 ? "" : text[(_at + 1)..end].Split(',')[0];
                if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var least) || least > MaxRepeats)
                    throw new FormatException("not a number of repeats");
                _at = end + 1;
                return new GrammarNode.Repeat(item, least);
            default:
                return item;
        }
    }

    // The first letter of a class; of one that excludes, the first letter it leaves.
    private char Class()
    {
        _at++;
        var excludes = Current == '^';
        if (excludes)
            _at++;
        var letters = new HashSet<char>();
        char? first = null;
        while (Current != ']')
        {
            var letter = Letter();
            var last = letter;
            if (Current == '-' && _at + 1 < text.Length && text[_at + 1] != ']')
            {
                _at++;
                last = Letter();
            }

            first ??= letter;
            for (var one = (int)letter; excludes && one <= last; one++)
                letters.Add((char)one);
        }

        _at++;
        return excludes
            ? Enumerable.Range('!', 0x500).Select(code => (char)code).FirstOrDefault(letter => !letters.Contains(letter), 'a')
            : first ?? throw new FormatException("an empty class");
    }

    private char Letter()
    {
        if (_at >= text.Length)
            throw new FormatException("it ends too soon");
        var letter = text[_at++];
        if (letter != '\\')
            return letter;
        var escaped = Current;
        _at++;
        return escaped switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'x' => Hexadecimal(2),
            'u' => Hexadecimal(4),
            'U' => Hexadecimal(8),
            'd' when isPattern => '0',
            'w' when isPattern => 'a',
            's' when isPattern => ' ',
            '\0' => throw new FormatException("it ends too soon"),
            _ => escaped,
        };
    }

    private char Hexadecimal(int digits)
    {
        var number = text.AsSpan(_at, Math.Min(digits, text.Length - _at));
        if (number.Length < digits || !int.TryParse(number, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            throw new FormatException("not a hexadecimal number");
        _at += digits;
        return (char)code;
    }

    private string Name()
    {
        var start = _at;
        while (char.IsAsciiLetterOrDigit(Current) || Current is '-' or '_')
            _at++;
        return _at > start ? text[start.._at] : throw new FormatException("a name is missing");
    }

    private void Expect(string word)
    {
        if (!text.AsSpan(_at).StartsWith(word))
            throw new FormatException($"{word} is missing");
        _at += word.Length;
    }

    // A rule may go on in further lines; a name that is followed by ::= begins the next one.
    private bool IsNextRule()
    {
        if (isPattern || !char.IsAsciiLetterOrDigit(Current) || text.AsSpan(0, _at).TrimEnd(" \t") is not [.., '\n'])
            return false;
        var at = _at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '-' or '_'))
            at++;
        while (at < text.Length && text[at] is ' ' or '\t')
            at++;
        return text.AsSpan(at).StartsWith("::=");
    }

    private void SkipInside()
    {
        if (!isPattern)
            Skip(lines: true);
    }

    private void SkipBlanks()
    {
        if (!isPattern)
            Skip(lines: false);
    }

    private void Skip(bool lines)
    {
        for (; Current is ' ' or '\t' || (lines && Current is '\n' or '\r' or '#'); _at++)
        {
            if (Current == '#')
                _at = text.IndexOf('\n', _at) is >= 0 and var end ? end - 1 : text.Length - 1;
        }
    }
}
