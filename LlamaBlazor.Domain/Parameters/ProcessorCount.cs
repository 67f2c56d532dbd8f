using System.Globalization;
using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>The one question to a shell whose answer is known without running it: how many processors there are.</summary>
internal static partial class ProcessorCount
{
    /// <summary>A value with the number in its place, which is noted; the value itself where it asks something else, or no whole number is
    /// wanted.</summary>
    /// <param name="parsed">Takes the note.</param>
    /// <param name="definition">The option.</param>
    /// <param name="flag">How the option was written.</param>
    /// <param name="value">Its value.</param>
    /// <param name="processors">Processors of this machine, or null where that is not known.</param>
    public static string Fill(ParsedCommand parsed, ParameterDefinition definition, string flag, string value, int? processors)
    {
        if (definition.Kind != ParameterKind.WholeNumber || processors is not { } all || Read(value, all) is not { } count)
            return value;
        var text = count.ToString(CultureInfo.InvariantCulture);
        parsed.Ignored.Add(
            new IgnoredFlag($"{flag} {value}", $"Taken as {text}: this machine has {all} processors. Where it is run later is not known.")
        );
        return text;
    }

    private static long? Read(string value, int processors)
    {
        if (Question().Match(value) is not { Success: true } match)
            return null;
        long count = processors;
        if (Number(match, "ignore") is { } ignored)
            count = Math.Max(1, count - ignored); // as nproc does
        return (match.Groups["sign"].Value, Number(match, "other")) switch
        {
            ("+", { } other) => count + other,
            ("-", { } other) => count - other,
            ("*", { } other) => count * other,
            ("/", > 0 and var other) => count / other,
            ("", _) => count,
            _ => null,
        };
    }

    private static int? Number(Match match, string group) =>
        int.TryParse(match.Groups[group].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    // $(nproc), `nproc --all`, $(($(nproc) / 2)), $(getconf _NPROCESSORS_ONLN), $(sysctl -n hw.ncpu), and the variable of Windows.
    [GeneratedRegex(
        """
            ^(?<sum>\$\(\(\s*)?
            (
              (\$\(|`)\s*
              ( nproc(\s+--all)?(\s+--ignore[=\s]\s*(?<ignore>\d{1,6}))?
              | getconf\s+_NPROCESSORS_(ONLN|CONF)
              | sysctl\s+-n\s+hw\.(n|logical|physical)cpu )
              \s*(\)|`)
            | %NUMBER_OF_PROCESSORS% | \$\{?env:NUMBER_OF_PROCESSORS\}?
            )
            (?(sum)\s*((?<sign>[-+*/])\s*(?<other>\d{1,6})\s*)?\)\))$
            """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Question();
}
