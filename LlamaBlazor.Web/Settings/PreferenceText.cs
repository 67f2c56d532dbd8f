using System.Globalization;
using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Data;

namespace LlamaBlazor.Web.Settings;

/// <summary>How values of the two key/value tables are written and read, and whose each key is.</summary>
internal static class PreferenceText
{
    private static readonly string[] Types = ["str", "int", "float", "bool", "json"];
    private static readonly string[] Themes = ["light", "dark", "system"];

    // Settings of the dashboard in the table config, each with the route that knows its rules.
    private static readonly (string Prefix, string Route)[] Settings =
    [
        ("cache.enabled", "PUT /api/cache/switch"),
        ("cache.", "PATCH /api/request-settings"),
        ("privacy.", "PATCH /api/request-settings"),
        ("retention.", "PUT /api/database/retention/TABLE"),
        (SavedPlace.Prefix, "PUT /api/settings"),
    ];

    /// <summary>A value of metadata as it is stored: text as it stands, anything else as JSON (seed 001); null for no value.</summary>
    /// <param name="value">The value.</param>
    public static string? WriteMetadata(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => null,
            JsonValueKind.String when value.GetString() is { } text && Parse(text) is null => text,
            _ => value.GetRawText(), // also text that would be read as something else
        };

    /// <summary>A value of metadata as it was given. What the dashboard keeps itself is always text.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="text">What is stored.</param>
    public static JsonElement ReadMetadata(string key, string text) =>
        (MetadataKeys.IsOwn(key) ? null : Parse(text)) ?? JsonSerializer.SerializeToElement(text);

    /// <summary>The type of a preference, by its value.</summary>
    /// <param name="value">The value.</param>
    public static string TypeOf(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => "str",
            JsonValueKind.True or JsonValueKind.False => "bool",
            JsonValueKind.Number => value.TryGetInt64(out _) ? "int" : "float",
            _ => "json",
        };

    /// <summary>A value as one of a type: as it is, or turned into it where nothing is lost, as "5" into 5.</summary>
    /// <param name="value">The value.</param>
    /// <param name="type">One of str, int, float, bool, json.</param>
    public static Result<JsonElement> Turn(JsonElement value, string type)
    {
        if (!Types.Contains(type))
            return Failure.Invalid("value_type", $"One of {string.Join(", ", Types)}.");
        var own = TypeOf(value);
        if (type == "json" || own == type || (own == "int" && type == "float"))
            return value;
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        return type switch
        {
            "str" when own != "json" => JsonSerializer.SerializeToElement(text),
            "int" when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) =>
                JsonSerializer.SerializeToElement(whole),
            "float"
                when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) =>
                JsonSerializer.SerializeToElement(number),
            "bool" when bool.TryParse(text, out var yes) => JsonSerializer.SerializeToElement(yes),
            _ => Failure.Invalid("value", $"It is no value of the type {type}. Send one that is, or another value_type."),
        };
    }

    /// <summary>Why a key of metadata may not be set to a value, or, without one, not removed; null where it may.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value, or null.</param>
    public static Failure? RefuseMetadata(string key, JsonElement? value)
    {
        if (MetadataKeys.IsOwn(key))
            return Failure.Conflict($"The dashboard keeps '{key}' itself: it can be read and not changed. Choose another key.");
        return
            key == MetadataKeys.Theme
            && value is { } theme
            && !(theme.ValueKind == JsonValueKind.String && Themes.Contains(theme.GetString()))
            ? Failure.Invalid("value", $"One of {string.Join(", ", Themes)}.")
            : null;
    }

    /// <summary>Why a key of config may not be set or removed here, or null.</summary>
    /// <param name="key">The key.</param>
    public static Failure? RefuseConfig(string key) =>
        Settings.FirstOrDefault(setting => key.StartsWith(setting.Prefix, StringComparison.OrdinalIgnoreCase)) is { Route: { } route }
            ? Failure.Conflict(
                $"'{key}' is a setting of the dashboard and has rules of its own: use {route}. Other preferences need a key that does "
                    + "not begin like one of them."
            )
            : null;

    private static JsonElement? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
