using System.Text.Json;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>Reads one entry of <c>Catalogue/llama-server.json</c>. By hand, so that the catalogue is there in milliseconds at
/// start.</summary>
internal static class ParameterReader
{
    public static ParameterDefinition Read(JsonElement entry)
    {
        var section = Text(entry, "section");
        var column = Text(entry, "column") ?? "";
        var type = section is null || column.Length == 0 ? typeof(string) : ValueType(section, column);
        var emission = ReadEmission(Text(entry, "emit"));
        return ReadSpelling(entry) with
        {
            Emission = emission,
            Kind = ReadKind(entry, emission, type),
            Section = section,
            Tab = Text(entry, "tab"),
            Group = Text(entry, "group") ?? "",
            Column = column,
            Label = Text(entry, "label") ?? Text(entry, "flag") ?? "",
            Description = Text(entry, "description") ?? "",
            Note = Text(entry, "note"),
            Unset = Text(entry, "unset"),
            ValueHint = Text(entry, "value_hint"),
            Unit = Text(entry, "unit"),
            Choices = [.. Texts(entry, "values").Where(word => !word.StartsWith('<'))],
            Suggestions = Texts(entry, "suggestions"),
            Min = Number(entry, "min"),
            Max = Number(entry, "max"),
            Limits = Text(entry, "limits") switch
            {
                "enforced" => LimitKind.Enforced,
                "advisory" => LimitKind.Advisory,
                _ => LimitKind.None,
            },
            Forbidden = entry.TryGetProperty("forbidden", out var forbidden)
                ? [.. forbidden.EnumerateArray().Select(item => item.GetInt64())]
                : [],
            Default = ReadDefault(entry, type, Flag(entry, "inverted")),
            ValueType = type,
            CanForce = Flag(entry, "explicit_default_differs"),
            MasksModelMetadata = Flag(entry, "masks_model_metadata"),
            Inverted = Flag(entry, "inverted"),
            Secret = Flag(entry, "secret"),
            PerModel = Flag(entry, "per_model"),
            KeptOnly = Flag(entry, "kept_only"),
            Shortcut = Flag(entry, "shortcut"),
            Repeatable = Flag(entry, "repeatable"),
        };
    }

    private static ParameterDefinition ReadSpelling(JsonElement entry) =>
        new()
        {
            Flag = Text(entry, "flag"),
            Aliases = Texts(entry, "aliases"),
            Negation = Text(entry, "negation"),
            NegationAliases = Texts(entry, "negation_aliases"),
            Env = Text(entry, "env"),
            EnvNegation = Text(entry, "env_negation"),
            OldestAlias = entry.TryGetProperty("oldest_alias", out var oldest) ? Text(oldest, "flag") : null,
            ReplacedBy = Text(entry, "replaced_by"),
            Router = Text(entry, "router") ?? "instance",
            FitParams = Flag(entry, "fit_params"),
            Since = Text(entry, "since"),
        };

    private static Type ValueType(string section, string column)
    {
        // The server settings hold every column of the section; a model's overrides only some.
        var row = section == ConfigSection.Server ? typeof(ServerConfig) : ConfigSection.RowType(section);
        return ColumnMap.For(row).TypeOf(column);
    }

    private static Emission ReadEmission(string? word) =>
        word switch
        {
            null => Emission.None,
            "pair" => Emission.Pair,
            "flag" => Emission.Flag,
            "value" => Emission.Value,
            "csv" => Emission.Csv,
            "semicolon" => Emission.Semicolon,
            "repeat" => Emission.Repeat,
            "two-values" => Emission.TwoValues,
            "action" => Emission.Action,
            "removed" => Emission.Removed,
            _ => throw new InvalidOperationException($"The catalogue names an unknown way to emit: {word}"),
        };

    private static ParameterKind ReadKind(JsonElement entry, Emission emission, Type type) =>
        (Text(entry, "editor"), Text(entry, "type")) switch
        {
            ("json", _) or (_, "json") => ParameterKind.Json,
            ("lines", _) => ParameterKind.Lines,
            ("items", _) => ParameterKind.Items,
            (_, "bool" or "flag") => ParameterKind.Switch,
            (_, "enum") => ParameterKind.Choice,
            (_, "path") => ParameterKind.Path,
            (_, "list") => emission == Emission.Repeat ? ParameterKind.Items : ParameterKind.List,
            _ when type == typeof(long) => ParameterKind.WholeNumber,
            _ when type == typeof(double) => ParameterKind.Number,
            _ => ParameterKind.Text,
        };

    // The catalogue gives the flag's default; a column that says the opposite has the opposite default.
    private static object? ReadDefault(JsonElement entry, Type type, bool inverted)
    {
        if (!entry.TryGetProperty("default", out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        if (Text(entry, "column") == "metrics_enabled")
            return true; // the dashboard reads the counters, so it passes the flag unless told not to (acceptance C0.5)
        if (type == typeof(bool))
            return value.GetBoolean() != inverted;
        if (type == typeof(long))
            return value.ValueKind == JsonValueKind.String ? long.Parse(value.GetString()!) : value.GetInt64();
        if (type == typeof(double))
            return value.GetDouble();
        return value.ValueKind switch
        {
            JsonValueKind.Array => ItemList.Write([.. value.EnumerateArray().Select(item => item.GetString()!)]),
            JsonValueKind.String => value.GetString() is { Length: > 0 } text ? text : null,
            _ => value.GetRawText(),
        };
    }

    private static string? Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string[] Texts(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
            : [];

    private static double? Number(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    private static bool Flag(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
}
