using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlamaBlazor.Domain.Maintenance;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>Secrets inside columns that hold a JSON object of names and values: which are secret, their own names tell.</summary>
public static class SecretEntries
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether a column holds such an object.</summary>
    /// <param name="definition">A parameter.</param>
    public static bool AreIn(ParameterDefinition definition) => definition.Column is "custom_params" or EngineVariables.Column;

    /// <summary>Whether the value under a name is a secret.</summary>
    /// <param name="name">A flag, or the name of a variable.</param>
    public static bool IsSecret(string name) =>
        ParameterCatalogue.Current.FindFlag(name) is { } known ? known.Secret : SecretWords.IsSecret(name);

    /// <summary>The text with each secret replaced; the same text where it holds none.</summary>
    /// <param name="json">The column's text.</param>
    /// <param name="replace">Gives what stands in a secret's place; takes its name, its place among values of that name, and
    /// itself.</param>
    public static string Map(string json, Func<(string Name, int Index), string, string> replace)
    {
        if (!TryParse(json, out var map))
            return json;
        var isChanged = false;
        foreach (var (name, value) in map.Where(pair => IsSecret(pair.Key)).ToList())
        {
            if (value is JsonArray list)
            {
                for (var i = 0; i < list.Count; i++)
                    Change(list[i], (name, i), safe => list[i] = safe);
            }
            else
            {
                Change(value, (name, 0), safe => map[name] = safe);
            }
        }

        return isChanged ? map.ToJsonString(Plain) : json;

        void Change(JsonNode? value, (string, int) place, Action<JsonNode> set)
        {
            if (value?.GetValueKind() is not (JsonValueKind.String or JsonValueKind.Number) || Text(value) is not { Length: > 0 } text)
                return;
            var safe = replace(place, text);
            if (safe == text)
                return;
            set(JsonValue.Create(safe));
            isChanged = true;
        }
    }

    /// <summary>The text with <see cref="ShellText.Mask"/> for each secret.</summary>
    /// <param name="json">The column's text.</param>
    public static string Mask(string json) => Map(json, (_, _) => ShellText.Mask);

    /// <summary>The text without its secrets.</summary>
    /// <param name="json">The column's text.</param>
    public static string Remove(string json)
    {
        if (!TryParse(json, out var map) || !map.Any(pair => IsSecret(pair.Key)))
            return json;
        foreach (var name in map.Select(pair => pair.Key).Where(IsSecret).ToList())
            map.Remove(name);
        return map.ToJsonString(Plain);
    }

    /// <summary>The text with the stored secrets where it has only their masks.</summary>
    /// <param name="json">As it came back.</param>
    /// <param name="stored">The stored text with its secrets open, or null.</param>
    public static string Restore(string json, string? stored)
    {
        var known = new Dictionary<(string, int), string>();
        Map(stored ?? "", (place, text) => known[place] = text);
        return Map(json, (place, text) => text == ShellText.Mask ? known.GetValueOrDefault(place, text) : text);
    }

    /// <summary>Words of a command line with <see cref="ShellText.Mask"/> for the values of flags whose names are those of
    /// secrets.</summary>
    /// <param name="words">The words.</param>
    public static IReadOnlyList<string> MaskWords(IReadOnlyList<string> words)
    {
        var isAfterSecret = false;
        var safe = new List<string>(words.Count);
        foreach (var word in words)
        {
            // Straight behind its flag a secret may begin with a dash.
            var isFlag = IsFlag(word) && !(isAfterSecret && IsFlag(safe[^1]) && ParameterCatalogue.Current.FindFlag(word) is null);
            safe.Add(!isFlag && isAfterSecret ? ShellText.Mask : word);
            if (isFlag)
                isAfterSecret = IsSecret(word);
        }

        return safe;
    }

    private static string Text(JsonNode value) =>
        value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();

    private static bool IsFlag(string word) => word.Length > 1 && word[0] == '-' && !char.IsAsciiDigit(word[1]) && word[1] != '.';

    // Of a name that stands twice the last one counts.
    private static bool TryParse(string json, out JsonObject map)
    {
        map = [];
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return false;
            foreach (var pair in document.RootElement.EnumerateObject())
                map[pair.Name] = JsonNode.Parse(pair.Value.GetRawText());
            return true;
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            return false;
        }
    }
}
