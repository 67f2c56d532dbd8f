using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Domain.Settings;
using LlamaBlazor.Web.Shared.Configuration;
using Microsoft.Extensions.Primitives;

namespace LlamaBlazor.Web.Settings;

/// <summary>
/// Tells what is wrong in the configuration: wrong values end the start, or, where a file is edited while the program runs, are a warning
/// and do not count; keys that nobody knows are a warning each.
/// </summary>
internal sealed partial class ConfigurationCheck(IConfiguration configuration, ILogger<ConfigurationCheck> logger)
    : IHostedService,
        IDisposable
{
    private const int Most = 20; // of unknown keys; a whole foreign file need not be told
    private const string Retention = "LlamaBlazor:Retention";

    private IDisposable? _subscription;
    private string[] _told = [];

    /// <summary>Checks all values but those that were saved in the dashboard.</summary>
    /// <exception cref="StartupException">Values are wrong; the message names each key.</exception>
    public static void Require(IConfiguration configuration)
    {
        var errors = SettingSources.Wrong(configuration).Concat(WrongRetention(configuration)).ToList();
        if (errors.Count > 0)
            throw new StartupException(string.Join(Environment.NewLine, errors));
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var sentence in ConfigurationKeys.Unknown(configuration).Take(Most))
            LogSentence(sentence);
        _subscription = ChangeToken.OnChange(configuration.GetReloadToken, LookAgain);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _subscription?.Dispose();

    // A limit that is not known would let rows leave that somebody means to keep: not only a warning.
    private static IEnumerable<string> WrongRetention(IConfiguration configuration)
    {
        foreach (var table in configuration.GetSection(Retention).GetChildren())
        {
            if (RetentionRule.Defaults.All(rule => !rule.Table.Equals(table.Key, StringComparison.OrdinalIgnoreCase)))
                yield return $"{table.Path} is set, but there is no such table with a retention. There is one for "
                    + $"{string.Join(", ", RetentionRule.Defaults.Select(rule => rule.Table))}.";
            else if (table.GetChildren().FirstOrDefault(limit => SettingTable.Find(limit.Path) is null) is { } unknown)
                yield return $"{unknown.Path} is not known. Set Days, Rows or both.";
        }
    }

    private void LookAgain()
    {
        var wrong = SettingSources.Wrong(configuration).ToArray();
        foreach (var sentence in wrong.Except(_told))
            LogWrong(sentence);
        _told = wrong;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Sentence}")]
    private partial void LogSentence(string sentence);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Sentence} Until then the value before goes on to hold.")]
    private partial void LogWrong(string sentence);
}
