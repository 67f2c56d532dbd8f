using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Shell;
using Microsoft.Playwright;

namespace LlamaBlazor.Tests.EndToEnd;

/// <summary>axe finds nothing serious on any page of the side bar, light or dark, wide or narrow.</summary>
[Collection(BrowserTests.Name)]
public sealed class AccessibilityTests(BrowserFixture chromium, AppFixture app) : IClassFixture<AppFixture>
{
    [BrowserFact]
    public async Task Pages_Have_NoSeriousViolation()
    {
        var problems = new List<string>();
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await using var context = await chromium.Browser.NewContextAsync(new BrowserNewContextOptions { ColorScheme = scheme, ViewportSize = new ViewportSize { Width = 1280, Height = 900 } });
            var page = await context.NewPageAsync();
            foreach (var item in SiteMap.Items)
                problems.AddRange(await CheckAsync(page, item.Href, scheme));
        }

        Assert.True(problems.Count == 0, string.Join(Environment.NewLine, problems));
    }

    [BrowserFact]
    public async Task Pages_OnASmallScreen_DoNotScrollSideways()
    {
        await using var context = await chromium.Browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 360, Height = 800 } });
        var page = await context.NewPageAsync();
        foreach (var item in SiteMap.Items)
        {
            await OpenAsync(page, item.Href);
            var overflow = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
            Assert.True(overflow <= 0, $"{item.Href} is {overflow} pixels wider than a screen of 360");
        }
    }

    private async Task<IEnumerable<string>> CheckAsync(IPage page, string href, ColorScheme scheme)
    {
        await OpenAsync(page, href);
        var result = await page.RunAxe();
        return result.Violations.Where(violation => violation.Impact is "serious" or "critical").Select(violation => Describe(href, scheme, violation));
    }

    private async Task OpenAsync(IPage page, string href)
    {
        await page.GotoAsync(new Uri(app.Address, href).ToString());
        await Assertions.Expect(page.Locator("main h1").First).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".lb-loading")).ToHaveCountAsync(0);
    }

    private static string Describe(string href, ColorScheme scheme, AxeResultItem violation) =>
        $"{href} ({scheme}): {violation.Id}, {violation.Help}: {string.Join(" | ", violation.Nodes.Take(4).Select(node => node.Html[..Math.Min(node.Html.Length, 160)]))}";
}
