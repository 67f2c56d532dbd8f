using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Maintenance.Legacy;
using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Domain.Maintenance;

/// <summary>Converts rows of models, by the name of their columns: whatever subset there is, in whatever order.</summary>
/// <param name="kind">The database they come from.</param>
/// <param name="catalogue">The parameters.</param>
public sealed class LegacyModelConverter(LegacyKind kind, ParameterCatalogue catalogue)
{
    private static readonly HashSet<string> Text = new(StringComparer.OrdinalIgnoreCase)
    {
        "type",
        "model_path",
        "params",
        "quantization",
        "format",
        "architecture",
        "chat_template",
        "metadata_json",
        "tags",
        "notes",
    };

    private static readonly HashSet<string> Whole = new(StringComparer.OrdinalIgnoreCase)
    {
        "file_size_bytes",
        "context_length",
        "vocab_size",
        "embedding_size",
        "block_count",
        "head_count",
        "head_count_kv",
        "ffn_dim",
        "file_type",
    };

    private static readonly HashSet<string> Times = new(StringComparer.OrdinalIgnoreCase)
    {
        "created_at",
        "updated_at",
        "first_seen_at",
        "last_used_at",
        "last_fit_params_check",
    };

    private static readonly HashSet<string> Dropped = new(StringComparer.OrdinalIgnoreCase)
    {
        "id",
        "name",
        "filename",
        "status",
        "runtime_status",
        "model_id",
    };

    private readonly ILegacySource _source = LegacySources.Of(kind);

    /// <summary>A row of the table of models; null when it has no name.</summary>
    /// <param name="row">Values by column.</param>
    public LegacyModel? Convert(IReadOnlyDictionary<string, object?> row)
    {
        var name = (row.GetValueOrDefault("name") ?? row.GetValueOrDefault("filename"))?.ToString()?.Trim();
        if (string.IsNullOrEmpty(name))
            return null;
        var model = new LegacyModel(name.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) ? name[..^5] : name);
        foreach (var (column, value) in row.Where(pair => !Dropped.Contains(pair.Key)))
            Take(model, column, value);
        _source.Finish(model);
        return model;
    }

    /// <summary>Adds the columns of a row of a config table.</summary>
    /// <param name="model">The model.</param>
    /// <param name="row">Values by column.</param>
    public void Add(LegacyModel model, IReadOnlyDictionary<string, object?> row)
    {
        foreach (var (column, value) in row.Where(pair => !Times.Contains(pair.Key) && !Dropped.Contains(pair.Key)))
            Take(model, column, value);
    }

    private void Take(LegacyModel model, string source, object? value)
    {
        var column = _source.ModelColumns.GetValueOrDefault(source, source);
        if (value is null || (value is string text && string.IsNullOrWhiteSpace(text)))
            return;
        if (column is "parameters" or "custom_params")
            TakeJson(model, column, value.ToString()!);
        else if (catalogue.FindColumn(column) is { Section: { } section } definition && !IsFact(column))
            TakeParameter(model, section, definition, value);
        else
            TakeFact(model, column, value);
    }

    private bool IsFact(string column) =>
        (Text.Contains(column) || Whole.Contains(column))
        && (_source.HasTemplateOfFile || !column.Equals("chat_template", StringComparison.OrdinalIgnoreCase));

    private void TakeParameter(LegacyModel model, string section, ParameterDefinition definition, object value)
    {
        if (LegacyDefaults.IsSeedDefault(_source.Kind, definition.Column, value))
            model.Cleared.Add(definition.Column);
        else if (
            Convert(definition, value, out var converted)
            && ParameterValidator.Check(catalogue, definition, converted) is not { IsError: true }
        )
            model.Set(section, definition.Column, converted);
        else
            model.Rejected[definition.Column] = value; // the engine would refuse to start with it
    }

    // Of a template, a grammar or JSON each character counts, its last line end too.
    private static bool Convert(ParameterDefinition definition, object value, out object? converted)
    {
        if (definition.Kind is not (ParameterKind.Lines or ParameterKind.Json) || value is not string text)
            return LegacyValues.TryConvert(value, definition.ValueType, out converted);
        converted = text;
        return true;
    }

    private static void TakeFact(LegacyModel model, string column, object value)
    {
        if (Text.Contains(column))
            model.Core[column] = value.ToString();
        else if (Times.Contains(column))
            model.Core[column] = LegacyValues.Time(value);
        else if (Whole.Contains(column))
            SetKnown(model, column, value);
        else if (
            column.Equals("favorite", StringComparison.OrdinalIgnoreCase)
            || column.Equals("fit_params_available", StringComparison.OrdinalIgnoreCase)
        )
            model.Core[column] = LegacyValues.Same(value, 1L) ? 1L : 0L;
        else if (value is string && SecretWords.IsSecret(column))
            model.Rejected[column] = value; // kept aside, where secrets are protected
        else
            model.Custom["--" + column.Replace('_', '-')] = value;
    }

    // Zero meant "not known" in these columns (acceptance C1.9).
    private static void SetKnown(LegacyModel model, string column, object value)
    {
        if (!LegacyValues.TryConvert(value, typeof(long), out var number))
            model.Rejected[column] = value;
        else if (number is not 0L)
            model.Core[column] = number;
    }

    // {"temperature": 0.7, "--flag": 1}: what has a column goes there, the rest stays a flag, with the type it has: true is a flag without
    // a value.
    private void TakeJson(LegacyModel model, string column, string json)
    {
        var read = ForeignJson.Parse(json);
        using var document = read.IsSuccess ? read.Value : null;
        if (document is not { RootElement.ValueKind: JsonValueKind.Object })
        {
            model.Rejected[column] = json;
            return;
        }

        var properties = document.RootElement.EnumerateObject().Where(property => property.Value.ValueKind != JsonValueKind.Null).ToList();
        // After what decides on them.
        foreach (
            var property in properties.OrderBy(property => catalogue.FindFlag(property.Name) is { Emission: Emission.Removed } ? 1 : 0)
        )
        {
            var name = property.Name.TrimStart('-');
            var option = catalogue.FindFlag(property.Name) ?? catalogue.FindFlag("--" + name);
            var known = option is { HasColumn: true } ? option.Column : name.Replace('-', '_');
            if (option is { Emission: Emission.Removed, HasColumn: false })
                TakeRemoved(model, option, property);
            else if (option is { HasColumn: true, ValueType: var type } && type == typeof(bool))
                TakeSwitch(model, option, property, chosen: column == "custom_params" || property.Name.StartsWith('-'));
            else if (catalogue.FindColumn(known) is { Section: not null } && known != "custom_params" && !IsFact(known))
                Take(model, known, Plain(property.Value));
            else
                TakeFlag(model, name, property.Value);
        }
    }

    // The flag as it was written decides: --no-mmap true is mmap 0. One that somebody wrote as a flag was chosen, also where it equals a
    // default of the seed.
    private void TakeSwitch(LegacyModel model, ParameterDefinition option, JsonProperty property, bool chosen)
    {
        var spelling = catalogue.FindFlag(property.Name) is null ? "--" + property.Name.TrimStart('-') : property.Name;
        var value = Plain(property.Value) is "" ? true : Plain(property.Value);
        if (!LegacyValues.TryConvert(value, typeof(bool), out var converted) || converted is not bool on)
            model.Rejected[property.Name] = value;
        else if (!chosen)
            Take(model, option.Column, option.Says(spelling, on));
        else
            model.Set(option.Section!, option.Column, option.Says(spelling, on));
    }

    private void TakeRemoved(LegacyModel model, ParameterDefinition removed, JsonProperty property)
    {
        string? Lora(string column) => model.Sections.GetValueOrDefault("lora")?.GetValueOrDefault(column)?.ToString();
        var heirs = RemovedFlags.Heirs(catalogue, removed, Lora("spec_type"), Lora("model_draft") is not null);
        foreach (var heir in heirs)
            Take(model, heir.Column, Plain(property.Value));
        if (heirs.Count == 0)
            model.Rejected[property.Name] = Plain(property.Value);
    }

    private void TakeFlag(LegacyModel model, string name, JsonElement value)
    {
        var flag = "--" + name.Replace('_', '-');
        if (
            CustomParameters.Refuse(catalogue, flag) is null
            && IsFlagValue(value)
            && !(value.ValueKind == JsonValueKind.String && SecretWords.IsSecret(name))
        )
            model.Custom[flag] = value.Clone();
        else
            model.Rejected[flag] = Plain(value);
    }

    private static bool IsFlagValue(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => false,
            JsonValueKind.Array => value.EnumerateArray().All(item => item.ValueKind is JsonValueKind.String or JsonValueKind.Number),
            _ => true,
        };

    // As a column stores it.
    private static object? Plain(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number => value.TryGetInt64(out var whole) ? whole : value.GetDouble(),
            JsonValueKind.String => value.GetString(),
            _ => value.GetRawText(),
        };
}
