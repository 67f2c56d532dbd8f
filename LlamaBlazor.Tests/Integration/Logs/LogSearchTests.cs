using System.Globalization;
using LlamaBlazor.Domain.Logs;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Logs;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Logs;

/// <summary>Search and paging of the stored log: with the index, without it, and both compared with a search by hand.</summary>
public sealed class LogSearchTests
{
    private static readonly string[] SourceNames = ["server", "models", "llama-server", "router", "api"];

    private static readonly string[] Texts =
    [
        "Slot 42 is busy",
        "slot released",
        "CUDA error: out of memory",
        "GET /v1/models \"quoted\" 100%_done",
        "ÄÖÜ straße €",
        "日本語のログ行",
        "🙂🙃 emoji",
        "a",
        "ab",
        "abc",
        "1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890",
        "error error error",
        "tab\there",
        "",
        "NOT AND OR NEAR(x)",
    ];

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    [EffectOf("LlamaBlazor:Logs:Index")]
    public async Task EveryFilter_FindsWhatASearchByHandFinds_InTheSameOrder(string index)
    {
        await using var app = await StartAsync(index);
        Assert.Equal(
            index == "true" && LogIndex.IsSupported ? "index" : "scan",
            (await app.GetAsync("/api/database")).GetProperty("log_search").GetString()
        );
        var rows = await FillAsync(app, 900);
        string?[] texts =
        [
            null,
            "slot",
            "SLOT 4",
            "out of memory",
            "\"quoted\"",
            "100%_",
            "äöü",
            "ログ",
            "🙃",
            "a",
            "ab",
            "bc",
            Texts[10],
            "error error",
            "AND OR",
            "nothing has this",
            "/slot \\d+/",
        ];
        foreach (var text in texts)
        {
            foreach (var level in new[] { null, "info", "error" })
            {
                foreach (var source in new[] { null, "router" })
                {
                    var filter = LogFilter.Create(level, source, text).Value;
                    var expected = rows.Where(row => filter.Matches(row)).Select(row => row.Message).ToList();
                    Assert.Equal(expected, (await AllAsync(app, filter, 37)).Select(line => line.Message));
                }
            }
        }
    }

    [Fact]
    public async Task NewerLines_AreTheOlderOnesBackwards()
    {
        await using var app = await StartAsync("true");
        await FillAsync(app, 200);
        var queries = app.Services.GetRequiredService<LogQueries>();
        foreach (var filter in new[] { LogFilter.Create("info", null, null).Value, LogFilter.Create(null, "router", "slot").Value })
        {
            var all = (await AllAsync(app, filter, 1000)).Select(line => line.Id).ToList();
            var lines = await AllAsync(app, filter, 1000);
            var middle = lines[lines.Count / 2];
            var newer = await queries.NewerAsync(filter, new LogCursor(middle.Timestamp, middle.Id), 1000);
            Assert.Equal(all.Take(lines.Count / 2).Reverse(), newer.Items.Select(line => line.Id));
            Assert.Null(newer.Next);
        }
    }

    [Fact]
    public async Task Index_FollowsDeletedClearedAndChangedLines()
    {
        await using var app = await StartAsync("true");
        await FillAsync(app, 300);
        using var connection = SqliteSetup.Open(app.Services.GetRequiredService<DataFolder>().Database);
        SqliteSetup.Execute(connection, "DELETE FROM logs WHERE id % 3 = 0; UPDATE logs SET message = 'changed words' WHERE id % 7 = 0;");
        CheckIndex(connection);
        Assert.NotEmpty(await AllAsync(app, new LogFilter { Text = "changed" }, 100));
        Assert.Equal(Count(connection), await app.Services.GetRequiredService<LogQueries>().ClearAsync());
        CheckIndex(connection);
        Assert.Empty(await AllAsync(app, new LogFilter { Text = "changed" }, 100));
        SqliteSetup.Execute(
            connection,
            "INSERT INTO logs (level, message, source, timestamp, created_at) VALUES ('info', 'after the clearing', 'server', 5, 5);"
        );
        Assert.Single(await AllAsync(app, new LogFilter { Text = "THE clearing" }, 100));
        CheckIndex(connection);
    }

    [Theory]
    [InlineData("DROP TRIGGER logs_fts_insert;")]
    [InlineData("DROP TRIGGER logs_fts_insert; DROP TRIGGER logs_fts_update; DROP TRIGGER logs_fts_delete; DROP TABLE logs_fts;")]
    public async Task Index_ThatIsNotWhole_IsNotUsed_AndBuiltAnewAtTheNextStart(string damage)
    {
        using var folder = new TempFolder();
        await using (var first = await StartAsync("true", folder))
        {
            await FillAsync(first, 50);
            using var connection = SqliteSetup.Open(first.Services.GetRequiredService<DataFolder>().Database);
            SqliteSetup.Execute(
                connection,
                damage
                    + "INSERT INTO logs (level, message, source, timestamp, created_at) VALUES ('info', 'unseen by the index', "
                    + "'server', 5, 5);"
            );
            Assert.Single(await AllAsync(first, new LogFilter { Text = "unseen by" }, 10));
        }

        await using var second = await StartAsync("true", folder);
        using var after = SqliteSetup.Open(second.Services.GetRequiredService<DataFolder>().Database);
        Assert.True(LogIndex.IsReady(after));
        CheckIndex(after);
        Assert.Single(await AllAsync(second, new LogFilter { Text = "unseen by" }, 10));
    }

    [Fact]
    public async Task Bookmark_OfALineOfTheLiveTail_IsFoundByItsTime()
    {
        await using var app = await StartAsync("true");
        await FillAsync(app, 100);
        var queries = app.Services.GetRequiredService<LogQueries>();
        var all = await AllAsync(app, new LogFilter { Text = "slot" }, 1000);
        var page = await queries.ListAsync(new LogFilter { Text = "slot" }, new LogCursor(all[5].Timestamp, 0), 1000);
        Assert.Equal(all.SkipWhile(line => line.Timestamp >= all[5].Timestamp).Select(line => line.Id), page.Items.Select(line => line.Id));
    }

    private static void CheckIndex(SqliteConnection connection) =>
        // throws when index and lines differ
        SqliteSetup.Execute(connection, "INSERT INTO logs_fts(logs_fts, rank) VALUES ('integrity-check', 1);");

    private static int Count(SqliteConnection connection) =>
        Convert.ToInt32(SqliteSetup.Scalar(connection, "SELECT count(*) FROM logs"), CultureInfo.InvariantCulture);

    private static async Task<AppFixture> StartAsync(string index, TempFolder? folder = null)
    {
        var app = new AppFixture().With(LogIndex.Key, index).With("LlamaBlazor:Logs:Level", "critical"); // no lines but the test's own
        if (folder is not null)
            app.With("LlamaBlazor:DataDirectory", folder.Path);
        await app.InitializeAsync();
        return app;
    }

    // Newest first, as the log is read; several lines share a moment.
    private static async Task<List<LogEntry>> FillAsync(AppFixture app, int count)
    {
        var rows = Enumerable
            .Range(0, count)
            .Select(i => new LogRow
            {
                Level = LogLevels.All[i % 5],
                Source = SourceNames[i / 4 % 5],
                Message = Texts[i % Texts.Length] + (i % 4 == 0 ? $" {i}" : ""),
                Timestamp = 1_700_000_000_000 + (i / 10),
                CreatedAt = 1_700_000_000_000,
            })
            .ToList();
        await app
            .Services.GetRequiredService<DatabaseWriter>()
            .ExecuteAsync(
                async (context, _) =>
                {
                    foreach (var row in rows)
                    {
                        context.Set<LogRow>().Add(row);
                        await context.SaveChangesAsync(CancellationToken.None); // one by one: rows in the order of the list
                    }
                }
            );
        return
        [
            .. rows.Select(row => new LogEntry
                {
                    Id = row.Id,
                    Timestamp = row.Timestamp,
                    Level = row.Level,
                    Source = row.Source,
                    Message = row.Message,
                })
                .OrderByDescending(row => row.Timestamp)
                .ThenByDescending(row => row.Id),
        ];
    }

    private static async Task<List<LogEntry>> AllAsync(AppFixture app, LogFilter filter, int limit)
    {
        var queries = app.Services.GetRequiredService<LogQueries>();
        var all = new List<LogEntry>();
        LogCursor? after = null;
        do
        {
            var page = await queries.ListAsync(filter, after, limit);
            all.AddRange(page.Items);
            after = page.Next;
        } while (after is not null);
        return all;
    }
}
