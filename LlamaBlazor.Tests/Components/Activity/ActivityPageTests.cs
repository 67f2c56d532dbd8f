using Bunit;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Activity;
using LlamaBlazor.Web.Cache;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Proxy;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shell;
using LlamaBlazor.Web.Statistics;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Components.Activity;

/// <summary>The page Activity over a real database: filters in the address, and exports of just what is shown.</summary>
public sealed class ActivityPageTests(ActivityPageTests.App app) : BunitContext, IClassFixture<ActivityPageTests.App>
{
    private const long Hour = 3_600_000;

    /// <summary>Four requests: of two models, one failed, one of a session, one of last week.</summary>
    public sealed class App : AppFixture
    {
        /// <summary>The model alpha.</summary>
        public long AlphaId { get; private set; }

        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            var alpha = new Model
            {
                Uid = "model_1_alpha",
                Name = "alpha",
                Type = "llama",
            };
            await Services
                .GetRequiredService<DatabaseWriter>()
                .ExecuteAsync(
                    (context, _) =>
                    {
                        context.AddRange(
                            alpha,
                            new StatsRow
                            {
                                RequestId = "1",
                                ModelName = "alpha",
                                Endpoint = "/v1/completions",
                                HttpStatus = 200,
                                CreatedAt = now - Hour / 2,
                                SessionId = "s 1",
                            },
                            new StatsRow
                            {
                                RequestId = "2",
                                ModelName = "alpha",
                                Endpoint = "/v1/completions",
                                HttpStatus = 502,
                                Error = "It broke.",
                                CreatedAt = now - Hour / 2,
                            },
                            new StatsRow
                            {
                                RequestId = "3",
                                ModelName = "beta & co",
                                Endpoint = "/v1/completions",
                                HttpStatus = 502,
                                Error = "It broke.",
                                CreatedAt = now - Hour / 2,
                            },
                            new StatsRow
                            {
                                RequestId = "4",
                                ModelName = "alpha",
                                Endpoint = "/v1/completions",
                                HttpStatus = 502,
                                Error = "It broke.",
                                CreatedAt = now - (150 * Hour),
                            }
                        );
                        return Task.CompletedTask;
                    }
                );
            AlphaId = alpha.Id;
        }
    }

    [Theory]
    [InlineData("", "4,3,2,1")]
    [InlineData("?model=alpha", "4,2,1")]
    [InlineData("?model=alpha&outcome=failed&range=24h", "2")]
    [InlineData("?model=beta%20%26%20co", "3")]
    [InlineData("?session=s%201", "1")]
    [InlineData("?outcome=nonsense&range=never", "4,3,2,1")]
    public async Task Exports_HoldWhatTheFilterShows(string query, string requests)
    {
        var page = Show("/activity" + query);
        var shown = requests.Split(',');
        page.WaitForAssertion(() => Assert.Equal(shown.Length, page.FindAll("tbody tr").Count));
        foreach (var format in new[] { "csv", "json" })
        {
            var link = page.FindAll(".lb-page-actions a")
                .Single(link => link.TextContent.Contains(format, StringComparison.OrdinalIgnoreCase));
            Assert.True(link.HasAttribute("download"));
            var text = await app.Http.GetStringAsync(link.GetAttribute("href"));
            var ids =
                format == "json"
                    ? System
                        .Text.Json.JsonDocument.Parse(text)
                        .RootElement.EnumerateArray()
                        .Select(row => row.GetProperty("request_id").GetString()!)
                    : text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => Field(text, line, "request_id"));
            Assert.Equal(shown.Order(), ids.Order());
        }
    }

    [Theory]
    [InlineData("summary")]
    [InlineData("cache")]
    public void OtherViews_ExportEverything(string tab)
    {
        var page = Show($"/activity?tab={tab}&model=alpha");
        Assert.Equal(
            ["/api/stats/export?format=csv", "/api/stats/export?format=json"],
            page.FindAll(".lb-page-actions a").Select(link => link.GetAttribute("href"))
        );
    }

    [Fact]
    public void TabOfAModel_AddsUpItsRequestsAlone()
    {
        _ = Show("/activity");
        var tab = Render<StatisticsTab>(parameters => parameters.Add(tab => tab.ModelId, app.AlphaId));
        tab.WaitForAssertion(() => Assert.Equal("3", tab.Find(".tiles strong").TextContent));
        Assert.DoesNotContain(tab.FindAll("caption"), caption => caption.TextContent == "By model");
        Assert.Equal("activity?model=alpha", tab.Find("a.lb-link").GetAttribute("href"));
    }

    [Fact]
    public async Task Filter_GoesIntoTheAddress_AndKeepsTheOthers()
    {
        var page = Show("/activity?model=alpha&range=24h");
        page.WaitForElement("tbody tr");
        await page.InvokeAsync(() => page.Find("input[placeholder=All]").ChangeAsync("s 1"));
        page.WaitForAssertion(() =>
            Assert.Equal(
                [("model", "alpha"), ("range", "24h"), ("session", "s 1"), ("tab", "requests")],
                QueryHelpers.ParseQuery(new Uri(Navigation.Uri).Query).Select(pair => (pair.Key, pair.Value.ToString())).Order()
            )
        );
    }

    [Fact]
    public async Task Delete_RemovesWhatTheFilterShows_AfterAQuestion()
    {
        await app
            .Services.GetRequiredService<DatabaseWriter>()
            .ExecuteAsync(
                (context, _) =>
                {
                    context.AddRange(
                        Enumerable
                            .Range(0, 3)
                            .Select(i => new StatsRow
                            {
                                RequestId = $"d{i}",
                                ModelName = "gone",
                                HttpStatus = 200,
                                CreatedAt = 1,
                            })
                    );
                    return Task.CompletedTask;
                }
            );
        var page = Show("/activity?model=gone");
        page.WaitForElement("tbody tr");
        var dialogs = this.ShowDialogs();
        var deleting = page.PressAsync("Delete these records");
        await dialogs.WaitAndPressAsync("Delete");
        await deleting;
        page.WaitForAssertion(() => Assert.Contains("No request matches", page.Markup));
        await using var context = await app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>().CreateDbContextAsync();
        Assert.Equal(4, await context.Set<StatsRow>().CountAsync());
    }

    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    private static string Field(string csv, string line, string name) =>
        line.Split(',')[Array.IndexOf(csv.Split('\n')[0].Split(','), name)];

    private IRenderedComponent<ActivityPage> Show(string address)
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        var services = app.Services;
        Services
            .AddSingleton(services.GetRequiredService<StatsReader>())
            .AddSingleton(services.GetRequiredService<ModelStore>())
            .AddSingleton(services.GetRequiredService<StatsMaintenance>())
            .AddSingleton(services.GetRequiredService<StatsBuffer>())
            .AddSingleton(services.GetRequiredService<InFlightRegistry>())
            .AddSingleton(services.GetRequiredService<CacheStore>())
            .AddSingleton(services.GetRequiredService<CacheSwitchAccess>())
            .AddSingleton(TimeProvider.System)
            .AddParts();
        Navigation.NavigateTo(address);
        return Render<ActivityPage>();
    }
}
