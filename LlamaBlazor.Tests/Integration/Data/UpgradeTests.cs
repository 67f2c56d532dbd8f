using System.Globalization;
using System.Text.RegularExpressions;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Maintenance;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LlamaBlazor.Tests.Integration.Data;

/// <summary>From every earlier schema to this one: each row of each table comes through as it was.</summary>
public sealed class UpgradeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <summary>Every step but the last: a new one is tested as soon as it is there.</summary>
    public static TheoryData<string> Earlier
    {
        get
        {
            using var context = Open("unused.db");
            return [.. context.Database.GetMigrations().SkipLast(1)];
        }
    }

    private string Database => _folder.File("llama-dashboard.db");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Earlier))]
    public async Task EveryRow_ComesThrough(string migration)
    {
        await using (var context = Open(Database))
            await context.GetService<IMigrator>().MigrateAsync(migration);
        SqliteConnection.ClearAllPools();
        Dictionary<string, List<HashSet<string>>> before;
        using (var connection = SqliteSetup.Open(Database))
        {
            SqliteSetup.Execute(connection, "PRAGMA foreign_keys=OFF;");
            foreach (
                var table in SqliteRead
                    .Tables(connection)
                    .Where(table => !table.StartsWith("__EF", StringComparison.Ordinal) && table != "schema_version")
            )
                FillTable(connection, table);
            SqliteSetup.Execute(connection, "UPDATE logs SET level = 'error', message = 'upgrade marker text'");
            before = Contents(connection);
        }

        await using (var context = Open(Database))
        {
            await context.Database.MigrateAsync();
            Assert.Empty(await context.Database.GetPendingMigrationsAsync());
        }

        SqliteConnection.ClearAllPools();
        using var after = SqliteSetup.Open(Database);
        Assert.Equal("ok", SqliteSetup.Scalar(after, "PRAGMA integrity_check"));
        var now = Contents(after);
        foreach (var (table, rows) in before)
            Assert.True(
                rows.TrueForAll(row => now[table].Exists(row.IsSubsetOf)),
                $"{table}: {string.Join(" | ", rows.SelectMany(row => row))} became {string.Join(" | ", now[table].SelectMany(row => row))}"
            );
        if (LogIndex.IsSupported)
            Assert.Equal(1L, SqliteSetup.Scalar(after, "SELECT rowid FROM logs_fts WHERE logs_fts MATCH '\"upg\" AND \"ark\"'"));
    }

    private static LlamaDbContext Open(string path) =>
        new((DbContextOptions<LlamaDbContext>)DataFeature.Configure(new DbContextOptionsBuilder<LlamaDbContext>(), path).Options);

    // One row, where the schema itself has none, a value in every column, of the column's type.
    private static void FillTable(SqliteConnection connection, string table)
    {
        if (SqliteSetup.Scalar(connection, $"SELECT 1 FROM {SqliteRead.Quote(table)} LIMIT 1") is not null)
            return;
        var sql = SqliteRead.Column(connection, $"SELECT sql FROM sqlite_master WHERE name = '{table}'")[0];
        var columns = SqliteRead
            .Column(connection, $"SELECT name || '|' || type FROM pragma_table_xinfo('{table}') WHERE hidden = 0")
            .Select(column => column.Split('|'))
            .ToList();
        var values = columns.Select(
            (column, index) =>
                column[1] switch
                {
                    _ when column[0] is "id" or "model_id" or "version" => "1",
                    "INTEGER" => "1",
                    "REAL" => string.Create(CultureInfo.InvariantCulture, $"{index}.5"),
                    _ => Regex.Match(sql, $"\\b{column[0]}\"? IN \\('(?<word>[^']*)'") is { Success: true } allowed
                        ? $"'{allowed.Groups["word"].Value}'"
                        : $"'{table} {column[0]}'", // a word its CHECK allows
                }
        );
        SqliteSetup.Execute(
            connection,
            $"INSERT INTO {SqliteRead.Quote(table)} ({string.Join(", ", columns.Select(column => SqliteRead.Quote(column[0])))}) "
                + $"VALUES ({string.Join(", ", values)})"
        );
    }

    // Each row as a set of column=value; columns without a value are left out, so that new ones do not count.
    private static Dictionary<string, List<HashSet<string>>> Contents(SqliteConnection connection) =>
        SqliteRead
            .Tables(connection)
            // that one tells of the steps themselves
            .Where(table => !table.StartsWith("__EF", StringComparison.Ordinal) && table != "schema_version")
            .ToDictionary(
                table => table,
                table =>
                    SqliteRead
                        .Rows(connection, table)
                        .Select(row => row.Where(pair => pair.Value is not null).Select(pair => $"{pair.Key}={pair.Value}").ToHashSet())
                        .ToList()
            );
}
