using LlamaBlazor.Tests.Support;
using Microsoft.Playwright;

namespace LlamaBlazor.Tests.EndToEnd;

/// <summary>The page Logs in a browser.</summary>
[Collection(BrowserTests.Name)]
public sealed class LogsTests(BrowserFixture chromium, AppFixture app) : IClassFixture<AppFixture>
{
    [BrowserFact]
    public async Task WordsOfTheAddress_ThatNoChoiceHas_CountAsNone()
    {
        await using var context = await chromium.Browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(app.Address, "/logs?level=nonsense&source=nonsense").ToString());
        await Assertions.Expect(page.GetByRole(AriaRole.Combobox, new() { Name = "Least level" })).ToContainTextAsync("All levels");
        await Assertions.Expect(page.GetByRole(AriaRole.Combobox, new() { Name = "Source" })).ToContainTextAsync("All sources");
        await Assertions.Expect(page.GetByText("Database ready:").First).ToBeVisibleAsync(); // and the lines are those of all
    }
}
