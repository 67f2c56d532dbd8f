using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Domain.Settings;

namespace LlamaBlazor.Web.Shared.Configuration;

/// <summary>
/// The keys that the dashboard knows, which are those of <see cref="SettingTable"/>, so that a misspelt one is told instead of doing
/// nothing. Letters count alike in both cases, as in the configuration itself.
/// </summary>
internal static class ConfigurationKeys
{
    /// <summary>The keys that are set and not known, each with a sentence that names the closest known one.</summary>
    /// <param name="configuration">The configuration.</param>
    public static IReadOnlyList<string> Unknown(IConfiguration configuration) =>
        [
            .. from pair in configuration.GetSection(SettingTable.Root).AsEnumerable()
            where pair.Value is not null && !IsKnown(pair.Key)
            let closest = Closest(pair.Key)
            let meant = closest is null ? "" : $" Did you mean {closest}?"
            select $"{pair.Key} is set, but is no key of the dashboard, so it does nothing.{meant}",
        ];

    /// <summary>The known key that is most like another one, or null.</summary>
    /// <param name="key">The other one.</param>
    public static string? Closest(string key) =>
        NameSuggestions.Closest(key, SettingTable.All.Select(definition => definition.Key), 1) is [var closest, ..] ? closest : null;

    // A list has its own key where it is empty or one text, else a number below it an entry.
    private static bool IsKnown(string key) =>
        SettingTable.Find(key) is not null
        || (key.LastIndexOf(':') is > 0 and var end && SettingTable.Find(key[..end])?.Kind == SettingKind.List);
}
