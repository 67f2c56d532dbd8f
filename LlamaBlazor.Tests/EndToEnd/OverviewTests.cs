using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace LlamaBlazor.Tests.EndToEnd;

/// <summary>The overview in a real browser, and the parts of ApexCharts' drawing that charts.js relies on.</summary>
[Collection(BrowserTests.Name)]
public sealed class OverviewTests(BrowserFixture browser, OverviewTests.QuietApp app) : IClassFixture<OverviewTests.QuietApp>
{
    private const string CpuLine = "[data-chart=cpu] .apexcharts-area-series .apexcharts-series[rel='1'] path.apexcharts-area[fill=none]";
    private const string CpuArea =
        "[data-chart=cpu] .apexcharts-area-series .apexcharts-series[rel='1'] path.apexcharts-area:not([fill=none])";

    [BrowserFact]
    public async Task Charts_AreDrawn_AndTheirPathsMove()
    {
        Publish(60); // whatever another test left as the latest
        await using var context = await OpenAsync();
        var page = context.Pages[0];
        await page.WaitForSelectorAsync(CpuArea, new() { State = WaitForSelectorState.Attached });
        var before = await WaitForLineAsync(page, "M");
        Publish(61);
        await page.WaitForFunctionAsync(
            "([selector, before]) => document.querySelector(selector).getAttribute('d') !== before",
            new[] { CpuLine, before }
        );
        Assert.Contains("Z", await page.GetAttributeAsync(CpuArea, "d"));
        await Assertions.Expect(page.Locator("[data-feed-state=live]")).ToHaveTextAsync("Live");
        Assert.Equal(0, await page.Locator("[data-chart=gpu] svg").CountAsync()); // this sample has no GPU
        await Assertions.Expect(page.Locator("[data-when=no-gpu]")).ToBeVisibleAsync();
    }

    [BrowserFact]
    public async Task Tiles_ShowTheSample_AndGpuTilesComeWithAGpu()
    {
        await using var context = await OpenAsync();
        var page = context.Pages[0];
        await WaitForLineAsync(page, "M");
        Publish(73.4, new GpuSample("nvidia0", "Card", 55, 2048, 8192, 61, 120));
        await Assertions.Expect(page.Locator("article[data-tile=gpu_memory_used] [data-part=current]")).ToHaveTextAsync("2 GiB of 8 GiB");
        await Assertions.Expect(page.Locator("article[data-tile=gpu_temperature] [data-part=current]")).ToHaveTextAsync("61 °C");
        await Assertions.Expect(page.Locator("[data-when=no-gpu]")).ToBeHiddenAsync();
        await Assertions.Expect(page.Locator("article[data-tile=cpu_usage] [data-part=max]")).ToContainTextAsync("%");
    }

    [BrowserFact]
    public async Task Chart_UnderThePointer_HasTrueTooltips_AndGoesOnAfterwards()
    {
        await using var context = await OpenAsync();
        var page = context.Pages[0];
        Publish(40);
        Publish(50);
        await WaitForLineAsync(page, "L");
        var chart = page.Locator("[data-chart=cpu]");
        await chart.ScrollIntoViewIfNeededAsync();
        await chart.HoverAsync();
        await page.WaitForFunctionAsync("() => document.querySelector('[data-chart=cpu] .apexcharts-tooltip') !== null");
        var box = (await page.Locator("[data-chart=cpu] .apexcharts-grid").BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + box.Width - 3, box.Y + (box.Height / 2));
        await Assertions.Expect(page.Locator("[data-chart=cpu] .apexcharts-tooltip-text-y-value").First).ToContainTextAsync("%");
        await page.Mouse.MoveAsync(2, 2);
        var before = await page.GetAttributeAsync(CpuLine, "d");
        Publish(12);
        await page.WaitForFunctionAsync(
            "([selector, before]) => document.querySelector(selector).getAttribute('d') !== before",
            new[] { CpuLine, before! }
        );
    }

    [BrowserFact]
    public async Task Reload_BringsTheHistoryBack_AndTheThemeRedraws()
    {
        await using var context = await OpenAsync();
        var page = context.Pages[0];
        await WaitForLineAsync(page, "M");
        foreach (var cpu in new[] { 10, 20, 30 })
            app.Services.GetRequiredService<MetricWindow>().Add(Next(cpu));
        await page.ReloadAsync();
        await WaitForLineAsync(page, "L");
        var colour = await page.GetAttributeAsync(CpuLine, "stroke");
        await page.ClickAsync("[data-theme-toggle]");
        await page.WaitForFunctionAsync(
            "([selector, before]) => { const line = document.querySelector(selector); return line && line.getAttribute('stroke') !== "
                + "before && line.getAttribute('d').includes('L'); }",
            new[] { CpuLine, colour! }
        );
    }

    private static async Task<string> WaitForLineAsync(IPage page, string part)
    {
        var handle = await page.WaitForFunctionAsync(
            "([selector, part]) => { const d = document.querySelector(selector)?.getAttribute('d'); return d && d !== 'M0 0' && "
                + "d.includes(part) ? d : null; }",
            new[] { CpuLine, part }
        );
        return await handle.JsonValueAsync<string>();
    }

    private async Task<IBrowserContext> OpenAsync()
    {
        var context = await browser.Browser.NewContextAsync(
            new()
            {
                ViewportSize = new() { Width = 1280, Height = 1600 },
                ColorScheme = ColorScheme.Light,
            }
        );
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(app.Address, "/").ToString());
        return context;
    }

    // Kept and told, as the sampler does: a page whose hub connects only now finds it in the history.
    private void Publish(double cpu, params GpuSample[] gpus)
    {
        var sample = Next(cpu, gpus);
        app.Services.GetRequiredService<MetricWindow>().Add(sample);
        app.Services.GetRequiredService<Broadcast<Sample>>().Publish(sample);
    }

    // Each a second after the one before, ahead of the sampler's only one.
    private Sample Next(double cpu, params GpuSample[] gpus) =>
        new()
        {
            Timestamp = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() + app.NextSecond(),
            CpuUsage = cpu,
            Gpus = gpus,
            GpuUsage = gpus.Average(gpu => gpu.Usage),
            GpuMemoryUsed = gpus.Length == 0 ? null : gpus.Sum(gpu => gpu.MemoryUsed),
            GpuMemoryTotal = gpus.Length == 0 ? null : gpus.Sum(gpu => gpu.MemoryTotal),
            GpuTemperature = gpus.Max(gpu => gpu.Temperature),
            GpuPowerUsage = gpus.Length == 0 ? null : gpus.Sum(gpu => gpu.Power),
        };

    /// <summary>The program with a sampler that is quiet for the length of a test, so that the samples are the test's own.</summary>
    public sealed class QuietApp : AppFixture
    {
        private int _seconds;

        public QuietApp() => With("LlamaBlazor:Telemetry:IntervalMs", "60000");

        internal int NextSecond() => 1000 * Interlocked.Increment(ref _seconds);
    }
}
