using LlamaBlazor.Tests.Integration.Proxy;
using LlamaBlazor.Tests.Support;
using Microsoft.Playwright;

namespace LlamaBlazor.Tests.EndToEnd;

/// <summary>An engine's own web UI behind <c>/upstream/{model}/</c>, in a browser: it works as if it were alone, and reaches nothing of the dashboard.</summary>
[Collection(BrowserTests.Name)]
public sealed class EnginePageTests(BrowserFixture chromium)
{
    [BrowserFact]
    public async Task PageOfAnEngine_Works_AndReachesOnlyItsOwn()
    {
        await using var app = new ProxyFixture();
        await app.InitializeAsync();
        await app.AddRunningAsync("owner/own page");
        await app.AddRunningAsync("other");
        await using var context = await chromium.Browser.NewContextAsync(new BrowserNewContextOptions { BaseURL = app.Address.ToString() });
        var page = await context.NewPageAsync();
        await page.GotoAsync("/upstream/owner/own%20page"); // the slash that relative addresses need is added
        Assert.EndsWith("/upstream/owner/own%20page/", page.Url);
        foreach (var (what, word) in new[] { ("inline", "ran"), ("file", "ran"), ("relative", "data?x=1"), ("socket", "echo hello"), ("worker", "worked"), ("dashboard", "refused"), ("neighbour", "refused") })
            await Assertions.Expect(page.Locator("#" + what)).ToHaveTextAsync(word);
        await Assertions.Expect(page.Locator("#styled")).ToHaveCSSAsync("color", "rgb(1, 2, 3)");
    }
}
