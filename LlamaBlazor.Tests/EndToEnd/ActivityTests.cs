using LlamaBlazor.Tests.Integration.Instances;
using LlamaBlazor.Tests.Integration.Proxy;
using LlamaBlazor.Tests.Support;
using Microsoft.Playwright;

namespace LlamaBlazor.Tests.EndToEnd;

/// <summary>Watching a request and ending it, and asking a model, as a person does it.</summary>
[Collection(BrowserTests.Name)]
public sealed class ActivityTests(BrowserFixture chromium)
{
    [BrowserFact]
    public async Task RequestUnderWay_IsShown_Cancelled_AndFoundInTheLog()
    {
        await using var app = new ProxyFixture();
        await app.InitializeAsync();
        await app.AddRunningAsync("slow-model");
        await using var context = await chromium.Browser.NewContextAsync(new BrowserNewContextOptions { BaseURL = app.Address.ToString() });
        var page = await context.NewPageAsync();
        await page.GotoAsync("/activity");
        using var answer = await app.Http.SendAsync(
            ProxyFixture.Post("/v1/chat/completions", ProxyFixture.Chat("slow-model", stream: true), "hold"),
            HttpCompletionOption.ResponseHeadersRead
        );
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel the request for slow-model" }).ClickAsync();
        Assert.Contains("\"cancelled\"", await answer.Content.ReadAsStringAsync());
        await Assertions.Expect(page.Locator("#inflight-title")).ToContainTextAsync("0");
        await app.RowAsync(answer.Headers.GetValues("X-Request-Id").Single());
        await page.GetByRole(AriaRole.Button, new() { Name = "Refresh" }).ClickAsync();
        await page.GetByRole(AriaRole.Row).Filter(new() { HasText = "slow-model" }).GetByRole(AriaRole.Link).ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("cancelled in the dashboard");
    }

    [BrowserFact]
    public async Task Playground_ShowsTheReplyAndItsFigures()
    {
        await using var app = new InstanceHarness();
        await app.InitializeAsync();
        await app.AddModelAsync("load-ms=0", "tps=500");
        await using var context = await chromium.Browser.NewContextAsync(new BrowserNewContextOptions { BaseURL = app.Address.ToString() });
        var page = await context.NewPageAsync();
        await page.GotoAsync("/playground");
        await page.GetByPlaceholder("Message; Enter sends").FillAsync("Say hi");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        var reply = page.Locator(".turn-assistant");
        await Assertions.Expect(reply.Locator(".text")).ToContainTextAsync("simulated engine", new() { Timeout = 30_000 });
        await Assertions.Expect(reply).ToContainTextAsync("t/s");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Send" })).ToBeVisibleAsync();
    }
}
