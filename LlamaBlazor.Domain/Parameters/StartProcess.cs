using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>Reads <c>Start-Process</c> of PowerShell: the program and its arguments, which are one text or a list of words.</summary>
internal static partial class StartProcess
{
    private const string Name = "Start-Process";

    // By name: whether a value follows. Any beginning that only one has is enough.
    private static readonly (string Name, bool Value)[] Parameters =
    [
        ("-FilePath", true),
        ("-ArgumentList", true),
        ("-Args", true),
        ("-WorkingDirectory", true),
        ("-RedirectStandardInput", true),
        ("-RedirectStandardOutput", true),
        ("-RedirectStandardError", true),
        ("-WindowStyle", true),
        ("-Verb", true),
        ("-Credential", true),
        ("-Environment", true),
        ("-NoNewWindow", false),
        ("-Wait", false),
        ("-PassThru", false),
        ("-LoadUserProfile", false),
        ("-UseNewEnvironment", false),
    ];

    /// <summary>Whether a word is its name, or its other name <c>saps</c>.</summary>
    public static bool Is(string word) =>
        word.Equals(Name, StringComparison.OrdinalIgnoreCase) || word.Equals("saps", StringComparison.OrdinalIgnoreCase);

    /// <summary>Its words in the order of other programs that start one: its own first, then the program and what that is given.</summary>
    /// <param name="words">All words, the name first.</param>
    /// <returns>The words, the folder the program starts in or null, and where its output goes or null.</returns>
    public static (List<string> Words, string? Folder, string? Redirected) Read(IReadOnlyList<ShellToken> words)
    {
        var (own, arguments, redirected) = (new List<string> { Name }, new List<ShellToken>(), new List<string>());
        string? program = null;
        string? folder = null;
        for (var at = 1; at < words.Count; at++)
        {
            var parameter = Find(words[at]);
            var value = parameter is { Value: true } && at + 1 < words.Count ? words[at + 1].Text : "";
            if (parameter is null && program is null)
                program = words[at].Text;
            else if (parameter is null)
                arguments.Add(words[at]);
            else if (parameter.Value.Name is "-FilePath")
                program = value;
            else if (parameter.Value.Name is "-WorkingDirectory")
                folder = value;
            else if (parameter.Value.Name.StartsWith("-Redirect", StringComparison.Ordinal))
                redirected.AddRange([parameter.Value.Name, value]);
            else if (parameter.Value.Name is not ("-ArgumentList" or "-Args"))
                own.AddRange(parameter.Value.Value ? [parameter.Value.Name, value] : [parameter.Value.Name]);
            if (parameter is { Value: true, Name: not ("-ArgumentList" or "-Args") })
                at++;
        }

        if (program is not null)
            own.AddRange([program, .. Arguments([.. arguments.SelectMany(word => word.Items ?? [word.Text])])]);
        return (own, folder, redirected.Count == 0 ? null : string.Join(' ', redirected));
    }

    // What follows is joined with blanks and split again: one text is a whole line, an item may hold a flag with its value.
    private static IEnumerable<string> Arguments(IReadOnlyList<string> items) =>
        items.SelectMany(item =>
            item.Contains(' ') && (items.Count == 1 || item[0] is '-' or '"') ? ShellWords.Split(item) : (IEnumerable<string>)[item]
        );

    private static (string Name, bool Value)? Find(ShellToken word)
    {
        if (word.Quoted || !Parameter().IsMatch(word.Text))
            return null;
        var found = Parameters
            .Where(parameter => parameter.Name.StartsWith(word.Text.TrimEnd(':'), StringComparison.OrdinalIgnoreCase))
            .ToList();
        return found.Count == 1 ? found[0]
            : found.Find(parameter => parameter.Name.Equals(word.Text, StringComparison.OrdinalIgnoreCase)) is { Name: not null } exact
                ? exact
            : null;
    }

    [GeneratedRegex("^-[A-Za-z]{3,}:?$")]
    private static partial Regex Parameter();
}
