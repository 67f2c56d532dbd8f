using LlamaBlazor.Tests.Integration.Proxy;
using LlamaBlazor.Tests.Support;
using Microsoft.Playwright;

namespace LlamaBlazor.Tests.EndToEnd;

/// <summary>An engine's own web UI behind <c>/upstream/{model}/</c>, in a browser: it works as if it were alone, and reaches nothing of the
/// dashboard.</summary>
[Collection(BrowserTests.Name)]
public sealed class EnginePageTests(BrowserFixture chromium)
{
    private const float Patience = 60_000; // ms; the first circuit of a browser comes slowly on a busy machine

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
        Assert.EndsWith(".localhost", new Uri(page.Url).Host); // an origin of its own
        foreach (
            var (what, word) in new[]
            {
                ("inline", "ran"),
                ("file", "ran"),
                ("relative", "data?x=1"),
                ("socket", "echo hello"),
                ("worker", "worked"),
                ("dashboard", "refused"),
                ("neighbour", "refused"),
            }
        )
            await Assertions.Expect(page.Locator("#" + what)).ToHaveTextAsync(word);
        await Assertions.Expect(page.Locator("#styled")).ToHaveCSSAsync("color", "rgb(1, 2, 3)");
        await page.EvaluateAsync("localStorage.setItem('kept', 'yes')"); // the UI of llama-server keeps its chats in the browser
        await page.ReloadAsync();
        Assert.Equal("yes", await page.EvaluateAsync<string>("localStorage.getItem('kept')"));
    }

    [BrowserFact]
    public async Task ScriptOfAnEngine_ReachesNoWindowOfTheDashboard()
    {
        await using var app = new ProxyFixture();
        await app.InitializeAsync();
        await app.AddRunningAsync("hostile");
        await using var context = await chromium.Browser.NewContextAsync(new BrowserNewContextOptions { BaseURL = app.Address.ToString() });
        var page = await context.NewPageAsync();
        await page.GotoAsync("/upstream/hostile/");
        var home = app.Address.GetLeftPart(UriPartial.Authority);
        foreach (var address in new[] { "/settings", home + "/settings", home + "/upstream/hostile/", "/upstream/other/" })
            Assert.Equal("refused", await page.EvaluateAsync<string>(WindowScript, address));
        foreach (var address in new[] { "/api/models", home + "/api/models", home + "/v1/models", home + "/upstream/hostile/page/data" })
            Assert.Equal(
                "refused",
                await page.EvaluateAsync<string>("address => fetch(address).then(() => 'reached', () => 'refused')", address)
            );
        const string Register =
            "scope => navigator.serviceWorker.register('page/more.js', { scope }).then(() => 'registered', () => 'refused')";
        foreach (var scope in new[] { "/", "./page/" })
            Assert.Equal("refused", await page.EvaluateAsync<string>(Register, scope));
        Assert.Null(await page.EvaluateAsync<string?>("() => window.opener && 'opener'"));
        Assert.DoesNotContain("llamablazor", await page.EvaluateAsync<string>("document.cookie"));
    }

    [BrowserFact]
    public async Task PageOfTheInternet_StartsNothing()
    {
        await using var app = new ProxyFixture();
        await app.InitializeAsync();
        var id = await app.AddModelAsync("cold");
        await using var context = await chromium.Browser.NewContextAsync();
        await context.RouteAsync(
            "http://evil.example/**",
            route => route.FulfillAsync(new RouteFulfillOptions { ContentType = "text/html", Body = "<!doctype html><title>evil</title>" })
        );
        var page = await context.NewPageAsync();
        await page.GotoAsync("http://evil.example/");
        string[] paths = ["props?model=cold", "slots?model=cold", "metrics?model=cold", "upstream/cold/x", "api/database/export"];
        foreach (var path in paths)
        {
            await page.EvaluateAsync(LoadScript, new { kind = "img", address = app.Address + path });
            await page.EvaluateAsync(LoadScript, new { kind = "iframe", address = app.Address + path });
        }

        Assert.Equal(0, app.Starts(id));
        var refused = await page.RunAndWaitForResponseAsync(
            () => page.EvaluateAsync("address => { location.href = address; }", app.Address + "upstream/cold/"),
            "**/upstream/cold/",
            new PageRunAndWaitForResponseOptions { Timeout = Patience }
        );
        Assert.Equal(403, refused.Status);
        Assert.Equal(0, app.Starts(id));
        var visitor = await context.NewPageAsync(); // the first one may still be on its way to the refusal
        await visitor.GotoAsync("http://evil.example/");
        await visitor.EvaluateAsync("address => { location.href = address; }", app.Address + "models");
        var heading = new LocatorAssertionsToHaveTextOptions { Timeout = Patience };
        await Assertions.Expect(visitor.Locator("h1")).ToHaveTextAsync("Models", heading); // a link to a page is a link
    }

    private const string LoadScript = """
        ({ kind, address }) => new Promise(done => {
          const element = document.createElement(kind);
          element.onload = element.onerror = done;
          element.src = address;
          document.body.append(element);
        })
        """;

    // What a script can do with a window it opened: read it once it is there. The browser refuses, or has taken the handle away.
    private const string WindowScript = """
        async address => {
          const opened = window.open(address);
          if (!opened) return 'refused';
          const until = Date.now() + 3000;
          try {
            while (Date.now() < until) {
              if (opened.closed) return 'refused';
              const text = opened.document.documentElement.textContent; // throws where the origin is another
              if (opened.location.href !== 'about:blank' && text.length > 0) return 'reached ' + text.slice(0, 50);
              await new Promise(done => setTimeout(done, 50));
            }
            return 'empty';
          } catch { return 'refused'; } finally { opened.close(); }
        }
        """;
}
