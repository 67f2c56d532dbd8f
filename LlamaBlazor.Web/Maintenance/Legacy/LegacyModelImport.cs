using System.Globalization;
using System.Text.Json;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Models.Library;

namespace LlamaBlazor.Web.Maintenance.Legacy;

/// <summary>Takes models over with all their settings. A model that is here already is left as it is; what the file says of it is kept
/// aside.</summary>
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

    private static readonly string[] Stamps = ["created_at", "updated_at"];

    private readonly Dictionary<string, int> _names = new(StringComparer.OrdinalIgnoreCase); // how often a name came in the file

    /// <summary>Reads all models of the old file and writes those that are new.</summary>
    public void Import(LegacyFile old)
    {
        if (!old.Tables.Contains("models"))
            return;
        var converter = new LegacyModelConverter(target.Report.Kind, ParameterCatalogue.Current);
        var models = new List<OldModel>();
        foreach (var row in old.Rows("models"))
        {
            target.Report.Table("models").Read++;
            if (converter.Convert(row) is { } model)
                models.Add(new OldModel(model, row));
            else
                target.KeepAside("models", row, "It has no name");
        }

        AddSections(old, converter, models);
        new LegacyServerSettings(target, Stored, (here, value) => LegacyValues.Same(Open(here), Open(value))).Share(
            old,
            converter,
            models.ConvertAll(model => model.Model),
            CountCleared
        );
        foreach (var model in models)
            Write(model);
    }

    private static string? Key(IReadOnlyDictionary<string, object?> row, string column) => row.GetValueOrDefault(column)?.ToString();

    private void AddSections(LegacyFile old, LegacyModelConverter converter, List<OldModel> models)
    {
        var byId = models.GroupBy(model => Key(model.Source, "id") ?? "").ToDictionary(group => group.Key, group => group.First());
        foreach (var (section, table) in Sections.Where(pair => old.Tables.Contains(pair.Value)))
        {
            foreach (var row in old.Rows(table))
            {
                target.Report.Table(table).Read++;
                if (Key(row, "model_id") is not { } id || !byId.TryGetValue(id, out var model))
                    target.KeepAside(table, row, "Its model is not in the file");
                else if (model.Rows.Exists(known => known.Table == table))
                    target.KeepAside(table, row, "A second row for one model");
                else
                    Take(model, section, table, row, converter);
            }
        }
    }

    private void Take(OldModel model, string section, string table, Dictionary<string, object?> row, LegacyModelConverter converter)
    {
        model.Rows.Add((table, row));
        if (section == "fit_params")
            TakeFit(model.Model, row);
        else
            converter.Add(model.Model, row);
        foreach (var column in Stamps.Where(column => LegacyValues.Time(row.GetValueOrDefault(column)) is not null))
            model.Model.Set(section, column, LegacyValues.Time(row[column]));
    }

    private void TakeFit(LegacyModel model, Dictionary<string, object?> row)
    {
        foreach (
            var (column, value) in row.Where(pair =>
                pair.Value is not null && pair.Key is not ("id" or "model_id" or "created_at" or "updated_at")
            )
        )
        {
            if (!target.Columns("model_fit_params").Contains(column))
                model.Rejected[column] = value;
            else if (column != "fit_params_analyzed_at" || LegacyValues.Time(value) is not null)
                model.Set("fit_params", column, column == "fit_params_analyzed_at" ? LegacyValues.Time(value) : value);
            else
                model.Rejected[column] = value;
        }
    }

    private void Write(OldModel old)
    {
        var (model, source) = (old.Model, old.Source);
        var name = NameOf(model.Name);
        var row = CoreRow(model, source);
        row["name"] = name;
        var known = target.Find("SELECT id FROM models WHERE name = $value COLLATE NOCASE", name) as long?;
        if (known is { } here && IsSame(here, row, source))
        {
            Count(old, outcome => outcome.AlreadyHere++);
            return;
        }

        var scanned = ScannedModels.Find(target, row);
        if (known is not null && known != scanned)
        {
            KeepAside(old, $"A model named '{name}' is here already and stays as it is");
            return;
        }

        if (target.Names.Refuse(name, scanned ?? 0) is { } taken)
        {
            KeepAside(old, taken);
            return;
        }

        if (scanned is { } untouched)
            ScannedModels.Replace(target, untouched, row);
        RejectTaken(model, row, name);
        var inserted = target.TryInsert("models", row);
        if (inserted.Failure is { } failure)
        {
            KeepAside(old, failure.Message);
            return;
        }

        WriteRest(old, name, inserted.Value);
    }

    private void WriteRest(OldModel old, string name, long id)
    {
        var model = old.Model;
        target.Names.Add(name, new NameOwner(id, name, false));
        Count(old, outcome => outcome.Imported++);
        CountCleared(model);
        if (model.Custom.Count > 0)
            model.Set("advanced", "custom_params", JsonSerializer.Serialize(model.Custom));
        if (model.Rejected.Count > 0)
            target.KeepAside(
                "models",
                model.Rejected.Append(new("name", name)).ToDictionary(),
                "Values that could not be read, that the engine would refuse, or names that others have here"
            );
        foreach (var (section, table) in Sections)
            WriteSection(table, model.Sections.GetValueOrDefault(section) ?? [], id);
    }

    // Its other names, where one of them is somebody else's here.
    private void RejectTaken(LegacyModel model, Dictionary<string, object?> row, string name)
    {
        var runtime = model.Sections.GetValueOrDefault("runtime") ?? [];
        foreach (var (values, column) in new[] { (row, "alias"), (runtime, "aliases") })
        {
            var list = values.GetValueOrDefault(column) as string;
            var aliases = ModelNames.Aliases(column == "alias" ? list : null, column == "alias" ? null : list);
            if (aliases.All(alias => target.Names.Refuse(alias) is null))
            {
                foreach (var alias in aliases)
                    target.Names.Add(alias, new NameOwner(0, name, true));
                continue;
            }

            model.Rejected[column] = list;
            values.Remove(column);
        }
    }

    private void WriteSection(string table, Dictionary<string, object?> values, long model)
    {
        var row = Known(table, values);
        (row["model_id"], row["created_at"], row["updated_at"], row["revision"]) = (
            model,
            row.GetValueOrDefault("created_at") ?? target.Now,
            row.GetValueOrDefault("updated_at") ?? target.Now,
            0L
        );
        if (table == "model_fit_params")
            row["fit_params_success"] = row.GetValueOrDefault("fit_params_success") ?? 0L;
        if (target.TryInsert(table, row, row) is null)
            target.TryInsert(
                table,
                new Dictionary<string, object?>
                {
                    ["model_id"] = model,
                    ["created_at"] = target.Now,
                    ["updated_at"] = target.Now,
                    ["revision"] = 0L,
                    ["fit_params_success"] = 0L,
                }
                    .Where(pair => target.Columns(table).Contains(pair.Key))
                    .ToDictionary(),
                row
            );
    }

    // Two models of a file may have one name: the later ones get a number, the same one each time.
    private string NameOf(string name)
    {
        var nth = _names[name] = _names.GetValueOrDefault(name) + 1;
        return nth == 1 ? name : $"{name} ({nth})";
    }

    // Whether the model here came from this very row: by its text id, else by its file and the time it was made.
    private bool IsSame(long here, Dictionary<string, object?> row, Dictionary<string, object?> source)
    {
        if (
            source.GetValueOrDefault("id") is string { Length: > 0 } uid
            && target.Find("SELECT uid FROM models WHERE id = $value", here) is string known
        )
            return known == uid || known.StartsWith(uid + "_", StringComparison.Ordinal);
        return LegacyValues.Same(target.Find("SELECT model_path FROM models WHERE id = $value", here), row.GetValueOrDefault("model_path"))
            && (
                !HasTime(source)
                || LegacyValues.Same(target.Find("SELECT created_at FROM models WHERE id = $value", here), row["created_at"])
            );
    }

    private static bool HasTime(Dictionary<string, object?> source) =>
        LegacyValues.Time(source.GetValueOrDefault("created_at")) is not null;

    private void Count(OldModel old, Action<TableOutcome> add)
    {
        add(target.Report.Table("models"));
        foreach (var (table, _) in old.Rows)
            add(target.Report.Table(table));
    }

    private void KeepAside(OldModel old, string reason)
    {
        target.KeepAside("models", old.Source, reason);
        foreach (var (table, row) in old.Rows)
            target.KeepAside(table, row, reason);
    }

    private Dictionary<string, object?> CoreRow(LegacyModel model, Dictionary<string, object?> source)
    {
        var row = Known("models", model.Core);
        var created = (long?)row.GetValueOrDefault("created_at") ?? target.Now;
        var uid =
            source.GetValueOrDefault("id") is string text && text.Length > 0
                ? text
                : string.Create(CultureInfo.InvariantCulture, $"model_{created}_{Guid.NewGuid().ToString("N")[..9]}");
        if (target.Find("SELECT 1 FROM models WHERE uid = $value", uid) is not null)
            uid = $"{uid}_{Guid.NewGuid().ToString("N")[..4]}";
        row["uid"] = uid;
        row["type"] = row.GetValueOrDefault("type") ?? row.GetValueOrDefault("architecture") ?? "llama";
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
        values
            .Where(pair => target.Columns(table).Contains(pair.Key))
            .ToDictionary(pair => pair.Key, pair => Stored(pair.Key, pair.Value), StringComparer.OrdinalIgnoreCase);

    private object? Stored(string column, object? value) =>
        value switch
        {
            bool flag => flag ? 1L : 0L,
            string secret when ParameterCatalogue.Current.FindColumn(column) is { Secret: true } => secrets.Protect(secret),
            _ => value,
        };

    // Protecting gives another text each time.
    private object? Open(object? stored) => stored is string text ? secrets.Unprotect(text) ?? text : stored;

    private void CountCleared(LegacyModel model)
    {
        foreach (var column in model.Cleared)
            target.Report.Cleared[column] = target.Report.Cleared.GetValueOrDefault(column) + 1;
    }

    // A model with its row and those of its settings, which share its fate.
    private sealed record OldModel(LegacyModel Model, Dictionary<string, object?> Source)
    {
        public List<(string Table, Dictionary<string, object?> Row)> Rows { get; } = [];
    }
}
