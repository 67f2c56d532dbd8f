using System.Net.Http.Json;
using System.Text.Json;
using Deque.AxeCore.Playwright;
using LlamaBlazor.Tests.Support;
using Microsoft.Playwright;

namespace LlamaBlazor.Tests.EndToEnd;

/// <summary>The tabs of a model in a browser: usable by everybody on every tab, and one edit from typing to the command.</summary>
[Collection(BrowserTests.Name)]
public sealed class ParameterTabsTests(BrowserFixture chromium, AppFixture app) : IClassFixture<AppFixture>
{
    private static readonly string[] Tabs =
    [
        "core",
        "sampling",
        "memory",
        "gpu",
        "advanced",
        "lora",
        "speculative",
        "multimodal",
        "server",
    ];

    [BrowserFact]
    public async Task Tabs_Have_NoSeriousViolation_AndFitASmallScreen()
    {
        var id = await AddAsync("axe-model");
        var problems = new List<string>();
        await using var context = await chromium.Browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                ColorScheme = ColorScheme.Dark,
                ViewportSize = new ViewportSize { Width = 360, Height = 800 },
            }
        );
        var page = await context.NewPageAsync();
        foreach (var tab in Tabs)
        {
            await page.GotoAsync(new Uri(app.Address, $"models/{id}/{tab}").ToString());
            await Assertions.Expect(page.Locator(".lb-form")).ToBeVisibleAsync();
            var result = await page.RunAxe();
            problems.AddRange(
                result
                    .Violations.Where(violation => violation.Impact is "serious" or "critical")
                    .Select(violation => $"{tab}: {violation.Id} {violation.Nodes[0].Html}")
            );
            if (await SmallScreen.OverflowAsync(page) is var wider and > 0)
                problems.Add($"{tab} is {wider} pixels wider than the screen");
        }

        Assert.True(problems.Count == 0, string.Join(Environment.NewLine, problems));
    }

    [BrowserFact]
    public async Task Edit_IsSaved_AndUndone_AndTheCommandFollows()
    {
        var id = await AddAsync("edit-model");
        var page = await chromium.Browser.NewPageAsync();
        await page.GotoAsync(new Uri(app.Address, $"models/{id}/sampling").ToString());
        await page.FillAsync("#p-top_k", "many");
        await page.Locator("#p-top_k").BlurAsync();
        await Assertions.Expect(page.Locator("#p-top_k-meta")).ToContainTextAsync("not a whole number");
        await page.ClickAsync(".lb-savebar button[type=submit]");
        await Assertions.Expect(page.Locator("#p-top_k")).ToBeFocusedAsync(); // what is refused leads to the field
        await page.FillAsync("#p-top_k", "17");
        await page.Locator("#p-top_k").BlurAsync();
        await page.ClickAsync("a.tab:has-text('Memory')");
        // the edit waits, and its tab says so
        await Assertions.Expect(page.Locator("a.tab:has-text('Sampling') .tab-changed")).ToHaveTextAsync(", 1 not saved");
        await page.ClickAsync("a.tab:has-text('Sampling')");
        await page.ClickAsync(".lb-savebar button[type=submit]");
        await Assertions.Expect(page.Locator(".history")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".tab-changed")).ToHaveCountAsync(0);
        await page.GotoAsync(new Uri(app.Address, $"models/{id}/sampling#p-top_k").ToString());
        await Assertions.Expect(page.Locator("#p-top_k")).ToHaveValueAsync("17");
        await Assertions.Expect(page.Locator("#p-top_k")).ToBeFocusedAsync();
        await page.Locator(".history summary").ClickAsync();
        await page.Locator(".history button").First.ClickAsync();
        await Assertions.Expect(page.Locator("#p-top_k")).ToHaveValueAsync("");
        await page.CloseAsync();
    }

    private async Task<long> AddAsync(string name)
    {
        var answer = await app.Http.PostAsJsonAsync(
            "/api/models/import-command",
            new { command = $"llama-server --model /nowhere/{name}.gguf", name }
        );
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("model").GetProperty("id").GetInt64();
    }
}
