using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Data;

/// <summary>The schema is the contract of acceptance.md 1.6, made by migrations alone.</summary>
public sealed class SchemaTests(AppFixture app) : IClassFixture<AppFixture>
{
    /// <summary>Columns that are settings: those of the seed tables, then those without a seed column.</summary>
    public static TheoryData<string, int, int> Settings { get; } =
        new()
        {
            { "model_sampling_config", 42, 5 },
            { "model_memory_config", 7, 3 },
            { "model_gpu_config", 9, 0 },
            { "model_advanced_config", 21, 6 },
            { "model_lora_config", 20, 29 },
            { "model_multimodal_config", 6, 2 },
            { "model_server_config", 40, 10 },
        };

    [Theory]
    [MemberData(nameof(Settings))]
    public void ConfigTables_Have_EverySettingNullable(string table, int seed, int added)
    {
        string[] own = ["id", "model_id", "created_at", "updated_at", "revision", "forced_columns"];
        var settings = Rows($"SELECT name || ':' || \"notnull\" FROM pragma_table_info('{table}')")
            .Where(row => !own.Contains(row.Split(':')[0]))
            .ToList();
        Assert.Equal(seed + added, settings.Count);
        Assert.All(settings, row => Assert.EndsWith(":0", row));
    }

    [Fact]
    public void Database_Has_EveryTableAndView()
    {
        string[] expected =
        [
            "alerts",
            "api_cache",
            "api_keys",
            "audit_log",
            "cache",
            "config",
            "config_revisions",
            "container_instances",
            "downloads",
            "engines",
            "gpu_allocations",
            "health_checks",
            "ignored_files",
            "image_versions",
            "import_leftovers",
            "logs",
            "metadata",
            "metrics",
            "metrics_history",
            "model_advanced_config",
            "model_aliases",
            "model_fit_params",
            "model_gpu_config",
            "model_lora_config",
            "model_memory_config",
            "model_multimodal_config",
            "model_runtime",
            "model_sampling_config",
            "model_server_config",
            "model_server_override",
            "models",
            "ngc_images",
            "parameter_templates",
            "project_quotas",
            "resource_metrics",
            "schema_version",
            "server_config",
            "stats",
            "stats_daily",
            "system_snapshots",
            "users",
            "v_active_containers",
            "v_system_summary",
        ];
        var actual = Rows(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE '\\_\\_EF%' ESCAPE '\\' AND name NOT "
                + "LIKE 'sqlite%' AND name NOT LIKE 'logs\\_fts%' ESCAPE '\\' ORDER BY name"
        );
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void File_Is_WalWithIncrementalVacuum() =>
        Assert.Equal(["wal", "2"], Rows("PRAGMA journal_mode").Concat(Rows("PRAGMA auto_vacuum")));

    [Fact]
    public void ModelName_IsUnique_WithoutRegardToCase()
    {
        Insert("Twice");
        Assert.Contains("UNIQUE", Assert.Throws<SqliteException>(() => Insert("tWICE")).Message);
    }

    [Fact]
    public void ModelStatus_OutsideItsFourWords_IsRefused() =>
        Assert.Contains("CHECK", Assert.Throws<SqliteException>(() => Insert("odd", status: "idle")).Message);

    [Fact]
    public void ServerConfig_Holds_OneRow()
    {
        Execute("INSERT OR IGNORE INTO model_server_config (id, created_at, updated_at, revision) VALUES (1, 0, 0, 0)");
        Assert.Contains(
            "CHECK",
            Assert
                .Throws<SqliteException>(() =>
                    Execute("INSERT INTO model_server_config (id, created_at, updated_at, revision) VALUES (2, 0, 0, 0)")
                )
                .Message
        );
    }

    [Fact]
    public void DeletedModel_TakesItsConfigs_AndLeavesTheServerSettings()
    {
        var id = Insert("cascade");
        string[] tables =
        [
            "model_sampling_config",
            "model_memory_config",
            "model_gpu_config",
            "model_advanced_config",
            "model_lora_config",
            "model_multimodal_config",
            "model_runtime",
            "model_server_override",
        ];
        foreach (var table in tables)
        {
            var insert = $"INSERT INTO {table} (model_id, created_at, updated_at, revision) VALUES ({id}, 0, 0, 0)";
            Execute(insert);
            Assert.Contains("UNIQUE", Assert.Throws<SqliteException>(() => Execute(insert)).Message);
        }

        Execute("INSERT OR IGNORE INTO model_server_config (id, created_at, updated_at, revision) VALUES (1, 0, 0, 0)");
        Execute($"DELETE FROM models WHERE id = {id}");
        Assert.All(tables, table => Assert.Equal(["0"], Rows($"SELECT count(*) FROM {table} WHERE model_id = {id}")));
        Assert.Equal(["1"], Rows("SELECT count(*) FROM model_server_config"));
    }

    [Fact]
    public void Gpu_HeldExclusively_IsNotHeldTwice()
    {
        const string Exclusive =
            "INSERT INTO gpu_allocations (gpu_id, container_name, mode, allocated_at) VALUES ('CUDA7', '{0}', '{1}', 0)";
        Execute(string.Format(Exclusive, "a", "exclusive"));
        Assert.Contains("UNIQUE", Assert.Throws<SqliteException>(() => Execute(string.Format(Exclusive, "b", "exclusive"))).Message);
        Execute(string.Format(Exclusive, "c", "shared"));
    }

    [Fact]
    public void SystemSummary_WithoutSnapshots_IsOneRowOfNulls()
    {
        using var connection = Open();
        SqliteSetup.Execute(connection, "BEGIN IMMEDIATE; DELETE FROM system_snapshots;"); // the sampler writes its own meanwhile
        Assert.Equal(
            "|0",
            SqliteSetup.Scalar(connection, "SELECT coalesce(avg_cpu_percent, '') || '|' || snapshot_count FROM v_system_summary")
        );
        SqliteSetup.Execute(connection, "ROLLBACK;");
    }

    [Fact]
    public void Model_Has_NoChangesWithoutMigration()
    {
        using var context = app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>().CreateDbContext();
        Assert.False(context.Database.HasPendingModelChanges());
    }

    [Fact]
    public void SchemaVersion_CountsEveryMigration_AndMetadataSaysTwo()
    {
        using var context = app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>().CreateDbContext();
        Assert.Equal(context.Database.GetMigrations(), Rows("SELECT migration FROM schema_version ORDER BY version"));
        Assert.Equal(["2.0"], Rows("SELECT value FROM metadata WHERE key = 'db_version'"));
    }

    [Fact]
    public void ColumnMap_KnowsTheColumns_OfTheDatabase()
    {
        Assert.Superset(
            ColumnMap.For(typeof(SamplingConfig)).Columns.ToHashSet(),
            Rows("SELECT name FROM pragma_table_info('model_sampling_config')").ToHashSet()
        );
        Assert.Superset(
            ColumnMap.For(typeof(LoraConfig)).Columns.ToHashSet(),
            Rows("SELECT name FROM pragma_table_info('model_lora_config')").ToHashSet()
        );
    }

    private long Insert(string name, string status = "stopped")
    {
        Execute(
            "INSERT INTO models (uid, name, type, status, role, favorite, file_missing, fit_params_available, created_at, "
                + $"updated_at, revision) VALUES ('{Guid.NewGuid()}', '{name}', 'llama', '{status}', 'model', 0, 0, 0, 0, 0, 0)"
        );
        return long.Parse(Rows($"SELECT id FROM models WHERE name = '{name}'").Single());
    }

    private void Execute(string sql)
    {
        using var connection = Open();
        SqliteSetup.Execute(connection, sql);
    }

    private List<string> Rows(string sql)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add(reader.GetValue(0).ToString()!);
        return rows;
    }

    private SqliteConnection Open() => SqliteSetup.Open(app.Services.GetRequiredService<DataFolder>().Database);
}
