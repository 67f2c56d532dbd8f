using System.Globalization;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Maintenance;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Settings;

/// <summary>Each limit of each table, by the rows that leave.</summary>
public sealed class RetentionEffectTests(AppFixture app) : IClassFixture<AppFixture>
{
    private const long DayMs = 86_400_000;

    public static TheoryData<string> Tables => [.. RetentionRule.Defaults.Select(rule => rule.Table)];

    [Theory]
    [MemberData(nameof(Tables))]
    [EffectOf("LlamaBlazor:Retention:*")]
    public async Task Limit_RemovesWhatIsPastIt_AndNoLimitNothing(string table)
    {
        var rule = RetentionRule.Defaults.Single(rule => rule.Table == table);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await Writer.MaintainAsync(connection => Fill(connection, rule, now));
        await PruneAsync(table, null, null);
        Assert.Equal([2, 4], await AgesAsync(rule, now));
        await PruneAsync(table, 3, null);
        Assert.Equal([2], await AgesAsync(rule, now));
        await PruneAsync(table, null, 1);
        Assert.Empty(await AgesAsync(rule, now)); // newer ones are there
    }

    private DatabaseWriter Writer => app.Services.GetRequiredService<DatabaseWriter>();

    private async Task PruneAsync(string table, int? days, int? rows)
    {
        await SettingEffectTests.SetAsync(app, $"Retention:{table}:Days", days);
        await SettingEffectTests.SetAsync(app, $"Retention:{table}:Rows", rows);
        await app.Services.GetRequiredService<RetentionJob>().PruneAsync();
    }

    // Of ours: in whole days, those of today left out, since the dashboard writes too.
    private Task<List<int>> AgesAsync(RetentionRule rule, long now) =>
        Writer.MaintainAsync(connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText =
                $"SELECT ({now} - {rule.TimeColumn}) / {DayMs} FROM {rule.Table} WHERE {rule.TimeColumn} < {now - DayMs} ORDER BY 1";
            using var reader = command.ExecuteReader();
            var ages = new List<int>();
            while (reader.Read())
                ages.Add(reader.GetInt32(0));
            return ages;
        });

    // One of now, one of two and one of four days ago; what a column must have is made up.
    private static bool Fill(SqliteConnection connection, RetentionRule rule, long now)
    {
        SqliteSetup.Execute(connection, "PRAGMA foreign_keys=OFF; PRAGMA ignore_check_constraints=ON;");
        SqliteSetup.Execute(connection, $"DELETE FROM {rule.Table}");
        if (rule.Table == "stats")
            Insert(connection, "stats_daily", 0, new() { ["day"] = "2999-12-31" }); // all days are added up
        foreach (var days in new[] { 0, 2, 4 })
            Insert(connection, rule.Table, days, new() { [rule.TimeColumn] = now - (days * DayMs), ["status"] = "deleted" });
        SqliteSetup.Execute(connection, SqliteSetup.Pragmas + "PRAGMA ignore_check_constraints=OFF;");
        return true;
    }

    private static void Insert(SqliteConnection connection, string table, int number, Dictionary<string, object> values)
    {
        var columns = new List<(string Name, string Type, bool IsNeeded)>();
        using (var info = connection.CreateCommand())
        {
            info.CommandText =
                $"SELECT name, type, \"notnull\" AND dflt_value IS NULL AND (pk = 0 OR type = 'TEXT') FROM pragma_table_info('{table}')";
            using var reader = info.ExecuteReader();
            while (reader.Read())
                columns.Add((reader.GetString(0), reader.GetString(1), reader.GetBoolean(2)));
        }

        using var insert = connection.CreateCommand();
        var used = columns.Where(column => column.IsNeeded || values.ContainsKey(column.Name)).ToList();
        insert.CommandText =
            $"INSERT OR REPLACE INTO {table} ({string.Join(", ", used.Select(column => column.Name))}) VALUES "
            + $"({string.Join(", ", used.Select((_, index) => "$" + index.ToString(CultureInfo.InvariantCulture)))})";
        foreach (var (column, index) in used.Select((column, index) => (column, index)))
            insert.Parameters.AddWithValue(
                "$" + index.ToString(CultureInfo.InvariantCulture),
                values.GetValueOrDefault(column.Name) ?? (column.Type == "TEXT" ? $"x{number}" : number)
            );
        insert.ExecuteNonQuery();
    }
}
