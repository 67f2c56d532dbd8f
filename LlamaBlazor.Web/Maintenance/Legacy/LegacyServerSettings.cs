using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Domain.Maintenance.Legacy;
using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Web.Maintenance.Legacy;

/// <summary>
/// Settings of the server: the one row for all of version 2.0, and the columns each model of the wide table has. There, what all models
/// agree on is the
/// default of all instances; what they do not, and what other kinds say of one model, is that model's own.
/// </summary>
/// <param name="target">The live database.</param>
/// <param name="store">A value as a column holds it: secrets protected.</param>
/// <param name="same">Whether two stored values mean the same.</param>
internal sealed class LegacyServerSettings(LegacyTarget target, Func<string, object?, object?> store, Func<object?, object?, bool> same)
{
    private const string Table = "model_server_config";

    private readonly bool _isShared = LegacySources.Of(target.Report.Kind).SharesServerSettings;

    /// <summary>Writes what is shared, and moves the rest into the models' own section.</summary>
    public void Share(LegacyFile old, LegacyModelConverter converter, List<LegacyModel> models, Action<LegacyModel> countCleared)
    {
        var shared = old.Tables.Contains(Table)
            ? Read(old, converter, countCleared)
            : new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (
            var column in models
                .SelectMany(model => model.Sections.GetValueOrDefault("server")?.Keys ?? Enumerable.Empty<string>())
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .ToList()
        )
        {
            var values = models.Select(model => model.Sections.GetValueOrDefault("server")?.GetValueOrDefault(column)).ToList();
            if (_isShared && values.Skip(1).All(value => LegacyValues.Same(value, values[0])))
                shared[column] = values[0];
            else
                KeepPerModel(models, column);
        }

        if (old.Tables.Contains(Table))
            Count(shared);
        Write(shared);
    }

    // The one row of the file, which a second import finds here.
    private void Count(Dictionary<string, object?> shared)
    {
        var outcome = target.Report.Table(Table);
        if (outcome.Read == 0)
            return;
        var known = shared.Where(pair => target.Columns(Table).Contains(pair.Key)).ToList();
        var here =
            known.Count > 0
            && known.TrueForAll(pair =>
                same(target.Find($"SELECT \"{pair.Key}\" FROM {Table} WHERE id = $value", 1L), store(pair.Key, pair.Value))
            );
        if (here)
            outcome.AlreadyHere++;
        else
            outcome.Imported++;
    }

    private Dictionary<string, object?> Read(LegacyFile old, LegacyModelConverter converter, Action<LegacyModel> countCleared)
    {
        LegacyModel? first = null;
        foreach (var row in old.Rows(Table))
        {
            target.Report.Table(Table).Read++;
            if (first is not null)
            {
                target.KeepAside(Table, row, "There is one row of settings for all");
                continue;
            }

            first = new LegacyModel("server");
            converter.Add(first, row);
            countCleared(first);
            var lost = first
                .Rejected.Concat(first.Core)
                .Concat(first.Custom.Select(pair => new KeyValuePair<string, object?>(pair.Key, pair.Value)))
                .Concat(first.Sections.Where(section => section.Key != "server").SelectMany(section => section.Value))
                .ToDictionary();
            if (lost.Count > 0)
                target.KeepAside(Table, lost, "No setting of the server here, or none that the engine takes");
        }

        return first?.Sections.GetValueOrDefault("server") ?? new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
    }

    private void KeepPerModel(List<LegacyModel> models, string column)
    {
        foreach (var model in models)
        {
            if (model.Sections.GetValueOrDefault("server")?.GetValueOrDefault(column) is not { } value)
                continue;
            if (target.Columns("model_server_override").Contains(column))
                model.Set("server_override", column, value);
            else if (!IsEngineDefault(column, value)) // which says nothing
                target.KeepAside(
                    "models",
                    new Dictionary<string, object?> { ["name"] = model.Name, [column] = value },
                    $"{column} is one setting for all here"
                );
        }
    }

    private static bool IsEngineDefault(string column, object value) =>
        ParameterCatalogue.Current.FindColumn(column) is { } setting && ParameterValue.IsDefault(setting, value);

    private void Write(Dictionary<string, object?> shared)
    {
        var known = shared
            .Where(pair => target.Columns(Table).Contains(pair.Key))
            .ToDictionary(pair => pair.Key, pair => store(pair.Key, pair.Value));
        if (known.Count == 0)
            return;
        if (target.Find($"SELECT 1 FROM {Table} WHERE id = $value", 1L) is null)
            target.TryInsert(
                Table,
                new Dictionary<string, object?>
                {
                    ["id"] = 1L,
                    ["created_at"] = target.Now,
                    ["updated_at"] = target.Now,
                    ["revision"] = 0L,
                },
                known
            );
        var others = target.FillUnset(Table, "id", 1L, known, same);
        if (others.Count > 0)
            target.KeepAside(Table, others, "It is set here already, to another value");
    }
}
