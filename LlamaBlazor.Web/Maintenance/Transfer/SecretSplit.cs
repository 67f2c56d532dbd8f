using System.Text.Json;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Shell;

namespace LlamaBlazor.Web.Maintenance.Transfer;

/// <summary>Parts what is set in a section into what anybody may read and what is secret.</summary>
internal static class SecretSplit
{
    private const string Custom = "custom_params";

    /// <summary>The values that are set, without secrets, and the secrets.</summary>
    public static (Dictionary<string, JsonElement> Open, Dictionary<string, JsonElement> Secret) Split(IEnumerable<ParameterDefinition> definitions, ParameterSet own)
    {
        Dictionary<string, JsonElement> open = [], secret = [];
        foreach (var definition in definitions)
        {
            if (own.Get(definition.Column) is not { } value)
                continue;
            if (definition.Secret)
                secret[definition.Column] = ToJson(value);
            else if (definition.Column == Custom && value is string flags && WithoutSecrets(flags) is { } safe)
                (open[Custom], secret[Custom]) = (safe, JsonElement.Parse(flags));
            else
                open[definition.Column] = ToJson(ConfigJson.Write(definition, value)!);
        }

        return (open, secret);
    }

    // Free flags without those that carry a secret; null when none does.
    private static JsonElement? WithoutSecrets(string flags)
    {
        try
        {
            using var document = JsonDocument.Parse(flags);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return null;
            var safe = document.RootElement.EnumerateObject().Where(flag => !IsSecret(flag.Name)).ToDictionary(flag => flag.Name, flag => flag.Value.Clone());
            return safe.Count == document.RootElement.EnumerateObject().Count() ? null : ToJson(safe);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsSecret(string flag) => ParameterCatalogue.Current.FindFlag(flag) is { } known ? known.Secret : SecretWords.IsSecret(flag);

    private static JsonElement ToJson(object value) => JsonSerializer.SerializeToElement(value, ApiJson.Options);
}
