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
    public static IReadOnlySet<string> Locked(IConfiguration configuration)
    {
        if (configuration is not IConfigurationRoot root)
            return new HashSet<string>();
        var outside = root.Providers.Where(provider => provider is EnvironmentVariablesConfigurationProvider or CommandLineConfigurationProvider).ToList();
        return Keys.Where(pair => outside.Any(provider => provider.TryGet(pair.Value, out _) || provider.GetChildKeys([], pair.Value).Any())).Select(pair => pair.Key).ToHashSet();
    }
}
