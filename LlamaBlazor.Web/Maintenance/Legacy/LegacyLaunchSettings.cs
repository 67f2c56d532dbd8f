using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Maintenance.Legacy;

/// <summary>The async proxy's one object of settings (seed S1.6): its server and its folder of models. Settings that are here
/// win.</summary>
internal static class LegacyLaunchSettings
{
    /// <summary>Takes the row over where none is here, and keeps aside what has no place.</summary>
    public static void Copy(LegacyFile old, LegacyTarget target)
    {
        if (!old.Tables.Contains("server_config"))
            return;
        foreach (var row in old.Rows("server_config"))
        {
            var outcome = target.Report.Table("server_config");
            outcome.Read++;
            var here = target.Find("SELECT value FROM server_config WHERE key = $value", "config");
            if (row.GetValueOrDefault("key")?.ToString() == "config" && Read(row.GetValueOrDefault("value")?.ToString()) is { } settings)
            {
                var json = JsonSerializer.Serialize(settings, ApiJson.Options);
                if (
                    here is null
                    && target.TryInsert(
                        "server_config",
                        new Dictionary<string, object?>
                        {
                            ["key"] = "config",
                            ["value"] = json,
                            ["updated_at"] = target.Now,
                        },
                        row
                    )
                        is not null
                )
                    outcome.Imported++;
                else
                    outcome.AlreadyHere++;
            }

            target.KeepAside("server_config", row, Reason(row));
        }
    }

    private static string Reason(IReadOnlyDictionary<string, object?> row) =>
        Text(row.GetValueOrDefault("value")?.ToString(), "serverPath") is { } engine && !File.Exists(engine)
            ? $"There is no {engine} on this machine, so it did not become the engine; of the rest, only the folder of models has a "
                + "place here"
            : "Only the path of the server and the folder of models have a place here";

    private static LaunchSettings? Read(string? json)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var models = Text(json, "baseModelsPath") is { } path
            ? (path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(home, path[2..]) : path)
            : null;
        var engine = Text(json, "serverPath") is { } server && File.Exists(server) ? server : null;
        return models is null && engine is null
            ? null
            : new LaunchSettings
            {
                EnginePath = engine,
                ModelDirectories = models is not null && Path.IsPathFullyQualified(models) ? [models] : [],
            };
    }

    // A text of a JSON object; null where there is none, or no such object.
    private static string? Text(string? json, string name)
    {
        var read = ForeignJson.Parse(json ?? "");
        if (!read.IsSuccess)
            return null;
        using var document = read.Value;
        return
            document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
    }
}
