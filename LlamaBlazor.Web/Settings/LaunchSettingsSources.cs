using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;

namespace LlamaBlazor.Web.Settings;

/// <summary>Tells which settings come from outside the dashboard and are therefore locked in it.</summary>
internal static class LaunchSettingsSources
{
    private static readonly Dictionary<string, string> Keys = new()
    {
        ["model_directories"] = "LlamaBlazor:ModelDirectories",
        ["engine_path"] = "LlamaBlazor:EnginePath",
        ["port_range"] = "LlamaBlazor:PortRange",
    };

    /// <summary>Names of the settings that the environment or the command line sets.</summary>
    public static IReadOnlySet<string> Locked(IConfiguration configuration) =>
        Keys.Where(pair => IsOutside(configuration, pair.Value)).Select(pair => pair.Key).ToHashSet();

    /// <summary>Whether the environment or the command line sets a key.</summary>
    public static bool IsOutside(IConfiguration configuration, string key) =>
        configuration is IConfigurationRoot root
        && root.Providers.Where(provider => provider is EnvironmentVariablesConfigurationProvider or CommandLineConfigurationProvider)
            .Any(provider => provider.TryGet(key, out _) || provider.GetChildKeys([], key).Any());
}
