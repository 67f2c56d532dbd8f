using System.Net.Http.Json;
using LlamaBlazor.Tests.Integration.Proxy;
using LlamaBlazor.Tests.Support;
using Microsoft.Playwright;

namespace LlamaBlazor.Tests.EndToEnd;

/// <summary>The dashboard's pages once keys exist: they work as before, by what they carry.</summary>
[Collection(BrowserTests.Name)]
public sealed class KeyedPageTests(BrowserFixture chromium)
{
    [BrowserFact]
    public async Task Pages_Work_WithKeysAndAfterTheLast()
    {
        await using var app = new ProxyFixture();
        await app.InitializeAsync();
        await app.AddRunningAsync("guarded");
        using var made = await app.Http.PostAsJsonAsync("/api/keys", new { name = "a program" });
        made.EnsureSuccessStatusCode();
        await using var context = await chromium.Browser.NewContextAsync(new BrowserNewContextOptions { BaseURL = app.Address.ToString() });
        var page = await context.NewPageAsync();
        await page.GotoAsync("/keys");
        await Assertions.Expect(page.Locator("table")).ToContainTextAsync("a program"); // the circuit is up
        Assert.Equal(200, await page.EvaluateAsync<int>("fetch('/api/models').then(answer => answer.status)"));
        Assert.Equal(
            200,
            await page.EvaluateAsync<int>(
                "fetch('/hubs/telemetry/negotiate?negotiateVersion=1', { method: 'POST' }).then(answer => answer.status)"
            )
        );
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Revoke the key a program" }).ClickAsync();
        await Assertions.Expect(page.Locator(".mud-dialog")).ToContainTextAsync("It is the last key");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Revoke", Exact = true }).Last.ClickAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Open to all programs" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Open", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator(".lb-notice").First).ToContainTextAsync("No key is needed");
        using var program = new HttpClient { BaseAddress = app.Address };
        Assert.True((await program.GetAsync("/v1/models")).IsSuccessStatusCode);
    }

    [BrowserFact]
    public async Task EnginesPage_Opens_FromTheDashboard_WithKeys()
    {
        await using var app = new ProxyFixture();
        await app.InitializeAsync();
        await app.AddRunningAsync("guarded");
        using var made = await app.Http.PostAsJsonAsync("/api/keys", new { name = "a program" });
        made.EnsureSuccessStatusCode();
        await using var context = await chromium.Browser.NewContextAsync(new BrowserNewContextOptions { BaseURL = app.Address.ToString() });
        var page = await context.NewPageAsync();
        Assert.Equal(401, (await page.GotoAsync("/upstream/guarded/"))!.Status);
        await page.GotoAsync("/keys");
        await page.EvaluateAsync("() => { location.href = '/upstream/guarded/'; }");
        await Assertions.Expect(page.Locator("#relative")).ToHaveTextAsync("data?x=1");
    }
}
