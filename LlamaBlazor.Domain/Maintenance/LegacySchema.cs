namespace LlamaBlazor.Domain.Maintenance;

/// <summary>The databases of earlier dashboards that can be read.</summary>
// in words, wherever it is told
[System.Text.Json.Serialization.JsonConverter(typeof(System.Text.Json.Serialization.JsonStringEnumConverter<LegacyKind>))]
public enum LegacyKind
{
    /// <summary>None of them.</summary>
    Unknown,

    /// <summary>One wide table of models, some subset of its 176 columns (seed S2).</summary>
    WideV1,

    /// <summary>The async proxy dashboard (seed S1): text ids, seconds, JSON parameters.</summary>
    AsyncProxy,

    /// <summary>The normalised schema 2.0 of the TypeScript dashboard (seed S0).</summary>
    V2,

    /// <summary>cyllama (seed S3).</summary>
    Cyllama,

    /// <summary>MLEnv (seed S4).</summary>
    Mlenv,

    /// <summary>A database of this dashboard: for backup, restore and merge, not for this import.</summary>
    Ours,
}

/// <summary>Tells the kinds apart by tables and columns; versions written inside are not trusted.</summary>
public static class LegacySchema
{
    /// <summary>The kind of a database.</summary>
    /// <param name="tables">Columns by table.</param>
    public static LegacyKind Recognise(IReadOnlyDictionary<string, IReadOnlyList<string>> tables)
    {
        if (tables.ContainsKey("__EFMigrationsHistory"))
            return LegacyKind.Ours;
        if (tables.ContainsKey("ngc_images") || tables.ContainsKey("container_instances"))
            return LegacyKind.Mlenv;
        if (tables.ContainsKey("model_sampling_config"))
            return LegacyKind.V2;
        if (Has("cache", "cache_key") || Has("stats", "generated_tokens") || Has("models", "filename"))
            return LegacyKind.Cyllama;
        if (Has("models", "parameters") || (Has("models", "favorite") && Has("models", "params")))
            return LegacyKind.AsyncProxy;
        if (Has("models", "name"))
            return LegacyKind.WideV1;
        return Has("logs", "source") || Has("server_config", "value") ? LegacyKind.AsyncProxy : LegacyKind.Unknown;

        bool Has(string table, string column) =>
            tables.TryGetValue(table, out var columns) && columns.Contains(column, StringComparer.OrdinalIgnoreCase);
    }
}
