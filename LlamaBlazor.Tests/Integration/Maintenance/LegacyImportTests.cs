using System.Security.Cryptography;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Maintenance;
using LlamaBlazor.Web.Maintenance.Legacy;
using LlamaBlazor.Web.Models.Library;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Maintenance;

/// <summary>Each kind of old database, converted and compared column by column; twice, and dry.</summary>
public sealed class LegacyImportTests : IAsyncLifetime
{
    private readonly AppFixture _app = new();

    public ValueTask InitializeAsync() => _app.InitializeAsync();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task WideV1_IsSpreadOverTheTables()
    {
        var report = await ImportAsync(LegacyFixtures.WideV1);
        Assert.Equal(LegacyKind.WideV1, report.Kind);
        Assert.Equal((4, 3), (report.Table("models").Read, report.Table("models").Imported));
        var llama = One(
            "SELECT m.*, s.temperature, s.top_p, s.min_p, s.ignore_eos, s.mirostat, y.mmap, g.kv_offload, g.gpu_layers, "
                + "g.tensor_split, a.custom_params FROM models m JOIN model_sampling_config s ON s.model_id = m.id JOIN "
                + "model_memory_config y ON y.model_id = m.id JOIN model_gpu_config g ON g.model_id = m.id JOIN model_advanced_config "
                + "a ON a.model_id = m.id WHERE name = 'llama-3-8b'"
        );
        Assert.Equal(("stopped", 1_700_000_000_000L, 16384L), (llama["status"], llama["created_at"], llama["ctx_size"]));
        Assert.Equal(
            (0.7, null, null, null, 2L),
            (llama["temperature"], llama["top_p"], llama["min_p"], llama["ignore_eos"], llama["mirostat"])
        );
        Assert.Equal((null, null, "33", "3,1"), (llama["mmap"], llama["kv_offload"], llama["gpu_layers"], llama["tensor_split"]));
        Assert.Contains("\"--unheard-of\":5", (string)llama["custom_params"]!);
        Assert.Contains("\"--brand-new-flag\":\"x\"", (string)llama["custom_params"]!);
        Assert.DoesNotContain("hf_secret", (string)llama["hf_token"]!);
        Assert.Equal("hf_secret", _app.Services.GetRequiredService<SecretProtector>().Unprotect((string)llama["hf_token"]!));
        Assert.Equal(
            "distribute",
            Value("SELECT numa FROM model_memory_config y JOIN models m ON m.id = y.model_id WHERE m.name = 'llama-3-8b'")
        );
        Assert.Equal(
            (0.5, 1L),
            (
                Value("SELECT top_p FROM model_sampling_config s JOIN models m ON m.id = s.model_id WHERE m.name = 'mistral'"),
                Value("SELECT mmap FROM model_memory_config y JOIN models m ON m.id = y.model_id WHERE m.name = 'mistral'")
            )
        );
        Assert.Equal(1, report.Cleared["ignore_eos"]);
        Assert.Equal(1, report.Cleared["top_p"]);
    }

    [Fact]
    public async Task WideV1_ServerColumns_AreSharedOrTheModelsOwn_AndNothingIsLost()
    {
        await ImportAsync(LegacyFixtures.WideV1);
        Assert.Equal(
            "chatml",
            Value("SELECT o.chat_template FROM model_server_override o JOIN models m ON m.id = o.model_id WHERE m.name = 'llama-3-8b'")
        );
        Assert.Equal(
            "llama2",
            Value("SELECT o.chat_template FROM model_server_override o JOIN models m ON m.id = o.model_id WHERE m.name = 'mistral'")
        );
        Assert.Contains("many", (string)Value("SELECT row_json FROM import_leftovers WHERE row_json LIKE '%broken%'")!);
        Assert.Equal(1L, Value("SELECT count(*) FROM import_leftovers WHERE reason = 'It has no name'"));
        Assert.Equal("dark", Value("SELECT value FROM metadata WHERE key = 'theme_of_old'"));
        Assert.Equal(
            1.5,
            Value("SELECT temperature FROM model_sampling_config s JOIN models m ON m.id = s.model_id WHERE m.name = 'broken'")
        );
    }

    [Fact]
    public async Task AsyncProxy_SecondsWordsAndJson_AreConverted()
    {
        var report = await ImportAsync(LegacyFixtures.AsyncProxy);
        Assert.Equal(LegacyKind.AsyncProxy, report.Kind);
        var phi = One(
            "SELECT m.*, s.temperature, g.gpu_layers, a.custom_params FROM models m JOIN model_sampling_config s ON s.model_id = m.id "
                + "JOIN model_gpu_config g ON g.model_id = m.id JOIN model_advanced_config a ON a.model_id = m.id"
        );
        Assert.Equal(
            ("Phi-3-mini", "model_1703123456789_abc123", "stopped", 1L),
            (phi["name"], phi["uid"], phi["status"], phi["favorite"])
        );
        Assert.Equal((null, 1024L, null), (phi["ctx_size"], phi["batch_size"], phi["threads"])); // two of its defaults, one choice
        Assert.Equal(
            (1_703_123_456_000L, 2_300_000_000L, "3.8B", null),
            (phi["created_at"], phi["file_size_bytes"], phi["params"], phi["head_count_kv"])
        );
        Assert.Equal((0.3, "20"), (phi["temperature"], phi["gpu_layers"]));
        Assert.Equal("{\"--mystery\":true}", phi["custom_params"]);
        Assert.Equal(20.0, Value("SELECT cpu_usage FROM metrics WHERE timestamp = 1703123460000"));
        Assert.Equal(
            1_703_123_456_000L,
            Value("SELECT timestamp FROM logs WHERE level = 'warn' AND source = 'router' AND message = 'it''s late'")
        );
        Assert.Equal("server", Value("SELECT source FROM logs WHERE message = 'gone'"));
        Assert.Contains("/srv/models", (string)Value("SELECT value FROM server_config WHERE key = 'config'")!);
        Assert.Contains("localhost", (string)Value("SELECT row_json FROM import_leftovers WHERE table_name = 'server_config'")!);
        Assert.StartsWith("There is no /nowhere/", (string)Value("SELECT reason FROM import_leftovers WHERE row_json LIKE '%localhost%'")!);
    }

    [Fact]
    public async Task V2_KeepsChoices_AndForgetsSeedDefaults()
    {
        var report = await ImportAsync(LegacyFixtures.V2);
        Assert.Equal(LegacyKind.V2, report.Kind);
        var row = One(
            "SELECT m.ctx_size, m.threads, m.cont_batching, m.n_parallel, m.file_size_bytes, s.*, y.cache_ram, y.mmap, y.mlock, "
                + "f.recommended_ctx_size, f.fit_params_success FROM models m JOIN model_sampling_config s ON s.model_id = m.id JOIN "
                + "model_memory_config y ON y.model_id = m.id JOIN model_fit_params f ON f.model_id = m.id WHERE m.name = 'qwen'"
        );
        Assert.Equal(
            (8192L, null, null, 4L, 123456L),
            (row["ctx_size"], row["threads"], row["cont_batching"], row["n_parallel"], row["file_size_bytes"])
        );
        Assert.Equal(
            (0.65, null, 0.02, null, 42L, "on"),
            (row["temperature"], row["top_p"], row["min_p"], row["ignore_eos"], row["seed"], row["flash_attn"])
        );
        Assert.Equal(
            (null, null, 1L, 4096L, 1L),
            (row["cache_ram"], row["mmap"], row["mlock"], row["recommended_ctx_size"], row["fit_params_success"])
        );
        Assert.Equal(
            (6L, null, null),
            (
                Value("SELECT threads_http FROM model_server_config"),
                Value("SELECT timeout FROM model_server_config"),
                Value("SELECT slots_enabled FROM model_server_config")
            )
        );
        Assert.Equal(
            "sk-old",
            _app.Services.GetRequiredService<SecretProtector>().Unprotect((string)Value("SELECT api_key FROM model_server_config")!)
        );
        // of a model that is not there
        Assert.Equal(1L, Value("SELECT count(*) FROM import_leftovers WHERE table_name = 'model_sampling_config'"));
        Assert.Equal(50.0, Value("SELECT cpu_usage FROM metrics WHERE timestamp = 1735689600000"));
        Assert.Equal("2.0", Value("SELECT value FROM metadata WHERE key = 'db_version'"));
        Assert.True(report.Cleared.Count >= 7);
    }

    [Fact]
    public async Task Cyllama_And_Mlenv_AreTakenOver()
    {
        Assert.Equal(LegacyKind.Cyllama, (await ImportAsync(LegacyFixtures.Cyllama)).Kind);
        Assert.Equal(1_735_689_600_000L, Value("SELECT created_at FROM config WHERE key = 'default_temperature'"));
        Assert.Equal(1L, Value("SELECT count(*) FROM import_leftovers WHERE table_name = 'config' AND row_json LIKE '%odd%'"));
        Assert.Equal("answer", Value("SELECT response_text FROM cache WHERE cache_key = 'k1'"));
        Assert.Equal(12L, Value("SELECT total_tokens FROM stats WHERE model_name = 'a'"));
        Assert.Equal(
            1_735_689_603_500L,
            Value("SELECT timestamp FROM logs WHERE level = 'error' AND message = 'boom' AND error_type = 'ValueError'")
        );
        Assert.Equal(
            ("7B", "Q8_0", 100L),
            (
                Value("SELECT params FROM models WHERE name = 'a'"),
                Value("SELECT quantization FROM models WHERE name = 'a'"),
                Value("SELECT file_size_bytes FROM models WHERE name = 'a'")
            )
        );

        Assert.Equal(LegacyKind.Mlenv, (await ImportAsync(LegacyFixtures.Mlenv)).Kind);
        Assert.Equal(1L, Value("SELECT count(*) FROM ngc_images WHERE name = 'pytorch' AND team = ''"));
        Assert.Equal("24.01", Value("SELECT tag FROM image_versions WHERE image_id = (SELECT id FROM ngc_images WHERE name = 'pytorch')"));
        Assert.Equal("stopped", Value("SELECT status FROM container_instances WHERE container_id = 'c1'"));
        Assert.Equal(1L, Value("SELECT count(*) FROM resource_metrics"));
        Assert.Equal(3L, Value("SELECT max_containers FROM project_quotas WHERE project_path = '/p'"));
        Assert.Equal(1L, Value("SELECT count(*) FROM import_leftovers WHERE table_name = 'shell_history'"));
        Assert.Equal(2L, Value("SELECT count(*) FROM import_leftovers WHERE table_name IN ('image_versions', 'resource_metrics')"));
    }

    [Theory]
    [InlineData(nameof(LegacyFixtures.WideV1))]
    [InlineData(nameof(LegacyFixtures.AsyncProxy))]
    [InlineData(nameof(LegacyFixtures.V2))]
    [InlineData(nameof(LegacyFixtures.Cyllama))]
    [InlineData(nameof(LegacyFixtures.Mlenv))]
    public async Task DryRun_ChangesNothing_AndASecondImportAddsNothing(string fixture)
    {
        var sql = (string)typeof(LegacyFixtures).GetField(fixture)!.GetRawConstantValue()!;
        var before = Counts();
        var dry = await ImportAsync(sql, dryRun: true);
        Assert.Equal(before, Counts());
        var first = await ImportAsync(sql);
        Assert.Equal(
            dry.Tables.Select(table => (table.Key, table.Value.Imported, table.Value.KeptAside)),
            first.Tables.Select(table => (table.Key, table.Value.Imported, table.Value.KeptAside))
        );
        var after = Counts();
        Assert.NotEqual(before, after);
        await ImportAsync(sql);
        Assert.Equal(after, Counts());
        Assert.Empty((await _app.Services.GetRequiredService<DatabaseOperations>().CheckAsync()).Problems);
    }

    [Theory]
    [InlineData(nameof(LegacyFixtures.WideV1))]
    [InlineData(nameof(LegacyFixtures.V2))]
    public async Task SecondImport_LeavesEachRowAsItIs(string fixture)
    {
        var sql = (string)typeof(LegacyFixtures).GetField(fixture)!.GetRawConstantValue()!;
        var path = LegacyFixtures.Write(_app.Folder.File("again.db"), sql); // one file, as it is given twice
        var import = _app.Services.GetRequiredService<LegacyImport>();
        var first = (await import.RunAsync(path, false)).Value;
        var before = Rows();
        var second = (await import.RunAsync(path, false)).Value;
        Assert.Equal(before, Rows());
        Assert.All(second.Tables, table => Assert.Equal(0, table.Value.Imported));
        Assert.Equal(
            first.Tables.Select(table => (table.Key, table.Value.Read)),
            second.Tables.Select(table => (table.Key, table.Value.Read))
        );
    }

    [Theory]
    [InlineData("", "")]
    [InlineData(
        ", updated_at INTEGER); CREATE TABLE model_sampling_config (id INTEGER PRIMARY KEY, model_id INTEGER, temperature REAL",
        ", 1700000000000"
    )]
    public async Task ModelOfAFileThatWasScanned_TakesTheUntouchedRow(string columns, string value)
    {
        var file = Path.Combine(_app.ModelFolder, "chi.gguf");
        GgufSamples.Llama("chi").Save(file);
        await _app.Services.GetRequiredService<LibraryService>().ScanAsync();
        Assert.Equal("chi", Value("SELECT name FROM models"));
        var sql = $"""
            CREATE TABLE models (id INTEGER PRIMARY KEY, name TEXT, model_path TEXT, ctx_size INTEGER, notes TEXT, created_at INTEGER{columns});
            INSERT INTO models VALUES (1, 'chi.gguf', '{file}', 1234, 'mine', 1700000000000{value}), (2, 'chi fast', '{file}', 99, NULL, 1700000000001{value});
            """;
        var dry = await ImportAsync(sql, dryRun: true);
        Assert.Equal(1L, Value("SELECT count(*) FROM models"));
        var report = await ImportAsync(sql);
        Assert.Equal((2, 2, 0), (dry.Table("models").Imported, report.Table("models").Imported, report.Table("models").KeptAside));
        Assert.Equal(
            (2L, 1234L, "mine"),
            (
                Value("SELECT count(*) FROM models"),
                Value("SELECT ctx_size FROM models WHERE name = 'chi'"),
                Value("SELECT notes FROM models WHERE name = 'chi'")
            )
        );
        // What the scan knows stays.
        Assert.Equal(
            ("llama", 64L),
            (Value("SELECT architecture FROM models WHERE name = 'chi'"), Value("SELECT vocab_size FROM models WHERE name = 'chi'"))
        );
        Assert.Equal(99L, Value("SELECT ctx_size FROM models WHERE name = 'chi fast'"));
        Assert.Equal(2, (await ImportAsync(sql)).Table("models").AlreadyHere);
        await _app.Services.GetRequiredService<LibraryService>().ScanAsync();
        Assert.Equal(
            (2L, 2L),
            (Value("SELECT count(*) FROM models"), Value("SELECT count(*) FROM models WHERE architecture = 'llama' AND file_missing = 0"))
        );
    }

    [Fact]
    public async Task Leftovers_HoldNoSecretInTheClear_AndComeOnce()
    {
        const string Sql = """
            CREATE TABLE models (name TEXT, temperature REAL);
            INSERT INTO models VALUES ('x', 0.5);
            CREATE TABLE accounts (user TEXT, hf_token TEXT, settings TEXT, max_tokens INTEGER, note TEXT);
            INSERT INTO accounts VALUES ('ann', 'hf_plain_secret', '{"apiKey": "sk-plain", "deep": {"password": "pw-plain"}}', 512, 'started with --api-key argument-plain');
            """;
        await ImportAsync(Sql);
        var json = (string)Value("SELECT row_json FROM import_leftovers WHERE table_name = 'accounts'")!;
        foreach (var secret in new[] { "hf_plain_secret", "sk-plain", "pw-plain", "argument-plain" })
            Assert.DoesNotContain(secret, json);
        using var row = System.Text.Json.JsonDocument.Parse(json);
        Assert.Equal(
            "hf_plain_secret",
            _app.Services.GetRequiredService<SecretProtector>().Unprotect(row.RootElement.GetProperty("hf_token").GetString()!)
        );
        Assert.Equal(("ann", 512), (row.RootElement.GetProperty("user").GetString(), row.RootElement.GetProperty("max_tokens").GetInt32()));
        await ImportAsync(Sql);
        Assert.Equal(1L, Value("SELECT count(*) FROM import_leftovers WHERE table_name = 'accounts'"));
    }

    [Fact]
    public async Task Others_AreRefused_WithWords()
    {
        var import = _app.Services.GetRequiredService<LegacyImport>();
        var text = _app.Folder.File("notes.txt");
        await File.WriteAllTextAsync(text, "no database");
        Assert.Contains("not an SQLite database", Errors((await import.RunAsync(text, false)).Failure!));
        Assert.Contains(
            "recipes",
            Errors((await import.RunAsync(LegacyFixtures.Write(_app.Folder.File("r.db"), "CREATE TABLE recipes (a)"), false)).Failure!)
        );
        Assert.Contains(
            "of this dashboard",
            Errors((await import.RunAsync(_app.Services.GetRequiredService<DataFolder>().Database, false)).Failure!)
        );
        Assert.Contains("no file", (await import.RunAsync(_app.Folder.File("missing.db"), false)).Failure!.Message);
    }

    private static string Errors(LlamaBlazor.Domain.Common.Failure failure) =>
        string.Join(' ', failure.Errors!.SelectMany(error => error.Value));

    private async Task<LegacyReport> ImportAsync(string sql, bool dryRun = false)
    {
        var path = LegacyFixtures.Write(_app.Folder.File($"{Guid.NewGuid():N}.db"), sql);
        var hash = Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(path)));
        var result = await _app.Services.GetRequiredService<LegacyImport>().RunAsync(path, dryRun);
        Assert.True(result.IsSuccess, result.Failure?.Message);
        Assert.Equal(hash, Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(path)))); // the source is as it was
        foreach (var (table, outcome) in result.Value.Tables)
            Assert.True(outcome.Imported + outcome.AlreadyHere + outcome.KeptAside >= outcome.Read, $"{table}: rows were lost");
        return result.Value;
    }

    private Dictionary<string, object?> One(string sql)
    {
        using var connection = SqliteSetup.Open(_app.Services.GetRequiredService<DataFolder>().Database);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        Assert.True(reader.Read(), "No row");
        var row = new Dictionary<string, object?>();
        for (var i = 0; i < reader.FieldCount; i++)
            row.TryAdd(reader.GetName(i), reader.IsDBNull(i) ? null : reader.GetValue(i));
        return row;
    }

    // All rows of the tables that an import writes, whatever the dashboard itself does meanwhile.
    private List<string> Rows()
    {
        using var connection = SqliteSetup.Open(_app.Services.GetRequiredService<DataFolder>().Database);
        var rows = new List<string>();
        foreach (
            var table in new[]
            {
                "models",
                "model_sampling_config",
                "model_memory_config",
                "model_gpu_config",
                "model_advanced_config",
                "model_lora_config",
                "model_multimodal_config",
                "model_runtime",
                "model_server_override",
                "model_fit_params",
                "model_server_config",
                "config",
                "import_leftovers",
            }
        )
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT * FROM {table} ORDER BY 1";
            using var reader = command.ExecuteReader();
            while (reader.Read())
                rows.Add(table + ": " + string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue)));
        }

        return rows;
    }

    private object? Value(string sql) => One(sql).Values.First();

    private string Counts() =>
        string.Join(
            ' ',
            (
                "models model_sampling_config model_server_config logs metrics stats cache config "
                + "metadata ngc_images image_versions container_instances resource_metrics project_quotas import_leftovers server_config"
            )
                .Split(' ')
                .Select(table => $"{table}={Value($"SELECT count(*) FROM {table}{Imported(table)}")}")
        );

    // The program writes rows of its own meanwhile.
    private static string Imported(string table) =>
        table switch
        {
            "logs" or "metrics" => " WHERE timestamp < 1790000000000",
            "metadata" => " WHERE updated_at < 1790000000000",
            "ngc_images" => " WHERE registry = 'nvcr.io'",
            "image_versions" => " WHERE image_id IN (SELECT id FROM ngc_images WHERE registry = 'nvcr.io')",
            _ => "",
        };
}
