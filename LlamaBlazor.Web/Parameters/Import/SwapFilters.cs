using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Parameters.Import.Yaml;

namespace LlamaBlazor.Web.Parameters.Import;

/// <summary>
/// <c>filters</c> of a model in a llama-swap file: request fields for all its names, and for single ones. Names become aliases with these
/// fields; for the
/// model's own name they become its settings, which are the engine's defaults.
/// </summary>
/// <param name="catalogue">The catalogue.</param>
/// <param name="parsed">The model's command; takes settings that it leaves open.</param>
/// <param name="name">The model's name.</param>
/// <param name="filters">The mapping, or null.</param>
/// <param name="macros">Its macros.</param>
internal sealed class SwapFilters(ParameterCatalogue catalogue, ParsedCommand parsed, string name, YamlMap? filters, SwapMacros macros)
{
    // Fields of a request whose setting has another name.
    private static readonly Dictionary<string, string> Columns = new()
    {
        ["max_tokens"] = "predict",
        ["n_predict"] = "predict",
        ["repetition_penalty"] = "repeat_penalty",
    };

    /// <summary>What has no place here.</summary>
    public List<NotUnderstood> Lost { get; } = [];

    /// <summary>What was taken in another way than it was written.</summary>
    public List<IgnoredFlag> Taken { get; } = [];

    /// <summary>Names with fields of their own.</summary>
    public List<AliasVariant> Variants { get; } = [];

    /// <summary>Takes all of it.</summary>
    public void Take()
    {
        if (filters is null)
            return;
        foreach (var (key, _) in filters.Pairs.Where(pair => pair.Key is not ("setParams" or "setParamsByID")))
            Lost.Add(new NotUnderstood("filters", $"{key}: the dashboard passes request fields on as they come."));
        var shared = Fields(filters.Map("setParams"));
        var own = shared;
        foreach (var (id, value) in filters.Map("setParamsByID")?.Pairs ?? [])
        {
            var alias = macros.Expand(id) ?? id;
            var fields = Merge(shared, Fields(value as YamlMap));
            if (alias == name)
                own = fields;
            else
                Add(alias, fields);
        }

        if (own.Count == 0)
            return;
        foreach (var alias in Aliases().Where(alias => !Variants.Exists(variant => variant.Name == alias)).ToList())
            Add(alias, own);
        foreach (var (field, value) in own)
            Set(field, value);
    }

    private IReadOnlyList<string> Aliases() => parsed.Values.TryGetValue("aliases", out var aliases) ? ItemList.Read((string)aliases) : [];

    private void Add(string alias, JsonObject fields)
    {
        Variants.Add(new AliasVariant(alias, fields.Count == 0 ? null : fields.ToJsonString()));
        var others = Aliases().Where(other => other != alias).ToList();
        if (others.Count == 0)
            parsed.Values.Remove("aliases");
        else
            parsed.Values["aliases"] = ItemList.Write(others);
    }

    private void Set(string field, JsonNode? value)
    {
        var token = $"filters.setParams.{field}";
        var column = Columns.GetValueOrDefault(field, field);
        if (
            catalogue.FindColumn(column)
            is not { Section: ConfigSection.Sampling or ConfigSection.Model or ConfigSection.Server or ConfigSection.Advanced } definition
        )
        {
            Lost.Add(
                new NotUnderstood(
                    token,
                    "No setting of a model belongs to this field. Its aliases set it; add one with these fields and use that name."
                )
            );
            return;
        }

        var read = ParameterInput.FromJson(definition, JsonSerializer.SerializeToElement(value));
        if (read.Value is null)
            Lost.Add(new NotUnderstood(token, read.Error ?? "Its value is empty.", definition.Column));
        else if (parsed.Values.TryAdd(definition.Column, read.Value))
            Taken.Add(
                new IgnoredFlag(token, $"It is the model's {definition.Label} now, which requests may overrule; aliases set it for good.")
            );
        else
            Lost.Add(new NotUnderstood(token, "The command sets it to another value, which stays."));
    }

    private static JsonObject Merge(JsonObject first, JsonObject second)
    {
        var merged = (JsonObject)first.DeepClone();
        foreach (var (field, value) in second)
            merged[field] = value?.DeepClone();
        return merged;
    }

    private JsonObject Fields(YamlMap? map)
    {
        var fields = new JsonObject();
        foreach (var (key, value) in map?.Pairs ?? [])
            fields[key] = Json(value);
        return fields;
    }

    private JsonNode? Json(YamlValue value) =>
        value switch
        {
            YamlMap map => Fields(map),
            YamlList list => new JsonArray([.. list.Items.Select(Json)]),
            YamlText { IsNull: true } => null,
            YamlText { IsPlain: true, Text: "true" or "True" } => JsonValue.Create(true),
            YamlText { IsPlain: true, Text: "false" or "False" } => JsonValue.Create(false),
            YamlText { IsPlain: true } text when long.TryParse(text.Text, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(
                whole
            ),
            YamlText { IsPlain: true } text
                when double.TryParse(text.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                    && double.IsFinite(number) => JsonValue.Create(number),
            YamlText text => JsonValue.Create(macros.Expand(text.Text) ?? text.Text),
            _ => null,
        };
}
