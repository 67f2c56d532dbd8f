using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Settings;

namespace LlamaBlazor.Web.Settings;

/// <summary>What launch settings must satisfy.</summary>
internal static class LaunchSettingsRules
{
    /// <summary>All that is wrong, or null. Asks the disk.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="engines">Which engines may be run.</param>
    public static Failure? Check(LaunchSettings settings, EnginePathRules engines)
    {
        var errors = new Dictionary<string, string[]>();
        var folders = settings.ModelDirectories.Where(folder => !Path.IsPathFullyQualified(folder) || folder.Any(char.IsControl)).ToArray();
        if (folders.Length > 0)
            errors["model_directories"] = [.. folders.Select(folder => $"'{folder}' is not an absolute path.")];
        if (settings.ModelDirectories.Count > 64)
            errors["model_directories"] = ["At most 64 folders can be scanned."];
        if (settings.EnginePath is { } engine && (!Path.IsPathFullyQualified(engine) || !File.Exists(engine)))
            errors["engine_path"] = [$"There is no file '{engine}'. Give the absolute path of llama-server."];
        else if (settings.EnginePath is { } named && engines.Refuse(named) is { } refusal)
            errors["engine_path"] = [refusal];
        if (SettingRules.ParsePorts(settings.PortRange) is null)
            errors["port_range"] = ["Two ports from 1024 to 65535, the smaller first, such as 40000-40999."];
        return errors.Count == 0 ? null : Failure.Invalid(errors);
    }

    /// <summary>The same for edits of settings, by key: those whose definitions cannot ask the disk.</summary>
    /// <param name="edits">The edits.</param>
    /// <param name="engines">Which engines may be run.</param>
    public static Failure? Check(SettingEdits edits, EnginePathRules engines)
    {
        const string Folders = "LlamaBlazor:ModelDirectories";
        const string Engine = "LlamaBlazor:EnginePath";
        var settings = new LaunchSettings
        {
            ModelDirectories = edits.GetValueOrDefault(Folders)?.Items ?? [],
            EnginePath = edits.GetValueOrDefault(Engine)?.Text,
        };
        return Check(settings, engines)?.Errors is { } errors
            ? Failure.Invalid(errors.ToDictionary(error => error.Key == "engine_path" ? Engine : Folders, error => error.Value))
            : null;
    }
}
