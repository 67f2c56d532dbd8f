using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Maintenance;
using LlamaBlazor.Web.Maintenance.Legacy;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Row = System.Collections.Generic.Dictionary<string, object?>;

namespace LlamaBlazor.Tests.Integration.Maintenance;

/// <summary>The dashboard that came before, both schemas whole: each cell of each row stands here as the source has it, but for the columns
/// of <see cref="Differs"/>, and a second import changes nothing at all.</summary>
public sealed class LegacyDashboardTests : IAsyncLifetime
{
    private const string Chosen = "Größe 7B (it's) v1.2";
    private const string Server = "model_server_config";
    private const string Samples =
        "cpu_usage, memory_usage, disk_usage, gpu_usage, gpu_temperature, gpu_memory_used, gpu_memory_total, gpu_power_usage, "
        + "active_models, uptime, requests_per_minute";
    private const string Never = "\u0001not a value of this column";

    /// <summary>The columns that come as something else, each with why.</summary>
    private static readonly Dictionary<string, string> Differs = new()
    {
        ["*.id"] = "keys of rows are given anew",
        ["*.model_id"] = "the model's key here",
        ["models.name"] = "a name has no .gguf",
        ["models.status"] = "nothing of theirs runs here",
        ["*.created_at"] = "seconds become milliseconds",
        ["*.updated_at"] = "seconds become milliseconds",
        ["models.last_fit_params_check"] = "seconds become milliseconds",
        ["model_fit_params.fit_params_analyzed_at"] = "seconds become milliseconds",
        ["models.hf_token"] = "protected at rest",
        [$"{Server}.created_at"] = "the one row of the server is this dashboard's own",
        [$"{Server}.updated_at"] = "the one row of the server is this dashboard's own",
        [$"{Server}.api_key"] = "protected at rest",
        ["model_advanced_config.custom_params"] = "flags in order of their names, their values as JSON",
    };

    /// <summary>Settings of <see cref="Row"/>s of defaults that are unset though the engine's default is the same, with why.</summary>
    private static readonly Dictionary<string, string> UnsetAllTheSame = new()
    {
        ["threads"] = "said aloud, -1 is all logical CPUs and no longer the physical cores",
        ["dry_penalty_last_n"] = "-1 is what the engine takes without it",
    };

    /// <summary>Settings whose seed default stays though the engine's differs, with why.</summary>
    private static readonly Dictionary<string, string> KeptAllTheSame = new()
    {
        ["metrics_enabled"] = "the dashboard reads the engine's metrics",
        ["gpu_layers"] = "-1 is the engine's auto",
        ["verbose_prompt"] = "never emitted, llama.cpp has it no more",
    };

    private readonly AppFixture _app = new();

    public static TheoryData<string> Schemas => ["wide", "v2"];

    public ValueTask InitializeAsync() => _app.InitializeAsync();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [MemberData(nameof(Schemas))]
    public async Task EachCell_StandsHereAsThere_AndASecondImportChangesNothing(string schema)
    {
        using var old = SeedDashboard.Open(_app.Folder.File("old.db"), schema == "wide");
        SeedDashboard.Insert(old, Chosen + ".gguf", SeedDashboard.Chosen);
        SeedDashboard.Insert(old, "of defaults", new Dictionary<string, object>());
        SeedDashboard.Insert(old, "empty", SeedDashboard.Settings(old).ToDictionary(column => column, _ => (object)""));
        SeedDashboard.AddTheRest(old);
        var report = await ImportAsync(old);
        Assert.Equal(schema == "wide" ? "WideV1" : "V2", report.Kind.ToString());
        AssertNone(Wrong(old));
        var before = Everything();
        var second = await ImportAsync(old);
        Assert.All(second.Tables, table => Assert.Equal((table.Key, 0), (table.Key, table.Value.Imported)));
        Assert.Equal(before, Everything());
    }

    [Theory]
    [MemberData(nameof(Schemas))]
    public async Task WhatTheEngineWouldRefuse_IsUnset_AndKeptUnderItsColumn(string schema)
    {
        using var old = SeedDashboard.Open(_app.Folder.File("old.db"), schema == "wide");
        var settings = SeedDashboard.Settings(old).Where(column => column is not ("custom_params" or "model_path")).ToList();
        SeedDashboard.Insert(old, "wrong", settings.ToDictionary(column => column, _ => (object)Never));
        await ImportAsync(old);
        var stored = Here("models", "wrong")
            .Concat(SeedDashboard.SectionTables.SelectMany(table => Here(table, "wrong")))
            .Concat(Here(Server, null)!);
        Assert.DoesNotContain(stored, cell => settings.Contains(cell.Key) && cell.Value is not null);
        var kept = Aside().Where(cell => Equals(cell.Value, Never)).Select(cell => cell.Column).ToHashSet();
        Assert.All(settings, column => Assert.True(kept.Contains(column) || kept.Contains("--" + column), column));
        var before = Everything();
        await ImportAsync(old);
        Assert.Equal(before, Everything());
    }

    [Fact]
    public async Task ServerSettingsThatAllModelsShare_AreTheServers()
    {
        using var old = SeedDashboard.Open(_app.Folder.File("old.db"), wide: true);
        SeedDashboard.Insert(old, "one", SeedDashboard.Chosen);
        SeedDashboard.Insert(old, "two", SeedDashboard.Chosen);
        await ImportAsync(old);
        var source = SeedDashboard
            .Chosen.Where(pair => ServerColumns.Contains(pair.Key))
            .ToDictionary(pair => pair.Key, pair => (object?)pair.Value);
        Assert.Equal(40, source.Count);
        AssertNone(Compare(Server, source, Here(Server, null)));
        Assert.Equal(0L, Value("SELECT count(*) FROM import_leftovers"));
    }

    private static readonly HashSet<string> Keys = ["id", "name", "type", "status", "model_id", "created_at", "updated_at"];

    private static HashSet<string> ServerColumns { get; } = ColumnsOf(Server);

    private static HashSet<string> ColumnsOf(string table)
    {
        using var schema = SeedDashboard.Memory();
        return SqliteRead.Columns(schema, table).Where(column => !Keys.Contains(column)).ToHashSet();
    }

    private static void AssertNone(IEnumerable<string> wrong) =>
        Assert.True(wrong.ToList() is { Count: 0 }, string.Join('\n', wrong.Take(100)));

    // Cells that are neither what the source says nor what the lists above allow.
    private IEnumerable<string> Wrong(SqliteConnection old)
    {
        var isWide = !SqliteRead.Tables(old).Contains(Server);
        var tables = SeedDashboard.SectionTables.Where(table => !isWide || table != "model_fit_params").Prepend("models").ToList();
        foreach (var model in SqliteRead.Rows(old, "models"))
        {
            var name = ((string)model["name"]!).Replace(".gguf", "", StringComparison.Ordinal);
            foreach (var table in tables)
            {
                var source = isWide
                    ? model.Where(cell => ColumnsOf(table).Contains(cell.Key) || (table == "models" && Keys.Contains(cell.Key)))
                    : SqliteRead.Rows(old, table).Single(row => Equals(row[table == "models" ? "id" : "model_id"], model["id"]));
                foreach (var wrong in Compare(table, source.ToDictionary(), Here(table, name)))
                    yield return $"{name}: {wrong}";
            }

            if (isWide)
            {
                // What has no place of its own for one model, and is what the engine does anyway, says nothing.
                var own = model.Where(cell => ServerColumns.Contains(cell.Key) && !SaysNothing(cell.Key, cell.Value)).ToDictionary();
                foreach (var wrong in Compare(Server, own, OfOneModel(name)))
                    yield return $"{name}: {wrong}";
            }
        }

        if (!isWide)
        {
            foreach (var wrong in Compare(Server, SqliteRead.Rows(old, Server).Single(), Here(Server, null)))
                yield return wrong;
        }

        foreach (var wrong in WrongOfTheRest(old))
            yield return wrong;
    }

    private IEnumerable<string> WrongOfTheRest(SqliteConnection old)
    {
        // The mean of a minute; and one without a GPU, which all zeros mean.
        string Minute(long at) =>
            string.Join('|', Rows($"SELECT {Samples} FROM metrics WHERE timestamp = {at}").Single().Values.Select(Text));
        Assert.Equal("15.5|25.5|35.5|45.5|55.5|65.5|24576.5|75.5|3|105|4.5", Minute(1_699_999_980_000));
        Assert.Equal("1|2|3||||||0|190|0", Minute(1_700_000_040_000));
        foreach (var row in SqliteRead.Rows(old, "metadata").Where(row => row["key"] is not "db_version")) // ours stays
        {
            var here = Rows("SELECT * FROM metadata").Single(fact => Equals(fact["key"], row["key"]));
            if (!Equals(here["value"], row["value"]) || !Equals(here["updated_at"], Milliseconds(row["updated_at"])))
                yield return $"metadata {row["key"]}: {row["value"]} is {here["value"]}, {here["updated_at"]}";
        }
    }

    // What a model of the wide table says of its server: its own override where there is one, else what is kept aside.
    private Row OfOneModel(string name)
    {
        var own = Here("model_server_override", name);
        foreach (var cell in Aside().Where(cell => cell.Model == name))
            own.TryAdd(cell.Column, cell.Value);
        foreach (var (column, value) in Here(Server, null).Where(cell => cell.Value is not null))
            own[column] = own.GetValueOrDefault(column) ?? value;
        return own;
    }

    private static IEnumerable<string> Compare(string table, Row source, Row here)
    {
        foreach (var (column, value) in source)
        {
            var expected = Expected(table, column, value);
            var found = here.GetValueOrDefault(column);
            if (column == "custom_params" && expected is string)
                (expected, found) = (Sorted(expected), Sorted(found));
            if (column is "id" or "model_id" || (table == Server && column is "created_at" or "updated_at"))
                continue;
            if (!Equals(Text(expected), Text(found)))
                yield return $"{table}.{column}: {value ?? "NULL"} should be {expected ?? "NULL"}, is {found ?? "NULL"}";
        }
    }

    private static object? Expected(string table, string column, object? value)
    {
        var differs = Differs.GetValueOrDefault($"{table}.{column}") ?? Differs.GetValueOrDefault($"*.{column}");
        if (value is null or "")
            return null;
        if (differs is not null && differs.StartsWith("seconds", StringComparison.Ordinal))
            return Milliseconds(value);
        if (table == "models" && column is "name" or "status")
            return column == "status" ? "stopped" : ((string)value).Replace(".gguf", "", StringComparison.Ordinal);
        if (ParameterCatalogue.Current.FindColumn(column) is not { Section: not null } setting || table == "model_fit_params")
            return value;
        if (!IsSeedDefault(table, column, value) || KeptAllTheSame.ContainsKey(column))
            return value;
        return UnsetAllTheSame.ContainsKey(column) || !Equals(Text(setting.Default), Text(value)) ? null : value;
    }

    private static bool SaysNothing(string column, object? value) =>
        ParameterCatalogue.Current.FindColumn(column) is { PerModel: false } setting
        && LegacyValues.TryConvert(value, setting.ValueType, out var converted)
        && converted is not null
        && ParameterValue.IsDefault(setting, converted);

    private static bool IsSeedDefault(string table, string column, object value)
    {
        using var schema = SeedDashboard.Memory();
        return SqliteRead
            .Column(schema, $"SELECT coalesce(trim(dflt_value, ''''), '') FROM pragma_table_info('{table}') WHERE name = '{column}'")
            .Contains(Text(value));
    }

    private static long Milliseconds(object? time) => (long)time! is > 0 and < 100_000_000_000 ? (long)time * 1000 : (long)time;

    private static string? Sorted(object? json) =>
        json is null
            ? null
            : new JsonObject(
                JsonNode
                    .Parse((string)json)!
                    .AsObject()
                    .OrderBy(pair => pair.Key, StringComparer.Ordinal)
                    .Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()))
            ).ToJsonString();

    // A number has one text, whatever its column's type.
    private static string? Text(object? value) =>
        value switch
        {
            null => null,
            bool flag => flag ? "1" : "0",
            string text => double.TryParse(
                text,
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var number
            ) && !text.Contains('\n', StringComparison.Ordinal)
                ? number.ToString("R", CultureInfo.InvariantCulture)
                : text,
            long whole => whole.ToString(CultureInfo.InvariantCulture),
            _ => Convert.ToDouble(value, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture),
        };

    private Row Here(string table, string? model)
    {
        var where =
            model is null ? "id = 1"
            : table == "models" ? "name = $name"
            : "model_id = (SELECT id FROM models WHERE name = $name)";
        var secrets = _app.Services.GetRequiredService<SecretProtector>();
        var row = Rows($"SELECT * FROM {table} WHERE {where}", model).SingleOrDefault() ?? [];
        foreach (var (column, value) in row.ToList())
            row[column] = value is string text ? secrets.Unprotect(text) ?? text : value;
        return row;
    }

    // Each cell that is kept aside, with the model it belongs to.
    private IEnumerable<(string? Model, string Column, object? Value)> Aside()
    {
        var secrets = _app.Services.GetRequiredService<SecretProtector>();
        foreach (var row in Rows("SELECT row_json FROM import_leftovers"))
        {
            using var json = JsonDocument.Parse((string)row["row_json"]!);
            var model = json.RootElement.TryGetProperty("name", out var name) ? name.GetString() : null;
            foreach (var cell in json.RootElement.EnumerateObject())
                yield return (
                    model,
                    cell.Name,
                    cell.Value.ValueKind switch
                    {
                        JsonValueKind.True => 1L,
                        JsonValueKind.False => 0L,
                        JsonValueKind.Number => cell.Value.TryGetInt64(out var whole) ? whole : cell.Value.GetDouble(),
                        JsonValueKind.String => secrets.Unprotect(cell.Value.GetString()!) ?? cell.Value.GetString(),
                        _ => cell.Value.GetRawText(),
                    }
                );
        }
    }

    // All rows of all tables that an import writes, in full.
    private string Everything()
    {
        using var connection = SqliteSetup.Open(_app.Services.GetRequiredService<DataFolder>().Database);
        return string.Join(
            '\n',
            SqliteRead
                .Tables(connection)
                .Where(table =>
                    table.StartsWith("model", StringComparison.Ordinal)
                    || table is "import_leftovers" or "config" or "server_config" or "stats_daily"
                )
                .SelectMany(table => SqliteRead.Rows(connection, table).Select(row => $"{table} {string.Join('|', row.Values)}"))
                .Concat(
                    SqliteRead
                        .Rows(connection, "metadata")
                        .Where(row => row["updated_at"] is < 1_790_000_000_000L)
                        .Select(row => string.Join('|', row.Values))
                )
                .Concat(
                    SqliteRead
                        .Rows(connection, "metrics")
                        .Where(row => row["timestamp"] is < 1_790_000_000_000L)
                        .Select(row => string.Join('|', row.Values))
                )
        );
    }

    private async Task<LegacyReport> ImportAsync(SqliteConnection old)
    {
        var result = await _app.Services.GetRequiredService<LegacyImport>().RunAsync(old.DataSource, false);
        Assert.True(result.IsSuccess, result.Failure?.Message);
        return result.Value;
    }

    private List<Row> Rows(string sql, string? name = null)
    {
        using var connection = SqliteSetup.Open(_app.Services.GetRequiredService<DataFolder>().Database);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        if (name is not null)
            command.Parameters.AddWithValue("$name", name);
        using var reader = command.ExecuteReader();
        var rows = new List<Row>();
        while (reader.Read())
            rows.Add(
                Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, i => reader.IsDBNull(i) ? null : reader.GetValue(i))
            );
        return rows;
    }

    private object? Value(string sql) => Rows(sql).Single().Values.Single();
}
