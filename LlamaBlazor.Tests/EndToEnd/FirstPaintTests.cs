using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Shell;
using Microsoft.Playwright;

namespace LlamaBlazor.Tests.EndToEnd;

/// <summary>What is seen before there is a circuit.</summary>
[Collection(BrowserTests.Name)]
public sealed class FirstPaintTests(BrowserFixture chromium, LivelyApp app) : IClassFixture<LivelyApp>
{
    [BrowserFact]
    public async Task Frame_IsThere_BeforeAnyScript()
    {
        await using var context = await chromium.Browser.NewContextAsync(new BrowserNewContextOptions { JavaScriptEnabled = false });
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(app.Address, "/models").ToString());
        await Assertions.Expect(page.Locator(".lb-nav-link")).ToHaveCountAsync(SiteMap.Items.Count);
        await Assertions.Expect(page.Locator(".lb-nav-link.active")).ToHaveTextAsync("Models");
        await Assertions.Expect(page.Locator(".lb-outline").First).ToBeVisibleAsync();
    }

    [BrowserFact]
    public async Task Pages_TakeItsPlace()
    {
        await using var context = await chromium.Browser.NewContextAsync();
        var page = await context.NewPageAsync();
        foreach (var item in SiteMap.Items)
        {
            await page.GotoAsync(new Uri(app.Address, item.Href).ToString());
            await Assertions.Expect(page.Locator("main h1").First).ToBeVisibleAsync();
            await Assertions.Expect(page.Locator(".lb-first-paint")).ToHaveCountAsync(0);
            await Assertions.Expect(page.Locator("main")).ToHaveCountAsync(1);
        }
    }
}
