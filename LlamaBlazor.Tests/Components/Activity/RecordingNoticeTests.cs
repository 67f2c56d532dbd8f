using Bunit;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Activity;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Statistics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Components.Activity;

/// <summary>More records than may wait while the database is held by somebody else: the rest is counted and told, and the requests go
/// on.</summary>
public sealed class RecordingNoticeTests(AppFixture app) : BunitContext, IClassFixture<AppFixture>
{
    private const int Sent = 20_000; // the queue and the batch at work take some 17,000

    [Fact]
    public async Task RecordsPastTheBound_AreCounted_AndTold()
    {
        var buffer = app.Services.GetRequiredService<StatsBuffer>();
        Services.AddSingleton(buffer).AddSingleton(TimeProvider.System);
        Assert.Empty(Render<RecordingNotice>().Markup.Trim());
        var contexts = app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>();
        await using (var context = await contexts.CreateDbContextAsync())
        {
            await context.Database.OpenConnectionAsync();
            await context.Database.ExecuteSqlRawAsync("BEGIN IMMEDIATE");
            for (var i = 0; i < Sent; i++)
                buffer.Add(
                    new StatsRow
                    {
                        ModelName = "flood",
                        RequestId = $"r{i}",
                        HttpStatus = 200,
                        CreatedAt = i,
                    }
                );
            Assert.InRange(buffer.Dropped, 1, Sent - 16_384);
            await context.Database.ExecuteSqlRawAsync("ROLLBACK");
        }

        await Until.TrueAsync(
            async () =>
                (await app.GetAsync("/api/stats/summary?model=flood")).GetProperty("total_generations").GetInt64() == Sent - buffer.Dropped,
            "all that waited is written"
        );
        var notice = Render<RecordingNotice>();
        notice.WaitForAssertion(
            () =>
                Assert.Contains($"{Figures.Count(buffer.Dropped)} requests since the start were answered but not recorded", notice.Markup),
            TimeSpan.FromSeconds(20)
        );
    }
}
