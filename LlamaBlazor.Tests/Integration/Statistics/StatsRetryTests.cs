using LlamaBlazor.Tests.Integration.Proxy;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Statistics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Statistics;

/// <summary>Acceptance Y10: a table that cannot be written costs no request, and no row once it can be written again.</summary>
public sealed class StatsRetryTests(ProxyFixture app) : IClassFixture<ProxyFixture>
{
    [Fact]
    public async Task RowsThatCannotBeWritten_WaitAndAreTriedAgain()
    {
        await app.AddRunningAsync("steady");
        var writer = app.Services.GetRequiredService<DatabaseWriter>();
        var buffer = app.Services.GetRequiredService<StatsBuffer>();
        await writer.ExecuteAsync((context, token) => context.Database.ExecuteSqlRawAsync("ALTER TABLE stats RENAME TO stats_away", token));
        var ids = new List<string>();
        for (var i = 0; i < 10; i++)
        {
            using var answer = await app.Http.SendAsync(ProxyFixture.Post("/v1/chat/completions", ProxyFixture.Chat("steady")));
            Assert.True(answer.IsSuccessStatusCode);
            ids.Add(answer.Headers.GetValues("X-Request-Id").Single());
        }

        await Until.TrueAsync(() => buffer.LastError is not null, "the trouble is known");
        Assert.Contains("stats", buffer.LastError);
        await writer.ExecuteAsync((context, token) => context.Database.ExecuteSqlRawAsync("ALTER TABLE stats_away RENAME TO stats", token));
        foreach (var id in ids)
            Assert.Equal("steady", (await app.RowAsync(id)).ModelName);
        await Until.TrueAsync(() => buffer.LastError is null, "the trouble is over, which is told after the rows are there");
        Assert.Equal(0, buffer.Dropped);
    }
}
