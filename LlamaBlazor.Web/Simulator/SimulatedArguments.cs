using System.Globalization;

namespace LlamaBlazor.Web.Simulator;

/// <summary>
/// The command line of the simulated engine, refused for the same reasons and in the same words as the real one's (common/arg.cpp;
/// parameters.md 0):
/// values follow their flag, <c>_</c> and <c>-</c> are the same, the last one wins.
/// </summary>
/// <param name="age">Which llama-server it is like.</param>
internal sealed class SimulatedArguments(SimulatedAge age)
{
    private readonly Dictionary<string, string> _values = [];

    /// <summary>What the real one would print before it exits with 1, or null when all was understood.</summary>
    public string? Error { get; private set; }

    /// <summary>Which llama-server it is like.</summary>
    public SimulatedAge Age { get; } = age;

    /// <summary>Faults to show: <c>--simulate NAME=VALUE</c>, which the help does not list.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>Reads a command line.</summary>
    /// <param name="args">The words.</param>
    /// <param name="age">Which flags there are.</param>
    public static SimulatedArguments Parse(IReadOnlyList<string> args, SimulatedAge age)
    {
        var parsed = new SimulatedArguments(age);
        var options = new Dictionary<string, SimulatedOption>();
        foreach (var option in age.Options)
        {
            foreach (var name in option.Names.Concat(option.Negations))
                options[name] = option;
        }

        for (var i = 0; i < args.Count && parsed.Error is null; i++)
            parsed.Take(args, ref i, options);
        return parsed;
    }

    /// <summary>True when a flag was given or not negated.</summary>
    public bool Has(string key) => _values.TryGetValue(key, out var value) && value != "off";

    /// <summary>Value of a flag, or null.</summary>
    public string? Text(string key) => _values.GetValueOrDefault(key);

    /// <summary>Value of a numeric flag.</summary>
    public int Number(string key, int fallback) =>
        int.TryParse(Text(key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : fallback;

    /// <summary>The keys that are asked for; none when every request is let in.</summary>
    public IReadOnlyList<string> ApiKeys()
    {
        var given = Text("--api-key") ?? Environment.GetEnvironmentVariable("LLAMA_API_KEY") ?? "";
        var kept = Text("--api-key-file") is { } file && File.Exists(file) ? File.ReadAllLines(file) : [];
        return [.. given.Split(',').Concat(kept).Where(key => key.Length > 0)];
    }

    private void Take(IReadOnlyList<string> args, ref int i, Dictionary<string, SimulatedOption> options)
    {
        var word = args[i].StartsWith("--", StringComparison.Ordinal) ? args[i].Replace('_', '-') : args[i];
        if (word == "--simulate" && i + 1 < args.Count)
        {
            Faults.Add(args[++i]);
            return;
        }

        if (!options.TryGetValue(word, out var option))
        {
            Error = $"error: invalid argument: {word}";
            return;
        }

        if (option.IsRemoved)
        {
            Error = $"error while handling argument \"{word}\": the argument has been removed. {option.Description}";
        }
        else if (option.Negations.Contains(word))
        {
            _values[option.Key] = "off";
        }
        else if (option.Arity == 0)
        {
            _values[option.Key] = "on";
        }
        else if (i + option.Arity >= args.Count)
        {
            Error = $"error while handling argument \"{word}\": expected value for argument";
        }
        else
        {
            var value = string.Join(' ', args.Skip(i + 1).Take(option.Arity));
            i += option.Arity;
            _values[option.Key] = value;
            if (Complain(option, value) is { } reason)
                Error =
                    $"error while handling argument \"{word}\": {reason}\n\nusage:\n{SimulatedHelp.Describe(option)}\n\nto show "
                    + "complete usage, run with -h";
        }
    }

    private static string? Complain(SimulatedOption option, string value) =>
        option.Type switch
        {
            "int" when option.Values.Contains(value) => null,
            "int" when !StartsWithNumber(value) => "stoi",
            "float" when !StartsWithNumber(value) => "stof",
            "enum" when option.Values.Count > 0 && !value.Split(',').All(option.Values.Contains) => "invalid value",
            _ => null,
        };

    // As std::stoi and std::stof: a leading number is enough.
    private static bool StartsWithNumber(string value) =>
        value.TrimStart().TrimStart('+', '-') is [>= '0' and <= '9', ..] or ['.', >= '0' and <= '9', ..];
}
