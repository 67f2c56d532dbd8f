using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Settings;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;

namespace LlamaBlazor.Web.Shared.Configuration;

/// <summary>Who sets a setting.</summary>
public enum SettingSource
{
    /// <summary>Nobody.</summary>
    Default,

    /// <summary>appsettings.json, or another file.</summary>
    File,

    /// <summary>The dashboard: it was saved there.</summary>
    Saved,

    /// <summary>The environment of the process.</summary>
    Environment,

    /// <summary>Its command line.</summary>
    CommandLine,
}

/// <summary>Reads settings of the configuration by their definitions, and tells who set them.</summary>
internal static class SettingSources
{
    /// <summary>Whether the environment or the command line sets a key, so that it cannot be changed in the dashboard.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="key">The key.</param>
    public static bool IsOutside(IConfiguration configuration, string key) =>
        Providers(configuration)
            .Any(provider =>
                provider is EnvironmentVariablesConfigurationProvider or CommandLineConfigurationProvider && Has(provider, key)
            );

    /// <summary>Who sets a setting: the last source that has it.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="key">Its key.</param>
    public static SettingSource Of(IConfiguration configuration, string key) =>
        Owner(configuration, key) switch
        {
            null => SettingSource.Default,
            SavedConfiguration => SettingSource.Saved,
            EnvironmentVariablesConfigurationProvider => SettingSource.Environment,
            CommandLineConfigurationProvider => SettingSource.CommandLine,
            _ => SettingSource.File,
        };

    /// <summary>The value of a setting, or why what is set is none.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="definition">The setting.</param>
    public static Result<SettingValue> Read(IConfiguration configuration, SettingDefinition definition) =>
        SavedConfiguration.Of(configuration)?.Find(definition.Key) is { } saved && !IsOutside(configuration, definition.Key)
            ? saved
            : ReadConfigured(configuration, definition);

    /// <summary>The value of a setting by files, environment and command line alone, whatever was saved.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="definition">The setting.</param>
    public static Result<SettingValue> ReadConfigured(IConfiguration configuration, SettingDefinition definition)
    {
        var key = definition.Key;
        if (configuration is not IConfigurationRoot)
            return configuration[key] is { } plain ? definition.Parse(plain) : definition.Default;
        var providers = Providers(configuration).Where(provider => provider is not SavedConfiguration).Reverse().ToList();
        if (providers.Find(provider => Has(provider, key)) is not { } owner)
            return definition.Default;
        if (definition.Kind != SettingKind.List || (owner.TryGet(key, out var text) && !string.IsNullOrWhiteSpace(text)))
            return definition.Parse(Text(owner, key) ?? "");
        var entries = providers.SelectMany(provider => provider.GetChildKeys([], key)).Distinct(StringComparer.OrdinalIgnoreCase);
        return definition.Parse([
            .. entries
                .Order(ConfigurationKeyComparer.Instance)
                .Select(entry => providers.Select(provider => Text(provider, $"{key}:{entry}")).FirstOrDefault(found => found is not null))
                .OfType<string>(),
        ]);
    }

    /// <summary>What is wrong in files, environment and command line, a sentence each: key, value, reason, where to correct it.</summary>
    /// <param name="configuration">The configuration.</param>
    public static IEnumerable<string> Wrong(IConfiguration configuration) =>
        from definition in SettingTable.All
        let read = ReadConfigured(configuration, definition)
        where !read.IsSuccess
        select Words(configuration, definition, read.Failure!);

    private static string Words(IConfiguration configuration, SettingDefinition definition, Failure failure)
    {
        var (key, text) = (definition.Key, configuration[definition.Key]);
        if (definition.Kind == SettingKind.List && string.IsNullOrWhiteSpace(text))
            (key, text) = configuration
                .GetSection(key)
                .GetChildren()
                .Where(entry => entry.Value is { } value && !definition.Parse([value]).IsSuccess)
                .Select(entry => (entry.Path, entry.Value))
                .FirstOrDefault((key, text));
        return $"{key}{definition.Sentence(text ?? "", failure)[definition.Key.Length..]} Correct it in appsettings.json, in the "
            + $"environment ({definition.Variable}) or on the command line.";
    }

    private static IEnumerable<IConfigurationProvider> Providers(IConfiguration configuration) =>
        (configuration as IConfigurationRoot)?.Providers ?? [];

    private static IConfigurationProvider? Owner(IConfiguration configuration, string key) =>
        Providers(configuration).LastOrDefault(provider => Has(provider, key));

    private static bool Has(IConfigurationProvider provider, string key) =>
        Text(provider, key) is not null || provider.GetChildKeys([], key).Any();

    private static string? Text(IConfigurationProvider provider, string key) => provider.TryGet(key, out var text) ? text : null;
}
