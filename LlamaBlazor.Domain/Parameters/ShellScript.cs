using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>One command of a text, with the variables of the text put in.</summary>
/// <param name="Words">Its words.</param>
/// <param name="Folder">The folder the text changed to before it, or null.</param>
/// <param name="Dropped">What was taken off it: a pipe, a file for its output.</param>
/// <param name="Statement">All its words, for reports.</param>
internal sealed record ShellCommand(IReadOnlyList<string> Words, string? Folder, string? Dropped, string Statement)
{
    /// <summary>Whether a quote in it is not closed.</summary>
    public bool IsOpen { get; init; }
}

/// <summary>Reads a pasted script: sets its variables, follows its changes of folder, and hands out its commands. Nothing is run.</summary>
internal sealed partial class ShellScript
{
    private const int LineBound = 2_000; // of a batch file

    private static readonly HashSet<string> Declarations = ["export", "declare", "typeset", "readonly", "local"];
    private static readonly HashSet<string> Changes = new(["cd", "pushd", "chdir", "Set-Location"], StringComparer.OrdinalIgnoreCase);

    private readonly ShellDialect _dialect;
    private readonly ShellVariables _variables;
    private readonly List<ShellCommand> _commands = []; // bounded by the words of the text
    private string? _folder;

    private ShellScript(string text, ShellDialect? dialect, string? home)
    {
        _dialect = dialect ?? ShellDialects.Of(text);
        _variables = new ShellVariables(home, _dialect);
    }

    /// <summary>The commands in order.</summary>
    public IReadOnlyList<ShellCommand> Commands => _commands;

    /// <summary>Words whose value is not known here.</summary>
    public HashSet<string> Unresolved { get; } = [];

    /// <summary>Comments.</summary>
    public List<string> Comments { get; } = [];

    /// <summary>Variables that were set and are not used in the text itself, with whether programs see them.</summary>
    public IEnumerable<(string Name, string Value, bool Exported)> Others =>
        _variables
            .All.Where(pair => !_variables.Used.Contains(pair.Name))
            .Select(pair => (pair.Name, pair.Value, _variables.Exported.Contains(pair.Name)));

    /// <summary>The text from where a quote begins that nobody closes, or null.</summary>
    public string? OpenQuote { get; private set; }

    /// <summary>True where the text, or what its variables make of it, is longer than is read.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="home">The folder that HOME means, or null.</param>
    public static ShellScript Read(string text, string? home)
    {
        text = text.TrimStart('\uFEFF').ReplaceLineEndings("\n");
        var prompt = ShellPrompt.Find(text);
        if (prompt is not null)
            text = ShellPrompt.TakeOff(text);
        var script = new ShellScript(text, prompt?.Dialect, home);
        if (prompt is not null)
            script.TakeFolder(prompt.Folder, prompt.Text);
        if (script._dialect == ShellDialect.Cmd)
            script.ReadBatch(text);
        else
            script.ReadLines(text);
        return script;
    }

    private void ReadLines(string text)
    {
        var lexer = new ShellLexer(text, _dialect, _variables, script: true);
        while (!lexer.AtEnd && !lexer.IsTooLong)
        {
            var assigned = _dialect == ShellDialect.PowerShell ? lexer.Take(PowerShellVariable()) : Match.Empty;
            var (tokens, last) = (lexer.ReadStatement(), _commands.LastOrDefault());
            if (assigned.Success && !(tokens is [var first, ..] && StartProcess.Is(first.Text)))
                Assign(assigned, tokens);
            else
                Take(tokens);
            MarkOpen(lexer, last);
        }

        Close(lexer, text);
    }

    // The quote reaches to the end, so it is in the statement that was read just now, where that is a command.
    private void MarkOpen(ShellLexer lexer, ShellCommand? before)
    {
        if (lexer.OpenQuote is not null && !ReferenceEquals(_commands.LastOrDefault(), before))
            _commands[^1] = _commands[^1] with { IsOpen = true };
    }

    // Each line by itself, with its variables put in first, as cmd does.
    private void ReadBatch(string text)
    {
        var lines = Caret().Replace(text, " ").Split('\n', LineBound + 1);
        IsTooLong = lines.Length > LineBound;
        foreach (var line in lines.Take(LineBound).Select(line => line.Trim().TrimStart('@')).Where(line => line.Length > 0))
        {
            if (BatchComment().IsMatch(line))
                Comments.Add(line);
            else if (BatchSet().Match(line) is { Success: true } set)
                Export(
                    set.Groups["name"].Value,
                    Fill(set.Groups["quoted"].Success ? set.Groups["quoted"].Value : set.Groups["value"].Value)
                );
            else
                ReadBatchLine(Fill(line));
        }
    }

    private void ReadBatchLine(string line)
    {
        var lexer = new ShellLexer(line, _dialect, null, script: true);
        while (!lexer.AtEnd && !lexer.IsTooLong)
        {
            var (tokens, last) = (lexer.ReadStatement(), _commands.LastOrDefault());
            var goesOn = tokens.Count > 0 && Flag().IsMatch(tokens[0].Text) && _commands.Count > 0;
            Take([.. tokens.Select(token => token with { Unresolved = Percent().IsMatch(token.Text) })], goesOn);
            MarkOpen(lexer, last);
        }

        Close(lexer, line);
    }

    private void Close(ShellLexer lexer, string text)
    {
        IsTooLong |= lexer.IsTooLong;
        if (lexer.OpenQuote is { } at)
            OpenQuote ??= text[at..Math.Min(text.Length, at + ShellWords.ShownOfQuote)];
    }

    private string Fill(string line)
    {
        var length = line.Length;
        var filled = Percent()
            .Replace(
                line,
                match =>
                {
                    var value = _variables.Find(match.Groups["name"].Value) is { } known ? string.Join(' ', known) : match.Value;
                    length += value.Length;
                    return length > ShellWords.MaxLength ? "" : value;
                }
            );
        IsTooLong |= length > ShellWords.MaxLength;
        return filled.Replace("%%", "%");
    }

    private void Export(string name, string value)
    {
        _variables.Set(name, [value]);
        _variables.Exported.Add(name);
    }

    private void Assign(Match head, List<ShellToken> tokens)
    {
        var words = tokens.Where(token => token.Kind == ShellTokenKind.Word).ToList();
        Comments.AddRange(tokens.Where(token => token.Kind == ShellTokenKind.Comment).Select(token => token.Text));
        var name = head.Groups["name"].Value;
        var items = words.Find(token => token.Items is not null).Items;
        _variables.Set(
            name,
            items ?? (words.Count == 0 ? [""] : [string.Join(' ', words.Select(word => word.Text))]),
            head.Groups["add"].Length > 0
        );
        if (head.Groups["env"].Length > 0)
            _variables.Exported.Add(name);
    }

    private void Take(IReadOnlyList<ShellToken> tokens, bool goesOn = false)
    {
        Comments.AddRange(tokens.Where(token => token.Kind == ShellTokenKind.Comment).Select(token => token.Text));
        var (words, dropped) = WithoutRedirections([.. tokens.Where(token => token.Kind != ShellTokenKind.Comment)]);
        if (words.Count == 0 && dropped is null)
            return;
        foreach (var word in words.Where(word => word.Unresolved))
            Unresolved.Add(word.Text);
        if (TakeAssignments(words))
            return;
        var (texts, folder) = (WithoutStart(words).ConvertAll(word => word.Text), _folder);
        var statement = string.Join(' ', words.Select(word => word.Text));
        if (words.Count > 1 && StartProcess.Is(texts[0]))
        {
            (texts, var place, var redirected) = StartProcess.Read(words);
            (folder, dropped) = (place is null ? _folder : Enter(place, unknown: false), redirected ?? dropped);
        }

        if (goesOn)
        {
            var last = _commands[^1];
            _commands[^1] = last with
            {
                Words = [.. last.Words, .. texts],
                Dropped = dropped ?? last.Dropped,
                Statement = last.Statement + " " + statement,
            };
        }
        else if (texts.Count > 1 && Changes.Contains(texts[0]))
        {
            var target = texts.FindLast(text => !text.Equals("/d", StringComparison.OrdinalIgnoreCase));
            TakeFolder(words.Exists(word => word.Unresolved) ? null : target, statement);
        }
        else
        {
            _commands.Add(new ShellCommand(texts, folder, dropped, statement));
        }
    }

    private void TakeFolder(string? folder, string said)
    {
        _folder = Enter(folder, folder is null);
        Folders.Add(said);
    }

    /// <summary>Changes of folder, for reports.</summary>
    public List<string> Folders { get; } = [];

    // NAME=value alone, or behind export and its like. In front of a program they stay where they are.
    private bool TakeAssignments(List<ShellToken> words)
    {
        var declared = _dialect == ShellDialect.Posix && words.Count > 0 && Declarations.Contains(words[0].Text);
        var rest = declared ? words.Skip(1).Where(word => !word.Text.StartsWith('-')).ToList() : words;
        if (
            rest.Count == 0
            || _dialect == ShellDialect.Cmd
            || !rest.TrueForAll(word => Assignment().IsMatch(word.Text) || (declared && Name().IsMatch(word.Text)))
        )
            return false;
        foreach (var word in rest)
        {
            var match = Assignment().Match(word.Text);
            var name = match.Success ? match.Groups["name"].Value : word.Text;
            if (match.Success)
                _variables.Set(name, word.Items ?? [match.Groups["value"].Value], match.Groups["add"].Length > 0);
            if (declared && (words[0].Text == "export" || words.Exists(flag => flag.Text.StartsWith('-') && flag.Text.Contains('x'))))
                _variables.Exported.Add(name);
        }

        return true;
    }

    private static (List<ShellToken> Words, string? Dropped) WithoutRedirections(List<ShellToken> tokens)
    {
        var words = new List<ShellToken>();
        var dropped = new List<string>();
        for (var i = 0; i < tokens.Count; i++)
        {
            if (tokens[i].Kind == ShellTokenKind.Word)
                words.Add(tokens[i]);
            else if (tokens[i].Kind == ShellTokenKind.Pipe)
                dropped.AddRange(tokens.Skip(i).Select(token => token.Text));
            else
                dropped.Add(tokens[i].Text);
            if (tokens[i].Kind == ShellTokenKind.Pipe)
                break;
            if (
                tokens[i].Kind == ShellTokenKind.Redirect
                && !char.IsAsciiDigit(tokens[i].Text[^1])
                && tokens[i].Text[^1] != '-'
                && i + 1 < tokens.Count
            )
                dropped.Add(tokens[++i].Text);
        }

        return (words, dropped.Count == 0 ? null : string.Join(' ', dropped));
    }

    // start "title" /D folder /MIN program: only here it is known which word was quoted.
    private static List<ShellToken> WithoutStart(List<ShellToken> words)
    {
        if (words.Count < 2 || !words[0].Text.Equals("start", StringComparison.OrdinalIgnoreCase))
            return words;
        var at = words[1].Quoted && words.Count > 2 ? 2 : 1;
        while (at < words.Count && words[at].Text.StartsWith('/') && words[at].Text.Length <= 12 && !words[at].Text[1..].Contains('/'))
            at += words[at].Text.Equals("/d", StringComparison.OrdinalIgnoreCase) ? 2 : 1;
        return [.. words.Skip(at)];
    }

    private string? Enter(string? folder, bool unknown)
    {
        if (folder is null || unknown)
            return null;
        if (folder[0] == '~' && _variables.Find("HOME") is [var home])
            folder = home + folder[1..];
        return ForeignPath.IsAbsolute(folder) ? folder
            : _folder is null ? null
            : ForeignPath.Join(_folder, folder);
    }

    [GeneratedRegex(
        @"\G\s*\$(?<env>env:)?(?<name>[A-Za-z_]\w*)\s*(?<add>\+?)=(?!=)[ \t]*",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture
    )]
    private static partial Regex PowerShellVariable();

    [GeneratedRegex(@"^(?<name>[A-Za-z_]\w*)(?<add>\+?)=(?<value>.*)$", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Assignment();

    [GeneratedRegex(@"^[A-Za-z_]\w*$")]
    private static partial Regex Name();

    [GeneratedRegex("^--?[A-Za-z]")]
    private static partial Regex Flag();

    [GeneratedRegex(@"\^[ \t]*\n")]
    private static partial Regex Caret();

    [GeneratedRegex(@"^(rem(\s|$)|::)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex BatchComment();

    [GeneratedRegex(
        @"^set\s+(/a\s+)?(""(?<name>[^""=]+)=(?<quoted>[^""]*)""|(?<name>[^""=\s]+)=(?<value>.*))\s*$",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture
    )]
    private static partial Regex BatchSet();

    [GeneratedRegex(@"%(?<name>[A-Za-z_]\w*)%|!(?<name>[A-Za-z_]\w*)!|%~\w*\d|%\d(?![0-9A-Fa-f])", RegexOptions.ExplicitCapture)]
    private static partial Regex Percent();
}
