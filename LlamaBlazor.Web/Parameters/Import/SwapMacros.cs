using System.Text.RegularExpressions;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Parameters.Import.Yaml;

namespace LlamaBlazor.Web.Parameters.Import;

/// <summary>
/// Macros of a llama-swap file, which may name each other and variables of the environment. What nobody defines stays as it is written,
/// and is reported.
/// </summary>
/// <param name="environment">Value of a variable of this machine, or null.</param>
internal sealed partial class SwapMacros(Func<string, string?> environment)
{
    /// <summary>Characters that all commands of a file may come to.</summary>
    public const int MaxTotal = 8_000_000;

    private const int Rounds = 10; // more than anyone nests; a circle ends there
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private long _total;

    /// <summary>Flags that stand in comments of macros.</summary>
    public List<IgnoredFlag> Comments { get; } = [];

    /// <summary>Defines those of a mapping; what is defined already is replaced.</summary>
    public void Define(YamlMap? macros)
    {
        foreach (var (name, value) in macros?.Pairs ?? [])
        {
            if (value is YamlText text)
                Define(name, CommandText.WithoutComments(text.Lines, Comments));
        }
    }

    /// <summary>Defines one.</summary>
    public void Define(string name, string value) => _values[name] = value;

    /// <summary>A copy for one model.</summary>
    public SwapMacros ForModel(YamlMap model, string name)
    {
        var copy = new SwapMacros(environment) { _total = _total };
        foreach (var (macro, value) in _values)
            copy._values[macro] = value;
        copy.Define(model.Map("macros"));
        copy.Define("PORT", "0");
        copy.Define("MODEL_ID", name);
        return copy;
    }

    /// <summary>Counts what a copy has written.</summary>
    public void Add(SwapMacros copy) => _total = copy._total;

    /// <summary>A text with its macros put in; null where it, or all texts together, grow beyond the bounds.</summary>
    public string? Expand(string text)
    {
        for (var round = 0; round < Rounds && text.Contains("${", StringComparison.Ordinal); round++)
        {
            var length = text.Length;
            var next = Macro()
                .Replace(
                    text,
                    match =>
                    {
                        var value = Find(match.Groups["name"].Value) ?? match.Value;
                        length += value.Length;
                        return length > ShellWords.MaxLength ? "" : value;
                    }
                );
            if (length > ShellWords.MaxLength)
                return null;
            if (next == text)
                break;
            text = next;
        }

        return (_total += text.Length) > MaxTotal ? null : text;
    }

    /// <summary>Whether a word holds a macro that nobody defines.</summary>
    public static bool IsOpen(string word) => Macro().IsMatch(word);

    private string? Find(string name)
    {
        if (!name.StartsWith("env.", StringComparison.Ordinal))
            return _values.GetValueOrDefault(name);
        return environment(name[4..]);
    }

    [GeneratedRegex(@"\$\{(?<name>(env\.)?[\w-]{1,100})\}", RegexOptions.ExplicitCapture)]
    private static partial Regex Macro();
}
