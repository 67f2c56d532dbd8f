using System.Globalization;
using System.Text.Json;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Parameters;

namespace LlamaBlazor.Web.Maintenance.Legacy;

/// <summary>Takes models over with all their settings. A name that is here already is left as it is.</summary>
internal sealed class LegacyModelImport(LegacyTarget target, SecretProtector secrets)
{
    private static readonly Dictionary<string, string> Sections = new()
    {
        ["sampling"] = "model_sampling_config",
        ["memory"] = "model_memory_config",
        ["gpu"] = "model_gpu_config",
        ["advanced"] = "model_advanced_config",
        ["lora"] = "model_lora_config",
        ["multimodal"] = "model_multimodal_config",
        ["runtime"] = "model_runtime",
        ["server_override"] = "model_server_override",
        ["fit_params"] = "model_fit_params",
    };

    /// <summary>Reads all models of the old file and writes those that are new.</summary>
    public void Import(LegacySource old)
    {
        var tables = old.Tables;
        if (!tables.Contains("models"))
            return;
        var converter = new LegacyModelConverter(target.Report.Kind, ParameterCatalogue.Current);
        var models = new List<(LegacyModel Model, Dictionary<string, object?> Source)>();
        foreach (var row in old.Rows("models"))
        {
            target.Report.Table("models").Read++;
            if (converter.Convert(row) is { } model)
                models.Add((model, row));
            else
                target.KeepAside("models", row, "It has no name");
        }

        AddSections(old, tables, converter, models);
        ShareServerSettings(old, tables, converter, models.ConvertAll(pair => pair.Model));
        foreach (var (model, source) in models)
            Write(model, source);
    }

    private static string? Key(IReadOnlyDictionary<string, object?> row, string column) => row.GetValueOrDefault(column)?.ToString();

    private void AddSections(LegacySource old, IReadOnlyList<string> tables, LegacyModelConverter converter, List<(LegacyModel Model, Dictionary<string, object?> Source)> models)
    {
        var byId = models.GroupBy(pair => Key(pair.Source, "id") ?? "").ToDictionary(group => group.Key, group => group.First().Model);
        foreach (var table in tables.Where(table => table.StartsWith("model_", StringComparison.Ordinal) && table != "model_server_config" && Sections.ContainsValue(table)))
        {
            foreach (var row in old.Rows(table))
            {
                var outcome = target.Report.Table(table);
                outcome.Read++;
                if (Key(row, "model_id") is { } id && byId.TryGetValue(id, out var model))
                    Take(model, table, row, converter, outcome);
                else
                    target.KeepAside(table, row, "Its model is not in the file");
            }
        }
    }

    private void Take(LegacyModel model, string table, Dictionary<string, object?> row, LegacyModelConverter converter, TableOutcome outcome)
    {
        outcome.Imported++;
        if (table != "model_fit_params")
        {
            converter.Add(model, row);
            return;
        }

        foreach (var (column, value) in row.Where(pair => pair.Key is not ("id" or "model_id" or "created_at" or "updated_at") && target.Columns(table).Contains(pair.Key)))
            model.Set("fit_params", column, column == "fit_params_analyzed_at" ? LegacyValues.Time(value) : value);
    }

    // What all models agree on is the default of all instances; what they do not is each model's own.
    private void ShareServerSettings(LegacySource old, IReadOnlyList<string> tables, LegacyModelConverter converter, List<LegacyModel> models)
    {
        var shared = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        if (tables.Contains("model_server_config"))
        {
            foreach (var row in old.Rows("model_server_config").Take(1))
            {
                target.Report.Table("model_server_config").Read++;
                var settings = new LegacyModel("server");
                converter.Add(settings, row);
                shared = settings.Sections.GetValueOrDefault("server") ?? shared;
                CountCleared(settings);
                target.Report.Table("model_server_config").Imported++;
            }
        }

        foreach (var column in models.SelectMany(model => model.Sections.GetValueOrDefault("server")?.Keys ?? Enumerable.Empty<string>()).Distinct(StringComparer.OrdinalIgnoreCase).ToList())
        {
            var values = models.Select(model => model.Sections.GetValueOrDefault("server")?.GetValueOrDefault(column)).ToList();
            if (values.Skip(1).All(value => LegacyValues.Same(value, values[0])))
                shared[column] = values[0];
            else
                KeepPerModel(models, column);
        }

        WriteShared(shared);
    }

    private void KeepPerModel(List<LegacyModel> models, string column)
    {
        foreach (var model in models)
        {
            if (model.Sections.GetValueOrDefault("server")?.GetValueOrDefault(column) is not { } value)
                continue;
            if (target.Columns("model_server_override").Contains(column))
                model.Set("server_override", column, value);
            else
                target.KeepAside("models", new Dictionary<string, object?> { ["name"] = model.Name, [column] = value }, $"{column} differs between models and is one setting for all here");
        }
    }

    private void WriteShared(Dictionary<string, object?> shared)
    {
        var known = shared.Where(pair => target.Columns("model_server_config").Contains(pair.Key)).ToDictionary(pair => pair.Key, pair => Stored(pair.Key, pair.Value));
        if (known.Count == 0)
            return;
        if (target.Find("SELECT 1 FROM model_server_config WHERE id = $value", 1L) is null)
            target.TryInsert("model_server_config", new Dictionary<string, object?> { ["id"] = 1L, ["created_at"] = target.Now, ["updated_at"] = target.Now, ["revision"] = 0L }, known);
        target.FillUnset("model_server_config", "id", 1L, known);
    }

    private void Write(LegacyModel model, Dictionary<string, object?> source)
    {
        var outcome = target.Report.Table("models");
        if (target.Find("SELECT 1 FROM models WHERE name = $value COLLATE NOCASE", model.Name) is not null)
        {
            outcome.AlreadyHere++;
            return;
        }

        if (target.TryInsert("models", CoreRow(model, source), source) is not { } id)
            return;
        outcome.Imported++;
        CountCleared(model);
        if (model.Custom.Count > 0)
            model.Set("advanced", "custom_params", JsonSerializer.Serialize(model.Custom));
        if (model.Rejected.Count > 0)
            target.KeepAside("models", model.Rejected.Append(new("name", model.Name)).ToDictionary(), "Values that could not be read");
        foreach (var (section, table) in Sections)
        {
            var row = Known(table, model.Sections.GetValueOrDefault(section) ?? []);
            (row["model_id"], row["created_at"], row["updated_at"], row["revision"]) = (id, target.Now, target.Now, 0L);
            if (table == "model_fit_params")
                row["fit_params_success"] = row.GetValueOrDefault("fit_params_success") ?? 0L;
            target.TryInsert(table, row, row);
        }
    }

    private Dictionary<string, object?> CoreRow(LegacyModel model, Dictionary<string, object?> source)
    {
        var row = Known("models", model.Core);
        var created = (long?)row.GetValueOrDefault("created_at") ?? target.Now;
        var uid = source.GetValueOrDefault("id") is string text && text.Length > 0 ? text : string.Create(CultureInfo.InvariantCulture, $"model_{created}_{Guid.NewGuid().ToString("N")[..9]}");
        if (target.Find("SELECT 1 FROM models WHERE uid = $value", uid) is not null)
            uid = $"{uid}_{Guid.NewGuid().ToString("N")[..4]}";
        row["name"] = model.Name;
        row["uid"] = uid;
        row["type"] = row.GetValueOrDefault("type") ?? "llama";
        row["status"] = "stopped";
        row["role"] = "model";
        row["created_at"] = created;
        row["updated_at"] = (long?)row.GetValueOrDefault("updated_at") ?? created;
        row["favorite"] = row.GetValueOrDefault("favorite") ?? 0L;
        row["fit_params_available"] = row.GetValueOrDefault("fit_params_available") ?? 0L;
        row["file_missing"] = row.GetValueOrDefault("model_path") is string path && !File.Exists(path) ? 1L : 0L;
        row["revision"] = 0L;
        return row;
    }

    private Dictionary<string, object?> Known(string table, IReadOnlyDictionary<string, object?> values) =>
        values.Where(pair => target.Columns(table).Contains(pair.Key)).ToDictionary(pair => pair.Key, pair => Stored(pair.Key, pair.Value), StringComparer.OrdinalIgnoreCase);

    private object? Stored(string column, object? value) => value switch
    {
        bool flag => flag ? 1L : 0L,
        string secret when ParameterCatalogue.Current.FindColumn(column) is { Secret: true } => secrets.Protect(secret),
        _ => value,
    };

    private void CountCleared(LegacyModel model)
    {
        foreach (var column in model.Cleared)
            target.Report.Cleared[column] = target.Report.Cleared.GetValueOrDefault(column) + 1;
    }
}
