using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;

namespace LlamaBlazor.Web.Parameters;

/// <summary>Settings as they are stored: secrets protected, those that are a column and those that are entries of a JSON column.</summary>
internal static class ConfigSecrets
{
    /// <summary>Whether a column may hold protected text.</summary>
    public static bool MayHold(ParameterDefinition definition) => definition.Secret || SecretEntries.AreIn(definition);

    /// <summary>A value as it is stored.</summary>
    public static object? Close(this SecretProtector secrets, ParameterDefinition? definition, object? value) =>
        (value, definition) switch
        {
            (string secret, { Secret: true }) => secrets.Protect(secret),
            (string json, not null) when SecretEntries.AreIn(definition) => SecretEntries.Map(json, (_, secret) => secrets.Protect(secret)),
            _ => value,
        };

    /// <summary>A stored value in the clear; a secret whose key is gone is empty.</summary>
    public static object? Open(this SecretProtector secrets, ParameterDefinition? definition, object? stored) =>
        (stored, definition) switch
        {
            (string secret, { Secret: true }) => secrets.Unprotect(secret) ?? "",
            (string json, not null) when SecretEntries.AreIn(definition) => SecretEntries.Map(
                json,
                (_, secret) => secrets.Unprotect(secret) ?? ""
            ),
            _ => stored,
        };
}
