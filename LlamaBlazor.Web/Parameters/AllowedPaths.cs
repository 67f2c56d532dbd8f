using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Files;

namespace LlamaBlazor.Web.Parameters;

/// <summary>
/// Which files and folders settings may name. An engine shows what it reads (a template in /props, a grammar in its log, a media folder to
/// every client) and empties what it writes, with the rights of this user. So what it reads lies in the models folders, in folders of the
/// data folder that are made for it, or in <see cref="Key"/>, which only the file, the environment or the command line sets; what it
/// writes, or what a flag without a field names, lies in the last two. Weights may lie anywhere, as long as they are weights. Certificates
/// and keys are shown to nobody and written by nobody.
/// </summary>
internal sealed class AllowedPaths(DataFolder folder, LaunchSettingsAccess settings, SettingValues values)
{
    /// <summary>Configuration key: a list of folders.</summary>
    public const string Key = "LlamaBlazor:AllowedDirectories";

    /// <summary>The column whose flags have no field of their own.</summary>
    private const string OtherFlags = "custom_params";

    /// <summary>The column of the model itself, which may lie anywhere and be missing, as on a disk that is away.</summary>
    private const string Model = "model_path";

    /// <summary>Folder of the data folder that is meant for what engines write.</summary>
    private const string OwnFolder = "engine-files";

    private static readonly HashSet<string> Written = ["log_file", "log_prompts_dir", "slot_save_path", "lookup_cache_dynamic"];
    private static readonly HashSet<string> Weights =
    [
        "mmproj",
        "model_draft",
        "model_vocoder",
        "lora",
        "lora_scaled",
        "control_vector",
        "control_vector_scaled",
    ];
    private static readonly HashSet<string> Free =
    [
        "engine_path",
        "api_key_file",
        "ssl_key_file",
        "ssl_cert_file",
        "models_dir",
        "models_preset",
    ];

    // What is the dashboard's own in its folder: secrets, database, log.
    private static readonly string[] Own = ["keys", "backups", "logs", "downloads"];

    private readonly IReadOnlyList<string> _configured = values.AtStart.Values[Key].Items;

    /// <summary>Why a value may not be set, by column; empty where all may. Asks the disk, so not on a circuit.</summary>
    /// <param name="definitions">The parameters to look at.</param>
    /// <param name="find">Value of a column, or null.</param>
    public Dictionary<string, string> Refused(IEnumerable<ParameterDefinition> definitions, Func<ParameterDefinition, object?> find)
    {
        var refused = new Dictionary<string, string>();
        foreach (var definition in definitions.Where(definition => !Free.Contains(definition.Column)))
        {
            if (find(definition) is not string text)
                continue;
            var paths =
                definition.Column == OtherFlags
                    ? CustomParameters.Texts(text).Where(LeadsSomewhere)
                    : ParameterPaths.Files(definition, text);
            if (paths.Select(path => Refuse(definition.Column, path)).FirstOrDefault(reason => reason is not null) is { } reason)
                refused[definition.Column] = reason;
        }

        return refused;
    }

    /// <summary>Makes the folders of the data folder that the engine is to write to.</summary>
    public void Prepare(Func<ParameterDefinition, object?> find)
    {
        foreach (var definition in ParameterCatalogue.Current.Columns.Where(definition => Written.Contains(definition.Column)))
        {
            if (find(definition) is not string text || Of(text) is not { } path || !RealPath.IsInside(path, folder.Root))
                continue;
            var wanted = ParameterPaths.IsFolder(definition) ? path : Path.GetDirectoryName(path)!;
            if (IsOurs(wanted))
                PrivateFile.EnsureFolder(wanted);
        }
    }

    private string? Refuse(string column, string text)
    {
        if (Of(text) is not { } path)
            return $"{text} leads in a circle of links.";
        if (column == Model)
            return !Path.Exists(path) || IsWeights(path)
                ? null
                : $"{text} is no model: a model file begins with the letters GGUF, and this user must be able to read it. Choose another.";
        var isWritten = column == OtherFlags || Written.Contains(column); // whether a flag of its own reads or writes is not known
        var mayBeWeights = column == OtherFlags || Weights.Contains(column);
        if (IsInside(path, isWritten) || LeadsNowhere(path, isWritten) || (mayBeWeights && IsWeights(path)))
            return null;
        var where = path == text ? text : $"{text}, which is {path},";
        var places = isWritten
            ? $"{Path.Combine(folder.Root, OwnFolder)} and the folders of {Key}"
            : $"the models folders, {Path.Combine(folder.Root, OwnFolder)} and the folders of {Key}";
        return $"{where} lies outside of {places}, where settings may lead {(isWritten ? "engines to write" : "engines to read")}. "
            + $"Use one of them, or start the dashboard with LLAMABLAZOR__ALLOWEDDIRECTORIES__0={Path.GetDirectoryName(path)}.";
    }

    private bool IsInside(string path, bool isWritten)
    {
        if (RealPath.IsInside(path, folder.Root))
            return IsOurs(path);
        var folders = isWritten ? _configured : _configured.Concat(settings.Known.ModelDirectories);
        return folders.Where(Path.IsPathFullyQualified).Any(allowed => RealPath.IsInside(path, allowed));
    }

    // In a folder of the data folder, and in none of those that hold what is the dashboard's.
    private bool IsOurs(string path)
    {
        var parts = Path.GetRelativePath(RealPath.Of(folder.Root), path).Split(Path.DirectorySeparatorChar);
        return parts[0] is not ("." or "..")
            && !Own.Contains(parts[0], StringComparer.OrdinalIgnoreCase)
            && !File.Exists(Path.Combine(folder.Root, parts[0]))
            && (parts.Length > 1 || Directory.Exists(path));
    }

    // Nothing is there that could be read, nor a folder that could be written to. Looked at again at each start.
    private static bool LeadsNowhere(string path, bool isWritten) =>
        isWritten ? !Path.Exists(path) && !Path.Exists(Path.GetDirectoryName(path)) : !Path.Exists(path);

    private static bool IsWeights(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var magic = new byte[4];
            return file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) == magic.Length
                && magic.AsSpan().SequenceEqual("GGUF"u8);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // A text of a flag that is not in the catalogue may be anything: what is a path shows by leading somewhere.
    private bool LeadsSomewhere(string text) =>
        text.IndexOfAny(['/', '\\']) >= 0
        && Of(text) is { } path
        && (
            Path.Exists(path)
            || (Path.GetDirectoryName(path) is { } parent && parent != Path.GetPathRoot(parent) && Directory.Exists(parent))
        );

    // As the engine sees it, which runs in the data folder; links followed.
    private string? Of(string text)
    {
        try
        {
            return RealPath.Of(Path.GetFullPath(text, folder.Root));
        }
        catch (Exception error) when (error is IOException or ArgumentException)
        {
            return null;
        }
    }
}
