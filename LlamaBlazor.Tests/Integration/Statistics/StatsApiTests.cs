using System.Net;
using System.Net.Http.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Maintenance;
using LlamaBlazor.Web.Statistics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Statistics;

public sealed class StatsApiTests(AppFixture app) : IClassFixture<AppFixture>, IAsyncLifetime
{
    private const long Day = 86_400_000;
    private long _today;

    public async ValueTask InitializeAsync()
    {
        var now = app.Services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();
        _today = now / Day * Day;
        await app
            .Services.GetRequiredService<DatabaseWriter>()
            .ExecuteAsync(
                async (context, token) =>
                {
                    await context.Set<StatsRow>().ExecuteDeleteAsync(token);
                    await context.Set<StatsDailyRow>().ExecuteDeleteAsync(token);
                    context.AddRange(Enumerable.Range(0, 5).Select(i => Row("a", _today + i, total: 10 * (i + 1))));
                    context.Add(Row("b, \"x\"", _today - Day, total: 7, error: "=broken"));
                    context.Add(Row("a", _today - Day + 1, total: 9));
                    context.Add(Row("a", _today - (400 * Day), total: 9));
                }
            );
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Summary_HasTotalsPercentilesAndDays()
    {
        var summary = await app.GetAsync($"/api/stats/summary?since={_today - Day}");
        Assert.Equal((7, 105), (summary.GetProperty("total_generations").GetInt32(), summary.GetProperty("total_tokens").GetInt32()));
        Assert.Equal(30, summary.GetProperty("by_model").GetProperty("a").GetProperty("total_ms").GetProperty("p50").GetDouble() + 10);
        Assert.Equal(2, summary.GetProperty("by_day").GetArrayLength());
        var iso = DateTimeOffset.FromUnixTimeMilliseconds(_today).ToString("O");
        Assert.Equal(
            5,
            (await app.GetAsync($"/api/stats/summary?model=a&since={Uri.EscapeDataString(iso)}"))
                .GetProperty("total_generations")
                .GetInt32()
        );
    }

    [Fact]
    public async Task History_IsPagedByCursor_NewestFirst()
    {
        var seen = new List<long>();
        string? after = null;
        do
        {
            var page = await app.GetAsync($"/api/stats/history?limit=3{(after is null ? "" : "&after=" + after)}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetInt64()));
            after = page.GetProperty("next").GetString();
        } while (after is not null);
        Assert.Equal(8, seen.Distinct().Count());
        Assert.Equal(seen.OrderDescending(), seen);
        Assert.Equal(
            "=broken",
            (await app.GetAsync("/api/stats/history?outcome=failed")).GetProperty("items")[0].GetProperty("error").GetString()
        );
        Assert.Equal(
            seen[2],
            (await app.GetAsync("/api/stats/history?offset=2&limit=1")).GetProperty("items")[0].GetProperty("id").GetInt64()
        );
    }

    [Theory]
    [InlineData("/api/stats/history?limit=0")]
    [InlineData("/api/stats/history?limit=1001")]
    [InlineData("/api/stats/history?after=x")]
    [InlineData("/api/stats/history?outcome=x")]
    [InlineData("/api/stats/summary?since=yesterday")]
    [InlineData("/api/stats/export?format=xml")]
    public async Task BadParameters_Are422(string path) =>
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await app.Http.GetAsync(path)).StatusCode);

    [Fact]
    public async Task Export_WritesCsvAndJson()
    {
        var csv = (await app.Http.GetStringAsync("/api/stats/export")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("id,session_id,model_path,model_name,", csv[0]);
        Assert.Equal(9, csv.Length);
        Assert.Contains(csv, line => line.Contains("\"b, \"\"x\"\"\"") && line.Contains("'=broken"));
        Assert.Equal(8, (await app.GetAsync("/api/stats/export?format=json")).GetArrayLength());
    }

    [Fact]
    public async Task Maintenance_RollsUpDays_ThenPrunes_AndRepeatsHarmlessly()
    {
        var maintenance = app.Services.GetRequiredService<StatsMaintenance>();
        var retention = app.Services.GetRequiredService<RetentionJob>();
        Assert.Equal(0, (await retention.PruneAsync())["stats"]); // nothing leaves before it is added up
        await maintenance.RollUpAsync(CancellationToken.None);
        await maintenance.RollUpAsync(CancellationToken.None);
        Assert.Equal(1, (await retention.PruneAsync())["stats"]);
        Assert.Equal(0, (await retention.PruneAsync())["stats"]);
        var days = (await app.GetAsync("/api/stats/daily")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(3, days.Count);
        var failed = days.Single(day => day.GetProperty("model_name").GetString()!.StartsWith('b'));
        Assert.Equal(
            (1, 1, 15),
            (
                failed.GetProperty("requests").GetInt32(),
                failed.GetProperty("failures").GetInt32(),
                failed.GetProperty("prompt_tokens").GetInt32() + failed.GetProperty("generated_tokens").GetInt32()
            )
        );
    }

    [Fact]
    public async Task Purge_RemovesWhatIsMeant_AndItsDaysOnlyWhereThatIsAll()
    {
        await app.Services.GetRequiredService<StatsMaintenance>().RollUpAsync(CancellationToken.None);
        Assert.Equal(1, await PurgeAsync("?outcome=failed"));
        Assert.Equal(2, await PurgeAsync($"?model=a&until={_today - 1}"));
        Assert.Equal(0, await PurgeAsync("?session=nobody"));
        Assert.Equal(5, (await app.GetAsync("/api/stats/history")).GetProperty("items").GetArrayLength());
        Assert.Equal(3, await DaysAsync()); // sums stay where only a part of the day went
        Assert.Equal(5, await PurgeAsync("?model=a"));
        Assert.Equal(1, await DaysAsync());
        Assert.Equal(0, await PurgeAsync(""));
        Assert.Equal(0, await DaysAsync());
        using var wrong = await app.Http.DeleteAsync(new Uri("/api/stats?since=yesterday", UriKind.Relative));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
    }

    [Fact]
    public async Task Purge_OfMany_GoesOnUntilTheLast()
    {
        // More than one batch, and not a whole number of them.
        await app
            .Services.GetRequiredService<DatabaseWriter>()
            .ExecuteAsync(
                (context, token) =>
                    context.Database.ExecuteSqlRawAsync(
                        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10001) INSERT INTO stats "
                            + "(model_name, request_id, created_at, stream, cache_hit, http_status) SELECT 'many', 'many' || i, i, 0, "
                            + "0, 200 FROM n",
                        token
                    )
            );
        Assert.Equal(10_001, await PurgeAsync("?model=many"));
        Assert.Equal(8, (await app.GetAsync("/api/stats/history")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Retention_IsSetLikeAnyOther()
    {
        var rules = (await app.GetAsync("/api/database/retention")).GetProperty("items").EnumerateArray();
        Assert.Contains(rules, rule => rule.GetProperty("table").GetString() == "stats" && rule.GetProperty("days").GetInt32() == 365);
    }

    private async Task<int> PurgeAsync(string query)
    {
        using var answer = await app.Http.DeleteAsync(new Uri("/api/stats" + query, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>()).GetProperty("removed").GetInt32();
    }

    private async Task<int> DaysAsync() => (await app.GetAsync("/api/stats/daily")).GetProperty("items").GetArrayLength();

    private static StatsRow Row(string model, long at, double total, string? error = null) =>
        new()
        {
            ModelName = model,
            CreatedAt = at,
            TotalTimeMs = total,
            PromptTokens = 10,
            GeneratedTokens = 5,
            TokensPerSecond = 50,
            HttpStatus = error is null ? 200 : 502,
            Error = error,
            RequestId = Guid.NewGuid().ToString(),
        };
}

/// <summary>Records wait while the database is locked, and none is lost.</summary>
public sealed class StatsBufferTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task LockedDatabase_DelaysRecords_AndLosesNone()
    {
        var buffer = app.Services.GetRequiredService<StatsBuffer>();
        var contexts = app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>();
        await using (var context = await contexts.CreateDbContextAsync())
        {
            await context.Database.OpenConnectionAsync();
            await context.Database.ExecuteSqlRawAsync("BEGIN IMMEDIATE");
            for (var i = 0; i < 1500; i++)
                buffer.Add(
                    new StatsRow
                    {
                        ModelName = "waits",
                        RequestId = $"r{i}",
                        HttpStatus = 200,
                        CreatedAt = i,
                    }
                );
            Assert.Equal(0, (await app.GetAsync("/api/stats/summary?model=waits")).GetProperty("total_generations").GetInt32());
            await context.Database.ExecuteSqlRawAsync("ROLLBACK");
        }

        await Until.TrueAsync(
            async () => (await app.GetAsync("/api/stats/summary?model=waits")).GetProperty("total_generations").GetInt32() == 1500,
            "all are written"
        );
        Assert.Equal((0, null), (buffer.Dropped, buffer.LastError));
    }
}
