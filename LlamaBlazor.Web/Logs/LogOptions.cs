using LlamaBlazor.Domain.Logs;
using LlamaBlazor.Web.Shared.Configuration;

namespace LlamaBlazor.Web.Logs;

/// <summary>What is kept in the log.</summary>
/// <param name="Level">Least level that is kept.</param>
internal sealed record LogOptions(string Level)
{
    /// <summary>Configuration key of the level.</summary>
    public const string LevelKey = "LlamaBlazor:Logs:Level";

    /// <summary>Reads the options.</summary>
    /// <exception cref="StartupException">The level is none.</exception>
    public static LogOptions Read(IConfiguration configuration)
    {
        var level = configuration[LevelKey] ?? "info";
        return LogLevels.Rank(level) >= 0
            ? new LogOptions(level)
            : throw new StartupException($"{LevelKey} is '{level}', but must be one of {string.Join(", ", LogLevels.All)}.");
    }
}
