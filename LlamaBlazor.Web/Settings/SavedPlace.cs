using System.Text.Json;
using System.Text.Json.Nodes;
using LlamaBlazor.Domain.Settings;

namespace LlamaBlazor.Web.Settings;

/// <summary>
/// Where the value of a setting is saved: a row of the table <c>config</c> of its own, or, as databases of earlier versions have it, a
/// property of a JSON object that several share.
/// </summary>
/// <param name="IsLaunch">Whether it is in the table <c>server_config</c>.</param>
/// <param name="Row">Key of the row.</param>
/// <param name="Property">Property of its object; null where the row is the value.</param>
internal sealed record SavedPlace(bool IsLaunch, string Row, string? Property)
{
    /// <summary>Begins the keys of rows that hold a setting under its own name.</summary>
    public const string Prefix = "settings.";

    /// <summary>Key of the row of <c>server_config</c>.</summary>
    public const string LaunchRow = "config";

    private const string RetentionSection = "Retention:";

    private static readonly Dictionary<string, SavedPlace> Earlier = new()
    {
        ["ModelDirectories"] = new(true, LaunchRow, "model_directories"),
        ["EnginePath"] = new(true, LaunchRow, "engine_path"),
        ["PortRange"] = new(true, LaunchRow, "port_range"),
        ["Security:StorePrompts"] = new(false, "privacy.store_prompts", null),
        ["Cache:Enabled"] = new(false, "cache.enabled", null),
        ["Cache:TtlSeconds"] = new(false, "cache.ttl_seconds", null),
        ["Cache:MaxSizeMb"] = new(false, "cache.max_size_mb", null),
    };

    private static readonly Dictionary<string, SavedPlace> Places = SettingTable
        .All.Where(definition => !definition.IsFixed)
        .ToDictionary(definition => definition.Key, Make);

    /// <summary>The rows of <c>config</c> that hold settings.</summary>
    public static IReadOnlyList<string> Rows { get; } =
    [.. Places.Values.Where(place => !place.IsLaunch).Select(place => place.Row).Distinct()];

    /// <summary>The place of a setting; null for one that cannot be saved.</summary>
    /// <param name="definition">The setting.</param>
    public static SavedPlace? Of(SettingDefinition definition) => Places.GetValueOrDefault(definition.Key);

    /// <summary>Reads what is saved. What is no value of its setting is left out, with a sentence each.</summary>
    /// <param name="config">Rows of <c>config</c>.</param>
    /// <param name="launch">The row of <c>server_config</c>, or null.</param>
    public static (Dictionary<string, SettingValue> Values, Dictionary<string, string> Problems) Read(
        IReadOnlyDictionary<string, string> config,
        string? launch
    )
    {
        var (values, problems) = (new Dictionary<string, SettingValue>(), new Dictionary<string, string>());
        foreach (var (key, place) in Places)
        {
            if ((place.IsLaunch ? launch : config.GetValueOrDefault(place.Row)) is not { } text)
                continue;
            var definition = SettingTable.Get(key);
            if (!TryFind(text, place.Property, out var json))
                problems[key] = definition.Sentence(text, Domain.Common.Failure.Invalid(key, "It must be JSON."));
            else if (json is not { } found)
                continue;
            else if (definition.Read(found) is { IsSuccess: true } read)
                values[key] = read.Value;
            else
                problems[key] = definition.Sentence(found.GetRawText(), definition.Read(found).Failure!);
        }

        return (values, problems);
    }

    /// <summary>Whether something is saved here, right or wrong.</summary>
    /// <param name="text">Text of the row, or null.</param>
    public bool Has(string? text) => text is not null && (!TryFind(text, Property, out var found) || found is not null);

    /// <summary>The text of the row after a change; null where nothing of it is left.</summary>
    /// <param name="before">Its text, or null.</param>
    /// <param name="definition">The setting.</param>
    /// <param name="value">Its value, or null to remove it.</param>
    public string? Write(string? before, SettingDefinition definition, SettingValue? value)
    {
        var json = value is null ? null : definition.ToJson(value);
        if (Property is null)
            return value is null ? null : json?.ToJsonString() ?? "null";
        var shared = Parse(before) as JsonObject ?? [];
        foreach (var same in shared.Select(pair => pair.Key).Where(IsProperty).ToList())
            shared.Remove(same);
        if (value is not null)
            shared[Property] = json;
        return shared.Count == 0 ? null : shared.ToJsonString(Shared.Api.ApiJson.Options);
    }

    private bool IsProperty(string name) => name.Equals(Property, StringComparison.OrdinalIgnoreCase);

    private static SavedPlace Make(SettingDefinition definition)
    {
        if (Earlier.TryGetValue(definition.ShortKey, out var place))
            return place;
        var parts = definition.ShortKey.Split(':');
        return definition.ShortKey.StartsWith(RetentionSection, StringComparison.Ordinal)
            ? new SavedPlace(false, $"retention.{parts[1]}", parts[2].ToLowerInvariant())
            : new SavedPlace(false, Prefix + definition.ShortKey, null);
    }

    // False for what is no JSON, or no object where one is meant; null in it for a property that is not there.
    private static bool TryFind(string text, string? property, out JsonElement? found)
    {
        found = null;
        try
        {
            var json = JsonElement.Parse(text);
            if (property is null)
                found = json;
            else if (json.ValueKind != JsonValueKind.Object)
                return false;
            else
                foreach (var pair in json.EnumerateObject().Where(pair => pair.Name.Equals(property, StringComparison.OrdinalIgnoreCase)))
                    found = pair.Value;
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static JsonNode? Parse(string? text)
    {
        try
        {
            return text is null ? null : JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null; // written by hand, and not understood: it is written anew
        }
    }
}
