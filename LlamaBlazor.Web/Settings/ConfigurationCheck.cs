using LlamaBlazor.Web.Shared.Configuration;

namespace LlamaBlazor.Web.Settings;

/// <summary>Tells what is wrong in the configuration: wrong values end the start, keys that nobody knows are a warning each.</summary>
internal sealed partial class ConfigurationCheck(IConfiguration configuration, ILogger<ConfigurationCheck> logger) : IHostedService
{
    private const int Most = 20; // of unknown keys; a whole foreign file need not be told

    private static readonly string[] Switches = [DashboardHost.DemoKey, "LlamaBlazor:WatchFolders", "LlamaBlazor:Logs:Index"];

    /// <summary>Checks the values that no option class checks.</summary>
    /// <exception cref="StartupException">Values are wrong; the message names each key.</exception>
    public static void Require(IConfiguration configuration)
    {
        const string Ports = "LlamaBlazor:PortRange";
        var errors = Switches
            .Where(key => configuration[key] is { Length: > 0 } text && !bool.TryParse(text, out _))
            .Select(key => $"{key} is '{configuration[key]}'. It must be true or false.")
            .ToList();
        if (configuration[Ports] is { } range && LaunchSettingsRules.ParsePorts(range) is null)
            errors.Add($"{Ports} is '{range}'. It must be two ports from 1024 to 65535, the smaller first, such as 40000-40999.");
        var folders = configuration.GetSection(EnginePathRules.DirectoriesKey).GetChildren();
        errors.AddRange(
            folders
                .Where(folder => folder.Value is { } path && !Path.IsPathFullyQualified(path))
                .Select(folder => $"{folder.Path} is '{folder.Value}'. It must be the absolute path of a folder.")
        );
        if (errors.Count > 0)
            throw new StartupException(string.Join(Environment.NewLine, errors));
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var sentence in ConfigurationKeys.Unknown(configuration).Take(Most))
            LogUnknown(sentence);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Sentence}")]
    private partial void LogUnknown(string sentence);
}
