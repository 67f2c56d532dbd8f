using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>
/// One entry of an engine's <c>--help</c>, in all forms it has had: <c>-c N, --ctx-size N</c> (each spelling with its value),
/// <c>-c,    --ctx-size N</c> below two blanks, and the same in the first column.
/// </summary>
internal sealed partial class EngineHelpEntry
{
    // Text that goes on in further lines begins at column 26 in the oldest form; a long flag without a short one at 9.
    private const int DeepestEntry = 12;

    private readonly List<(string Name, string? Hint)> _spellings = [];
    private string _text;

    private EngineHelpEntry(string text) => _text = text;

    /// <summary>Whether it only says that the flag is gone.</summary>
    public bool IsRemoved => Removed().IsMatch(_text);

    /// <summary>Its spellings.</summary>
    public IEnumerable<EngineFlag> Flags =>
        _spellings.Select(spelling => new EngineFlag(
            spelling.Name,
            Count(spelling.Hint),
            spelling.Hint is { } hint ? hint + Row(hint) : null
        ));

    /// <summary>Reads the first line of an entry; null for any other line.</summary>
    /// <param name="line">Without escapes and line end.</param>
    public static EngineHelpEntry? Read(string line)
    {
        var rest = line.TrimStart(' ');
        if (line.Length - rest.Length > DeepestEntry || !Spelling().IsMatch(rest))
            return null;
        var entry = new EngineHelpEntry("");
        while (Spelling().Match(rest) is { Success: true } match)
        {
            rest = rest[match.Length..];
            var hint = TakeHint(ref rest);
            entry.Add(match.Groups["name"].Value, match.Groups["plural"].Success, hint);
            var separator = Separator().Match(rest);
            if (!separator.Success)
                break;
            rest = rest[separator.Length..];
        }

        entry._text = rest;
        entry.ShareHint();
        return entry;
    }

    /// <summary>Takes a further line of its text.</summary>
    public void Append(string line) => _text += " " + line.Trim();

    private void Add(string name, bool hasPlural, string? hint)
    {
        _spellings.Add((name, hint));
        if (hasPlural)
            _spellings.Add((name + "s", hint));
    }

    // The value stands behind the last spelling and belongs to all; in the oldest form it stands behind each.
    private void ShareHint()
    {
        var last = _spellings[^1].Hint;
        for (var i = 0; i < _spellings.Count; i++)
            _spellings[i] = (_spellings[i].Name, _spellings[i].Hint ?? last);
    }

    // One blank, then the form of the value up to the next spelling, two blanks or the end. Words in small letters are text that found no
    // room for its column.
    private static string? TakeHint(ref string rest)
    {
        if (rest.Length < 2 || rest[0] is not (' ' or '=') || rest[1] is ' ' or '-' or '|' or '/')
            return null;
        var hint = Hint().Match(rest, 1).Value.TrimEnd(',', ' ');
        if (hint.Length == 0 || IsText(hint))
            return null;
        rest = rest[(1 + hint.Length)..];
        return hint;
    }

    private static bool IsText(string hint) => hint.Contains(' ', StringComparison.Ordinal) && TextWord().IsMatch(hint);

    // Some say only in their text that several may stand in one row.
    private string Row(string hint) =>
        !hint.Contains(',', StringComparison.Ordinal) && _text.Contains("comma-separated", StringComparison.OrdinalIgnoreCase)
            ? ",..."
            : "";

    private int Count(string? hint)
    {
        if (hint is null)
        {
            var isOpen = DefaultValue().Match(_text) is { Success: true } match && !SwitchWord().IsMatch(match.Groups["value"].Value);
            return isOpen ? EngineFlag.Either : 0;
        }

        if (OptionalValue().IsMatch(hint))
            return EngineFlag.Either;
        var words = hint.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 1 && words.All(word => WholeWord().IsMatch(word)) ? words.Length : 1;
    }

    [GeneratedRegex(@"^(?<name>--?[a-zA-Z][a-zA-Z0-9._-]*)(?<plural>\(s\))?(?=[\s,=|/]|$)", RegexOptions.ExplicitCapture)]
    private static partial Regex Spelling();

    [GeneratedRegex(@"^(\s*,\s*|\s?[|/]\s?|\s)(?=--?[a-zA-Z])", RegexOptions.ExplicitCapture)]
    private static partial Regex Separator();

    [GeneratedRegex(@"\G\S.*?(?=\s\s|,?\s+--?[a-zA-Z]|\s*$)")]
    private static partial Regex Hint();

    [GeneratedRegex(@"^[a-z][a-z']*[ ,:.]|^[A-Z][a-z]+ [a-z]")]
    private static partial Regex TextWord();

    // A number or a word in capitals between brackets may be left out; a choice such as [on|off|auto] may not (llama.cpp, common/arg.cpp).
    [GeneratedRegex(@"^\[[^|,\]]*\]$")]
    private static partial Regex OptionalValue();

    [GeneratedRegex(@"^([A-Z][A-Z0-9_]*|<[^<>]*>)$")]
    private static partial Regex WholeWord();

    [GeneratedRegex(@"\(default:?\s+(?<value>[^)]*)", RegexOptions.IgnoreCase)]
    private static partial Regex DefaultValue();

    [GeneratedRegex(@"\b(enabled?|disabled?|true|false|on|off|yes|no|none)\b", RegexOptions.IgnoreCase)]
    private static partial Regex SwitchWord();

    [GeneratedRegex(@"\b(has been|was|is) removed\b|\(removed\)", RegexOptions.IgnoreCase)]
    private static partial Regex Removed();
}
