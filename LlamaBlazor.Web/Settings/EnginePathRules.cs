using System.Text.RegularExpressions;
using LlamaBlazor.Domain.Settings;
using LlamaBlazor.Web.Shared.Configuration;
using LlamaBlazor.Web.Shared.Files;

namespace LlamaBlazor.Web.Settings;

/// <summary>
/// Which programs may be run as engines when a path comes from a page, the API, an import or the database: none that another user of this
/// machine could have put there, and none that is not named like an engine. What the configuration names (file, environment, command line)
/// is
/// trusted.
/// </summary>
/// <param name="configuration">Read once.</param>
internal sealed partial class EnginePathRules(IConfiguration configuration)
{
    /// <summary>Configuration key of the folders whose programs may all be run as engines.</summary>
    public const string DirectoriesKey = "LlamaBlazor:EngineDirectories";

    private const string EngineKey = "LlamaBlazor:EnginePath";
    private const int MaxLength = 4096;
    private static readonly HashSet<string> LibraryVariables =
    [
        "LD_LIBRARY_PATH",
        "DYLD_LIBRARY_PATH",
        "DYLD_FALLBACK_LIBRARY_PATH",
        "GGML_BACKEND_PATH",
        "PATH", // a script that starts the engine finds its programs there, Windows its libraries
    ];

    private const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private readonly string? _configured = Read(configuration, EngineKey).Text; // whatever was saved: that is judged
    private readonly bool _isLocked = SettingSources.IsOutside(configuration, EngineKey) && Read(configuration, EngineKey).Text is not null;

    private readonly string[] _directories = [.. Read(configuration, DirectoriesKey).Items.Where(Path.IsPathFullyQualified)];

    private static string Advice =>
        $"Start the dashboard with the environment variable {DirectoriesKey.Replace(":", "__")}__0=FOLDER, "
        + $"or set {DirectoriesKey} in appsettings.json, to allow the engines of a folder.";

    /// <summary>
    /// Why the folders and files that variables name may not be searched for libraries of an engine; null when they may. Those that are not
    /// there yet are none of our business.
    /// </summary>
    /// <param name="variables">Names and values.</param>
    public string? RefuseLibraries(IEnumerable<KeyValuePair<string, string?>> variables)
    {
        try
        {
            return variables
                .Where(pair => LibraryVariables.Contains(pair.Key))
                .SelectMany(pair => (pair.Value ?? "").Split(Path.PathSeparator), (pair, place) => RefuseLibrary(pair.Key, place))
                .FirstOrDefault(reason => reason is not null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"A folder of the variables cannot be read: {error.Message}";
        }
    }

    /// <summary>
    /// Why a path may not be run as an engine, in a sentence with the next step; null when it may. Asks the disk, so not on a circuit.
    /// </summary>
    /// <param name="path">As it was given. Links are followed, the file they lead to is judged as well.</param>
    public string? Refuse(string path)
    {
        if (path == _configured)
            return null;
        if (path.Length > MaxLength || path.Any(char.IsControl) || !Path.IsPathFullyQualified(path))
            return "Give the absolute path of llama-server.";
        try
        {
            return RefuseFile(path, RealPath.Of(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"{path} cannot be read: {error.Message.TrimEnd('.')}. Correct the path, or clear it.";
        }
    }

    private string? RefuseLibrary(string name, string place)
    {
        if (!Path.IsPathFullyQualified(place) || !Path.Exists(place))
            return null;
        var real = RealPath.Of(place);
        return !_directories.Any(folder => RealPath.IsInside(real, folder)) && FileOwner.Stranger(real, File.Exists(real)) is { } stranger
            ? $"{name} cannot be set: {stranger}, so others could put code there that an engine runs. {Advice}"
            : null;
    }

    private string? RefuseFile(string path, string real)
    {
        var file = new FileInfo(real);
        if (!file.Exists || !FileOwner.IsRegular(real))
            return $"{path} is no file, or this user may not enter its folder. Correct it, or clear it to search PATH.";
        if (!OperatingSystem.IsWindows() && (file.UnixFileMode & Execute) == 0)
            return $"{path} may not be executed. Allow it with: chmod +x \"{path}\"";
        if (_directories.Any(folder => RealPath.IsInside(real, folder)))
            return null;
        if (!EngineName().IsMatch(Path.GetFileName(path)) || !EngineName().IsMatch(file.Name))
            return $"{(real == path ? path : $"{path}, which leads to {real},")} is not named like llama-server. {Advice}";
        if (_isLocked && !IsBesideLocked(real))
            return $"{path} lies apart from the engine that --engine or the environment sets ({_configured}), so it is not run. {Advice}";
        return FileOwner.Stranger(real, withFolder: true) is { } stranger
            ? $"{path} is not run as an engine, because {stranger}. Put it where only you can write. {Advice}"
            : null;
    }

    private static SettingValue Read(IConfiguration configuration, string key) =>
        SettingSources.ReadConfigured(configuration, SettingTable.Get(key)).Match(value => value, _ => SettingValue.None);

    private bool IsBesideLocked(string real) =>
        Path.GetDirectoryName(real) is { } folder
        && (
            folder == Path.GetDirectoryName(RealPath.Of(_configured!))
            || folder == RealPath.Of(Path.GetDirectoryName(Path.GetFullPath(_configured!))!)
        );

    [GeneratedRegex("^(ik[-_])?llama[-_]server", RegexOptions.IgnoreCase)]
    private static partial Regex EngineName();
}
