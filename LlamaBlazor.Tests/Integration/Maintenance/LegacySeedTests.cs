using System.Globalization;
using System.Text.Json;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Maintenance;
using LlamaBlazor.Web.Maintenance.Legacy;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Maintenance;

/// <summary>Databases by the seeds' own schemas: each cell of each row is found again, in the table of its name or in what is kept
/// aside.</summary>
public sealed class LegacySeedTests : IAsyncLifetime
{
    /// <summary>What does not come as it is: keys of rows, which are given anew, and the states of programs that do not run here.</summary>
    private static readonly HashSet<string> GivenAnew =
    [
        "*.id",
        "image_versions.image_id",
        "audit_log.user_id",
        "*.status",
        "logs.level",
        "schema_version.version",
        "schema_version.applied_at",
    ];

    private readonly AppFixture _app = new();

    public static TheoryData<string> Seeds => [nameof(SeedSchemas.AsyncProxy), nameof(SeedSchemas.Cyllama), nameof(SeedSchemas.Mlenv)];

    public ValueTask InitializeAsync() => _app.InitializeAsync();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task EachCell_IsFoundAgain(string seed)
    {
        var path = LegacyFixtures.Write(_app.Folder.File("old.db"), (string)typeof(SeedSchemas).GetField(seed)!.GetRawConstantValue()!);
        var first = await ImportAsync(path);
        Assert.Equal(seed, first.Kind.ToString());
        Assert.All(
            first.Tables,
            table =>
                Assert.Equal(
                    table.Value.Read,
                    Math.Min(table.Value.Read, table.Value.Imported + table.Value.AlreadyHere + table.Value.KeptAside)
                )
        );
        Assert.Empty(Lost(path));
        var before = Pool();
        var second = await ImportAsync(path);
        Assert.All(second.Tables, table => Assert.Equal(0, table.Value.Imported));
        Assert.Equal(before.Values.Sum(cells => cells.Count), Pool().Values.Sum(cells => cells.Count));
    }

    [Fact]
    public async Task AsyncProxy_ShapeOfTheNetwork_GoesIntoItsColumns()
    {
        await ImportAsync(LegacyFixtures.Write(_app.Folder.File("old.db"), SeedSchemas.AsyncProxy));
        Assert.Equal(
            "32001|4097|11009|33|34|35|mistral",
            Value(
                "SELECT vocab_size || '|' || embedding_size || '|' || ffn_dim || '|' || head_count || '|' || block_count || '|' || "
                    + "head_count_kv || '|' || type FROM models WHERE quantization = 'Q4_K_M'"
            )
        );
        Assert.Null(Value("SELECT params FROM models WHERE quantization = 'Q4_K_M'"));
        Assert.Equal("{\"rope_theta\":500001}", Value("SELECT metadata_json FROM models WHERE quantization = 'Q4_K_M'"));
        Assert.Equal(
            "{\"--a-flag-of-theirs\":[3,\"x\"],\"--a-switch\":true}",
            Value("SELECT custom_params FROM model_advanced_config WHERE custom_params IS NOT NULL")
        );
        Assert.Equal(2L, Value("SELECT count(*) FROM logs WHERE message = 'a line'")); // equal lines are two lines
        Assert.Null(Value("SELECT gpu_memory_total FROM metrics WHERE cpu_usage = 1.25"));
    }

    [Fact]
    public async Task Cyllama_NamesTypesAndSecrets()
    {
        await ImportAsync(LegacyFixtures.Write(_app.Folder.File("old.db"), SeedSchemas.Cyllama));
        Assert.Equal("\"models/plain words.gguf\"", Value("SELECT value FROM config WHERE key = 'default_model'"));
        Assert.DoesNotContain("hf_of_the_old_days", (string)Value("SELECT value FROM config WHERE key = 'hf_token'")!);
        Assert.True((await _app.Http.GetAsync("/api/config")).IsSuccessStatusCode);
        Assert.True((await _app.Http.GetAsync("/api/database/settings")).IsSuccessStatusCode);
        Assert.Equal("nameless", Value("SELECT model_name FROM stats WHERE model_path LIKE 'C:%'"));
        Assert.Equal("qwen3", Value("SELECT type FROM models WHERE name = 'a'"));
        Assert.Equal("/other/a.gguf", Value("SELECT model_path FROM models WHERE name = 'a (2)'"));
        Assert.Equal(2L, Value("SELECT count(*) FROM stats WHERE session_id = 'session1'"));
    }

    [Fact]
    public async Task Mlenv_HoldsNoGpuHere_AndKeepsItsStates()
    {
        await ImportAsync(LegacyFixtures.Write(_app.Folder.File("old.db"), SeedSchemas.Mlenv));
        Assert.Equal(0L, Value("SELECT count(*) FROM gpu_allocations"));
        Assert.Equal(
            ("error", "stopped"),
            (
                Value("SELECT status FROM container_instances WHERE container_id = 'c1'"),
                Value("SELECT status FROM container_instances WHERE container_id = 'c2'")
            )
        );
        Assert.Equal("create", Value("SELECT a.action FROM audit_log a JOIN users u ON u.id = a.user_id WHERE u.name = 'ann'"));
        Assert.Equal("healthy", Value("SELECT status FROM health_checks WHERE container_id = 'c1'"));
    }

    [Fact]
    public async Task WhatRetentionRemoves_IsTold_AndTheDaysOfTheRequestsStay()
    {
        Execute(
            "INSERT INTO stats_daily (day, model_name, requests, failures, cache_hits, prompt_tokens, generated_tokens, "
                + "total_time_ms) VALUES ('2025-06-01', 'other', 1, 0, 0, 1, 1, 1)"
        );
        var path = LegacyFixtures.Write(_app.Folder.File("old.db"), SeedSchemas.Cyllama);
        var report = await ImportAsync(path, dryRun: true);
        Assert.Equal((1L, 2L), (report.Tables["logs"].DueByRetention, report.Tables["stats"].DueByRetention));
        await ImportAsync(path);
        await ImportAsync(path);
        Assert.Equal(
            "2|102|144|2",
            Value(
                "SELECT requests || '|' || prompt_tokens || '|' || generated_tokens || '|' || cache_hits FROM stats_daily WHERE day = "
                    + "'2025-01-01' AND model_name = 'one'"
            )
        );
    }

    [Fact]
    public async Task OddValues_AreKeptAside_AndStopNothing()
    {
        const string Sql = """
            CREATE TABLE models (name TEXT, path TEXT, temperature, custom_params TEXT, flash_attn TEXT, created_at);
            INSERT INTO models VALUES ('m', '/p', 9e999, '{"id":5,"name":"inner","--switch":true,"--off":false,"--list":["a","b"],"--deep":{"a":1}}', 'perhaps', 1e300), ('m', '/q', 0.5, 'no json', 'on', 'soon');
            CREATE TABLE ngc_images_old (a);
            CREATE TABLE metrics (timestamp, cpu_usage, odd TEXT);
            INSERT INTO metrics VALUES (1703123460, 9e999, 'x'), ('never', 1, NULL), (1703123461, 'much', NULL);
            CREATE TABLE server_config (key TEXT, value TEXT);
            INSERT INTO server_config VALUES ('config', '[1,2]');
            CREATE TABLE resource_metrics (container_id TEXT, timestamp, cpu_percent);
            INSERT INTO resource_metrics VALUES (x'00FF', 9e999, 1);
            """;
        var report = await ImportAsync(LegacyFixtures.Write(_app.Folder.File("odd.db"), Sql));
        Assert.Equal(2, report.Tables["models"].Imported);
        Assert.Equal(
            "{\"--id\":5,\"--list\":[\"a\",\"b\"],\"--name\":\"inner\",\"--off\":false,\"--switch\":true}",
            Value("SELECT custom_params FROM model_advanced_config WHERE custom_params LIKE '%switch%'")
        );
        var aside = string.Join(' ', SqliteReadAll("SELECT row_json FROM import_leftovers"));
        foreach (var odd in new[] { "perhaps", "no json", "--deep", "never", "much", "Infinity", "[1,2]" })
            Assert.Contains(odd, aside);
    }

    [Fact]
    public async Task ModelsOfOneName_SecondRows_AndOurOwnValues_LoseNothing()
    {
        Execute(
            "INSERT INTO model_server_config (id, threads_http, created_at, updated_at, revision) VALUES (1, 3, 1, 1, 0); INSERT INTO "
                + "models (uid, name, type, status, role, favorite, file_missing, fit_params_available, created_at, updated_at, "
                + "revision, model_path) VALUES ('mine', 'taken', 'llama', 'stopped', 'model', 0, 0, 0, 1, 1, 0, '/mine.gguf')"
        );
        const string Sql = """
            CREATE TABLE models (id INTEGER PRIMARY KEY, name TEXT, model_path TEXT, created_at INTEGER);
            INSERT INTO models VALUES (1, 'twin', '/a.gguf', 1700000000000), (2, 'twin.gguf', '/b.gguf', 1700000000001), (3, 'taken', '/theirs.gguf', 1700000000002);
            CREATE TABLE model_sampling_config (id INTEGER PRIMARY KEY, model_id INTEGER, temperature REAL, created_at INTEGER, updated_at INTEGER);
            INSERT INTO model_sampling_config VALUES (1, 1, 0.11, 1700000000003, 1700000000004), (2, 2, 0.22, 1, 1), (3, 2, 0.33, 1, 1), (4, 3, 0.44, 1, 1);
            CREATE TABLE model_fit_params (id INTEGER PRIMARY KEY, model_id INTEGER, recommended_ctx_size INTEGER, of_theirs TEXT);
            INSERT INTO model_fit_params VALUES (1, 1, 2048, 'theirs alone');
            CREATE TABLE model_server_config (id INTEGER PRIMARY KEY, threads_http INTEGER);
            INSERT INTO model_server_config VALUES (1, 5), (2, 6);
            """;
        var path = LegacyFixtures.Write(_app.Folder.File("v2.db"), Sql);
        await ImportAsync(path);
        Assert.Equal(
            "0.11|0.22",
            Value(
                "SELECT group_concat(temperature, '|') FROM (SELECT temperature FROM model_sampling_config s JOIN models m ON m.id = "
                    + "s.model_id WHERE m.name LIKE 'twin%' ORDER BY m.name)"
            )
        );
        Assert.Equal(1_700_000_000_003L, Value("SELECT created_at FROM model_sampling_config WHERE temperature = 0.11"));
        Assert.Equal(
            ("/mine.gguf", 3L),
            (Value("SELECT model_path FROM models WHERE name = 'taken'"), Value("SELECT threads_http FROM model_server_config"))
        );
        var aside = string.Join(' ', SqliteReadAll("SELECT row_json FROM import_leftovers"));
        foreach (var kept in new[] { "0.33", "0.44", "theirs alone", "/theirs.gguf", "\"threads_http\":5", "\"threads_http\":6" })
            Assert.Contains(kept, aside);
        var count = Value("SELECT count(*) FROM import_leftovers");
        await ImportAsync(path);
        Assert.Equal((count, 3L), (Value("SELECT count(*) FROM import_leftovers"), Value("SELECT count(*) FROM models")));
    }

    [Fact]
    public async Task AHotJournalAndALog_ComeAlong_AndTheSourceStays()
    {
        var path = LegacyFixtures.Write(
            _app.Folder.File("wal.db"),
            "CREATE TABLE models (name TEXT, temperature REAL); INSERT INTO models VALUES ('early', 0.5);"
        );
        using var old = SqliteSetup.Open(path);
        SqliteSetup.Execute(old, "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; INSERT INTO models VALUES ('late', 0.6);");
        Assert.True(File.Exists(path + "-wal"));
        var before = (await File.ReadAllBytesAsync(path), await File.ReadAllBytesAsync(path + "-wal"));
        Assert.Equal(2, (await ImportAsync(path)).Tables["models"].Imported);
        Assert.Equal(before.Item1, await File.ReadAllBytesAsync(path));
        Assert.Equal(before.Item2, await File.ReadAllBytesAsync(path + "-wal"));

        var damaged = LegacyFixtures.Write(
            _app.Folder.File("damaged.db"),
            "CREATE TABLE models (name TEXT, temperature REAL); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
                + "i < 2000) INSERT INTO models SELECT 'm' || i, 0.5 FROM n;"
        );
        var bytes = await File.ReadAllBytesAsync(damaged);
        Array.Fill(bytes, (byte)0xAB, 4096 * 2, 4096 * 3);
        await File.WriteAllBytesAsync(damaged, bytes);
        var refused = await _app.Services.GetRequiredService<LegacyImport>().RunAsync(damaged, false);
        Assert.Contains("backup of it", string.Join(' ', refused.Failure!.Errors!.Values.SelectMany(words => words)));
    }

    private static bool IsGivenAnew(string table, string column) =>
        GivenAnew.Contains($"*.{column}") || GivenAnew.Contains($"{table}.{column}");

    private async Task<LegacyReport> ImportAsync(string path, bool dryRun = false)
    {
        var result = await _app.Services.GetRequiredService<LegacyImport>().RunAsync(path, dryRun);
        Assert.True(result.IsSuccess, result.Failure?.Message);
        return result.Value;
    }

    // Cells of the old file that are nowhere.
    private List<string> Lost(string path)
    {
        var pool = Pool();
        var lost = new List<string>();
        using var old = SqliteSetup.Open(path);
        foreach (var table in SqliteRead.Tables(old))
        {
            var places = pool.Where(pair =>
                    pair.Key == table
                    || pair.Key == $"aside {table}"
                    || (table == "models" && pair.Key.StartsWith("model_", StringComparison.Ordinal))
                    || (table == "metrics_history" && pair.Key == "metrics")
                )
                .SelectMany(pair => pair.Value)
                .ToHashSet(StringComparer.OrdinalIgnoreCase);
            foreach (
                var (column, value) in SqliteRead
                    .Rows(old, table)
                    .SelectMany(row => row)
                    .Where(cell => cell.Value is not null && !IsGivenAnew(table, cell.Key))
            )
            {
                if (
                    !Forms(value!).Any(places.Contains)
                    && !IsZero(value!)
                    && !IsSpread(column, value!, places)
                    && !LegacyDefaults.IsSeedDefault(LegacyKind.AsyncProxy, column, value)
                )
                    lost.Add($"{table}.{column} = {value}");
            }
        }

        return lost;
    }

    // What a value may have become: itself, milliseconds, JSON text, a name without its ending, one minute.
    private static IEnumerable<string> Forms(object value)
    {
        yield return Text(value);
        yield return LegacyValues.Json(value);
        if (LegacyValues.ModelName(value) is { } name)
            yield return name;
        if (LegacyValues.Time(value) is not { } time)
            yield break;
        yield return Text(time);
        yield return Text(time / 60_000 * 60_000);
    }

    // A JSON object whose every value is somewhere.
    private static bool IsSpread(string column, object value, HashSet<string> places)
    {
        if (column is not ("parameters" or "params") || value is not string text)
            return false;
        using var json = JsonDocument.Parse(text);
        return json
            .RootElement.EnumerateObject()
            .All(property =>
                places.Contains(Text(property.Value.ToString()))
                || places.Any(place => place.Contains(property.Value.GetRawText(), StringComparison.Ordinal))
            );
    }

    // In these columns zero meant nothing at all (acceptance C1.9, C0.15).
    private static bool IsZero(object value) => LegacyValues.Same(value, 0L);

    private static string Text(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;

    // All cells here by table, and those kept aside by the table they come from; secrets opened.
    private Dictionary<string, List<string>> Pool()
    {
        var secrets = _app.Services.GetRequiredService<SecretProtector>();
        var pool = new Dictionary<string, List<string>>();
        using var connection = SqliteSetup.Open(_app.Services.GetRequiredService<DataFolder>().Database);
        foreach (
            var table in SqliteRead
                .Tables(connection)
                .Where(table => table is not ("metrics_history" or "schema_version" or "__EFMigrationsHistory" or "alerts"))
        )
        {
            foreach (
                var row in SqliteRead.Rows(connection, table).Where(row => table != "audit_log" || row["resource_type"] is not "database")
            ) // each import is noted there
            {
                if (table == "import_leftovers")
                {
                    using var json = JsonDocument.Parse((string)row["row_json"]!);
                    foreach (var cell in json.RootElement.EnumerateObject())
                        Add($"aside {row["table_name"]}", cell.Value.ToString());
                }
                else if (
                    table is not ("logs" or "metrics")
                    || Convert.ToInt64(row["timestamp"], CultureInfo.InvariantCulture) < 1_790_000_000_000
                    || row.Values.Any(value => value is "now" or 1.25)
                )
                {
                    foreach (var value in row.Values.OfType<object>())
                        Add(table, Text(value));
                }
            }
        }

        return pool;

        void Add(string table, string text)
        {
            if (!pool.TryGetValue(table, out var cells))
                pool[table] = cells = [];
            var stored = text.StartsWith("\"protected:", StringComparison.Ordinal)
                ? $"\"{secrets.Unprotect(text.Trim('"'))}\""
                : secrets.Unprotect(text) ?? text;
            cells.Add(stored);
        }
    }

    private void Execute(string sql)
    {
        using var connection = SqliteSetup.Open(_app.Services.GetRequiredService<DataFolder>().Database);
        SqliteSetup.Execute(connection, sql);
    }

    private IReadOnlyList<string> SqliteReadAll(string sql)
    {
        using var connection = SqliteSetup.Open(_app.Services.GetRequiredService<DataFolder>().Database);
        return SqliteRead.Column(connection, sql);
    }

    private object? Value(string sql)
    {
        using var connection = SqliteSetup.Open(_app.Services.GetRequiredService<DataFolder>().Database);
        return SqliteSetup.Scalar(connection, sql) is var value and not DBNull ? value : null;
    }
}
