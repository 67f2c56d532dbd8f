using System.Globalization;
using LlamaBlazor.Domain.Common;

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
        if (ParsePorts(settings.PortRange) is null)
            errors["port_range"] = ["Two ports from 1024 to 65535, the smaller first, such as 40000-40999."];
        return errors.Count == 0 ? null : Failure.Invalid(errors);
    }

    /// <summary>First and last port of a range, or null when it is not one.</summary>
    public static (int First, int Last)? ParsePorts(string range)
    {
        var parts = range.Split('-', StringSplitOptions.TrimEntries);
        return
            parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            && first is >= 1024
            && last is <= 65535
            && first <= last
            ? (first, last)
            : null;
    }
}
