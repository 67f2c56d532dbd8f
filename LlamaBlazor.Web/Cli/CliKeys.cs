using System.Globalization;

namespace LlamaBlazor.Web.Cli;

/// <summary>The body of <c>keys create</c>.</summary>
internal static class CliKeys
{
    /// <summary>Makes it of the words; what was not said is left out. A word that is no number or date goes as it is: the API says what is
    /// wrong with it.</summary>
    public static Dictionary<string, object> Body(IReadOnlyDictionary<string, string> words)
    {
        var body = new Dictionary<string, object>();
        foreach (var (name, word) in words)
        {
            var (key, value) = name switch
            {
                "scopes" or "models" => (
                    name,
                    (object)word.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                ),
                "requests_per_minute"
                or "tokens_per_minute" when long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => (
                    name,
                    number
                ),
                "expires" => ("expires_at", Time(word)),
                _ => (name, word),
            };
            body[key] = value;
        }

        return body;
    }

    private static object Time(string word) =>
        long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : DateTimeOffset.TryParse(word, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var when)
            ? when.ToUnixTimeMilliseconds()
        : word;
}
