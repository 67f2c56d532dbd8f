using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>
/// The column <c>environment</c>: a JSON object of environment variables for an engine, name to value. For all models in the server
/// settings;
/// a model's own come on top, and null takes one away.
/// </summary>
public static partial class EngineVariables
{
    /// <summary>Name of the column.</summary>
    public const string Column = "environment";

    /// <summary>Variables of one object.</summary>
    public const int MaxCount = 64;

    /// <summary>Characters of a name.</summary>
    public const int MaxName = 128;

    /// <summary>Bytes of a value, in UTF-8.</summary>
    public const int MaxValue = 8192;

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Dictionary<string, string> Denied = new(StringComparer.OrdinalIgnoreCase)
    {
        ["LLAMA_API_KEY"] = "the dashboard gives each engine a key of its own. Keys of your own have a field: API keys.",
        ["NOTIFY_SOCKET"] = "it belongs to the service that runs the dashboard.",
    };

    private static readonly (string Prefix, string Reason)[] DeniedPrefixes =
    [
        ("LLAMA_SERVER_", "llama.cpp's router tells its engines by it."),
        ("LLAMABLAZOR_", "it is a setting of the dashboard itself."),
        ("ASPNETCORE_", "it is a setting of the dashboard itself."),
        ("DOTNET_", "it is a setting of the dashboard itself."),
        ("COMPLUS_", "it is a setting of the dashboard itself."),
        ("KESTREL__", "it is a setting of the dashboard itself."),
    ];

    /// <summary>The variables of a column's text; null values take one away. Nothing where it is no JSON object.</summary>
    /// <param name="json">The column's text, or null.</param>
    public static IReadOnlyDictionary<string, string?> Read(string? json)
    {
        var read = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (TryParse(json) is not { ValueKind: JsonValueKind.Object } root)
            return read;
        foreach (var pair in root.EnumerateObject().Where(pair => !IsNested(pair.Value)))
        {
            read[pair.Name] = pair.Value.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.String => pair.Value.GetString(),
                JsonValueKind.True => "1",
                JsonValueKind.False => "0",
                _ => pair.Value.GetRawText(),
            };
        }

        return read;
    }

    /// <summary>Variables as the column's text; null where there are none.</summary>
    /// <param name="variables">Names and values.</param>
    public static string? Write(IEnumerable<KeyValuePair<string, string?>> variables) =>
        variables.ToDictionary(StringComparer.Ordinal) is { Count: > 0 } all ? JsonSerializer.Serialize(all, Plain) : null;

    /// <summary>What holds for a model: the server's variables under its own, without those that a null takes away.</summary>
    /// <param name="server">Text of the server settings, or null.</param>
    /// <param name="model">Text of the model, or null.</param>
    public static IReadOnlyDictionary<string, string> Merge(string? server, string? model)
    {
        var merged = Read(server).ToDictionary(StringComparer.Ordinal);
        foreach (var (name, value) in Read(model))
            merged[name] = value;
        return merged.Where(pair => pair.Value is not null).ToDictionary(pair => pair.Key, pair => pair.Value!, StringComparer.Ordinal);
    }

    /// <summary>What an engine gets: those that are set, without any that the rules of today refuse.</summary>
    /// <param name="catalogue">The catalogue.</param>
    /// <param name="parameters">The settings in force.</param>
    public static IReadOnlyDictionary<string, string> Of(ParameterCatalogue catalogue, EffectiveParameters parameters) =>
        Merge(null, parameters.Find(catalogue.FindColumn(Column)!) as string)
            .Where(pair => Refuse(catalogue, pair.Key, pair.Value) is null)
            .ToDictionary();

    /// <summary>All that is wrong with a column's text, a sentence for each variable; empty when it can be saved.</summary>
    /// <param name="catalogue">Knows which variables are settings with a field.</param>
    /// <param name="json">A JSON object.</param>
    public static IReadOnlyList<string> Check(ParameterCatalogue catalogue, string json)
    {
        if (TryParse(json) is not { ValueKind: JsonValueKind.Object } root)
            return ["A JSON object of names and values is needed, such as {\"CUDA_VISIBLE_DEVICES\": \"0\"}."];
        var nested = root.EnumerateObject().Where(pair => IsNested(pair.Value)).Select(pair => $"{Show(pair.Name)}: a text is needed.");
        var read = Read(json);
        var many = read.Count > MaxCount ? [$"At most {MaxCount} variables can be set."] : Array.Empty<string>();
        var refused = read.Select(pair => (pair.Key, Reason: Refuse(catalogue, pair.Key, pair.Value)))
            .Where(pair => pair.Reason is not null);
        return [.. many, .. nested, .. refused.Select(pair => $"{Show(pair.Key)} cannot be set: {pair.Reason}")];
    }

    /// <summary>Why a variable cannot be set for an engine, or null.</summary>
    /// <param name="catalogue">Knows which variables are settings with a field.</param>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value, or null to take it away.</param>
    public static string? Refuse(ParameterCatalogue catalogue, string name, string? value)
    {
        if (name.Length > MaxName || !Name().IsMatch(name))
            return $"a name has letters, digits and _, begins with no digit, and is at most {MaxName} long.";
        if ((Denied.GetValueOrDefault(name) ?? ForeignCodeVariables.Refuse(name)) is { } reason)
            return reason;
        var prefix = DeniedPrefixes.FirstOrDefault(denied => name.StartsWith(denied.Prefix, StringComparison.OrdinalIgnoreCase));
        if (prefix.Reason is not null)
            return prefix.Reason;
        bool Is(string? variable) => name.Equals(variable, StringComparison.OrdinalIgnoreCase);
        if (catalogue.Options.FirstOrDefault(option => Is(option.Env) || Is(option.EnvNegation)) is { HasColumn: true } known)
            return $"it has a field of its own: {known.Label}.";
        if (value is null)
            return null;
        if (value.Any(c => char.IsControl(c) && c != '\t'))
            return "its value holds line ends or other control characters.";
        return Encoding.UTF8.GetByteCount(value) > MaxValue ? $"its value is longer than {MaxValue} bytes." : null;
    }

    private static bool IsNested(JsonElement value) => value.ValueKind is JsonValueKind.Object or JsonValueKind.Array;

    private static string Show(string name)
    {
        var plain = new string([.. name.Where(c => !char.IsControl(c)).Take(MaxName)]);
        return plain.Length == 0 ? "A name" : plain;
    }

    private static JsonElement? TryParse(string? json)
    {
        try
        {
            return json is null ? null : JsonElement.Parse(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$")]
    private static partial Regex Name();
}
