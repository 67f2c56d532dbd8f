using System.Text.Json;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Maintenance.Transfer;

/// <summary>Parts what is set in a section into what anybody may read and what is secret.</summary>
internal static class SecretSplit
{
    /// <summary>The values that are set, without secrets, and the secrets.</summary>
    public static (Dictionary<string, JsonElement> Open, Dictionary<string, JsonElement> Secret) Split(
        IEnumerable<ParameterDefinition> definitions,
        ParameterSet own
    )
    {
        Dictionary<string, JsonElement> open = [],
            secret = [];
        foreach (var definition in definitions)
        {
            if (own.Get(definition.Column) is not { } value)
                continue;
            if (definition.Secret)
                secret[definition.Column] = ToJson(value);
            else if (SecretEntries.AreIn(definition) && value is string entries)
                AddEntries(definition.Column, entries, open, secret);
            else
                open[definition.Column] = ToJson(ConfigJson.Write(definition, value)!);
        }

        return (open, secret);
    }

    // Free entries without those that carry a secret; where there are such, all of them among the secrets.
    private static void AddEntries(
        string column,
        string entries,
        Dictionary<string, JsonElement> open,
        Dictionary<string, JsonElement> secret
    )
    {
        try
        {
            using var document = JsonDocument.Parse(entries);
            var root = document.RootElement.Clone();
            open[column] = root;
            if (root.ValueKind != JsonValueKind.Object || !root.EnumerateObject().Any(entry => SecretEntries.IsSecret(entry.Name)))
                return;
            open[column] = JsonElement.Parse(SecretEntries.Remove(entries));
            secret[column] = root;
        }
        catch (JsonException)
        {
            open[column] = ToJson(entries);
        }
    }

    private static JsonElement ToJson(object value) => JsonSerializer.SerializeToElement(value, ApiJson.Options);
}
