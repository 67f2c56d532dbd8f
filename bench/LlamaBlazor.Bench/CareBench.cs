using System.Diagnostics;
using System.Globalization;
using System.Text;
using LlamaBlazor.Web.Cache;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Logs;
using LlamaBlazor.Web.Maintenance;
using LlamaBlazor.Web.Maintenance.Legacy;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Playground;
using LlamaBlazor.Web.Proxy;
using LlamaBlazor.Web.Resources;
using LlamaBlazor.Web.Security;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Configuration;
using LlamaBlazor.Web.Shell;
using LlamaBlazor.Web.Statistics;
using LlamaBlazor.Web.Telemetry;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Bench;

/// <summary>Care of the database over the real program: a backup of 100 MB while edits go on, and a thousand models of an old
/// dashboard.</summary>
internal static class CareBench
{
    private const int Megabytes = 100;
    private const int OldModels = 1000;

    /// <summary>Runs both.</summary>
    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("llamablazor-bench-");
        try
        {
            var builder = DashboardHost.CreateBuilder([
                "--data",
                Path.Combine(folder.FullName, "data"),
                "--urls",
                "http://127.0.0.1:0",
                "--LlamaBlazor:Logs:Level=critical",
                "--Logging:Console:LogLevel:Default=None",
            ]);
            builder
                .AddSecurity()
                .AddData()
                .AddShell()
                .AddSettings()
                .AddModels()
                .AddParameters()
                .AddInstances()
                .AddResources()
                .AddTelemetry()
                .AddLogs()
                .AddMaintenance()
                .AddStatistics()
                .AddCache()
                .AddProxy()
                .AddPlayground();
            await using var app = builder.Build();
            await app.StartAsync();
            await app.Services.GetRequiredService<DatabaseState>().Ready;
            await LegacyAsync(app.Services, folder.FullName);
            await FillAsync(app.Services);
            await BackupAsync(app.Services);
            await OperationsAsync(app.Services);
            await app.StopAsync();
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            folder.Delete(recursive: true);
        }
    }

    private static async Task LegacyAsync(IServiceProvider services, string folder)
    {
        var path = Path.Combine(folder, "wide.db");
        using (var connection = SqliteSetup.Open(path))
            SqliteSetup.Execute(connection, WideSql());
        var import = services.GetRequiredService<LegacyImport>();
        foreach (var dryRun in new[] { true, false })
        {
            var started = Stopwatch.GetTimestamp();
            var report = (await import.RunAsync(path, dryRun)).Value;
            Console.WriteLine(
                $"import of {OldModels} wide models{(dryRun ? ", dry run" : "")}: "
                    + $"{Stopwatch.GetElapsedTime(started).TotalSeconds:0.00} s, {report.Table("models").Imported} imported, "
                    + $"{report.Cleared.Values.Sum()} values cleared (goal ≤ 5 s)"
            );
        }
    }

    // The wide table with every setting of the catalogue that has a column.
    private static string WideSql()
    {
        var columns = LlamaBlazor
            .Domain.Parameters.ParameterCatalogue.Current.Columns.Where(column => column.Section is not null and not "runtime")
            .DistinctBy(column => column.Column)
            .ToList();
        var sql = new StringBuilder(
            "CREATE TABLE models (id INTEGER PRIMARY KEY, name TEXT NOT NULL, type TEXT, status TEXT, created_at INTEGER, updated_at "
                + $"INTEGER, {string.Join(", ", columns.Select(column => SqliteRead.Quote(column.Column)))});\nBEGIN;\n"
        );
        for (var i = 0; i < OldModels; i++)
        {
            var values = columns.Select(column =>
                column.ValueType == typeof(string) ? "NULL"
                : column.ValueType == typeof(bool) ? "0"
                : (i % 50).ToString(CultureInfo.InvariantCulture)
            );
            sql.Append(
                CultureInfo.InvariantCulture,
                $"INSERT INTO models VALUES ({i + 1}, 'model-{i}.gguf', 'llama', 'running', 1700000000, 1700000001, "
                    + $"{string.Join(", ", values)});\n"
            );
        }

        return sql.Append("COMMIT;").ToString();
    }

    private static async Task FillAsync(IServiceProvider services)
    {
        var writer = services.GetRequiredService<DatabaseWriter>();
        var database = services.GetRequiredService<DataFolder>().Database;
        for (var batch = 0; new FileInfo(database).Length < Megabytes * 1_000_000L; batch++)
        {
            await writer.MaintainAsync(connection =>
            {
                SqliteSetup.Execute(
                    connection,
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO cache (cache_key, "
                        + "prompt, prompt_hash, model_path, config_json, response_text, hit_count, created_at) SELECT "
                        + "hex(randomblob(16)), 'p', 'h', 'm', '{}', hex(randomblob(900)), 0, i FROM n; PRAGMA wal_checkpoint(TRUNCATE);"
                );
                return true;
            });
        }

        Console.WriteLine($"database: {new FileInfo(database).Length / 1e6:0} MB");
    }

    private static async Task BackupAsync(IServiceProvider services)
    {
        var operations = services.GetRequiredService<DatabaseOperations>();
        var quiet = await StallAsync(services, Task.Delay(TimeSpan.FromSeconds(2)));
        Console.WriteLine($"an edit without a backup: median {quiet.Median:0.0} ms, worst {quiet.Worst:0.0} ms of {quiet.Count}");
        for (var run = 0; run < 5; run++)
        {
            var started = Stopwatch.GetTimestamp();
            var backup = operations.BackupAsync("bench");
            var during = await StallAsync(services, backup);
            Console.WriteLine(
                $"backup with its check: {Stopwatch.GetElapsedTime(started).TotalSeconds:0.00} "
                    + $"s{((await backup).IsSuccess ? "" : " FAILED")}; an edit meanwhile: median {during.Median:0.0} ms, worst "
                    + $"{during.Worst:0.0} ms of {during.Count} (goals ≤ 2 s, ≤ 50 ms)"
            );
        }
    }

    private static async Task<(double Median, double Worst, int Count)> StallAsync(IServiceProvider services, Task work)
    {
        var writer = services.GetRequiredService<DatabaseWriter>();
        var took = new List<double>();
        for (var i = 0; !work.IsCompleted; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await writer.ExecuteAsync(
                (context, _) => Task.FromResult(context.Metadata.Add(new MetadataRow { Key = $"bench-{Guid.NewGuid():N}", Value = "x" }))
            );
            took.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            await Task.Delay(2);
        }

        took.Sort();
        return (took[took.Count / 2], took[^1], took.Count);
    }

    private static async Task OperationsAsync(IServiceProvider services)
    {
        var operations = services.GetRequiredService<DatabaseOperations>();
        Console.WriteLine($"vacuum: {(await operations.VacuumAsync()).Value.ElapsedMs} ms");
        var started = Stopwatch.GetTimestamp();
        var check = await operations.CheckAsync();
        Console.WriteLine($"check: {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms, {(check.Ok ? "sound" : "damaged")}");
        var newest = operations.ListBackups().Value[0].Name;
        Console.WriteLine(
            $"restore with safety copy: {(await services.GetRequiredService<DatabaseRestore>().BackupAsync(newest)).Value.ElapsedMs} ms"
        );
    }
}
