using System.Net.Http.Json;
using System.Text.Json;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using LlamaBlazor.Tests.Integration.Instances;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Shell;
using Microsoft.Playwright;

namespace LlamaBlazor.Tests.EndToEnd;

/// <summary>axe finds nothing serious on any page of the side bar, light or dark, wide or narrow.</summary>
[Collection(BrowserTests.Name)]
public sealed class AccessibilityTests(BrowserFixture chromium, LivelyApp app) : IClassFixture<LivelyApp>
{
    [BrowserFact]
    public async Task Pages_Have_NoSeriousViolation()
    {
        var problems = new List<string>();
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await using var context = await chromium.Browser.NewContextAsync(
                new BrowserNewContextOptions
                {
                    ColorScheme = scheme,
                    ViewportSize = new ViewportSize { Width = 1280, Height = 900 },
                }
            );
            var page = await context.NewPageAsync();
            foreach (var item in SiteMap.Items)
                problems.AddRange(await CheckAsync(page, item.Href, scheme));
        }

        Assert.True(problems.Count == 0, string.Join(Environment.NewLine, problems));
    }

    [BrowserFact]
    public async Task Pages_OnASmallScreen_DoNotScrollSideways()
    {
        await using var context = await chromium.Browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                ViewportSize = new ViewportSize { Width = 360, Height = 800 },
            }
        );
        var page = await context.NewPageAsync();
        foreach (var item in SiteMap.Items)
        {
            await OpenAsync(page, item.Href);
            if (await SmallScreen.OverflowAsync(page) is var wider and > 0)
                Assert.Fail($"{item.Href} is {wider} pixels wider than a screen of 360");
        }
    }

    // What a screen reader says: a drop-down that is named by its value alone says "All", a number box "Seed Up Down".
    [BrowserFact]
    public async Task Controls_AreNamed_ByWhatTheyAreFor()
    {
        var problems = new List<string>();
        await using var context = await chromium.Browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                ViewportSize = new ViewportSize { Width = 1280, Height = 900 },
            }
        );
        var page = await context.NewPageAsync();
        foreach (var item in SiteMap.Items)
        {
            await OpenAsync(page, item.Href);
            var controls = await ControlsAsync(page);
            Assert.NotEmpty(controls);
            problems.AddRange(
                controls
                    .Where(control => control.IsPoor)
                    .Select(control => $"{item.Href}: {control.Role} '{control.Name}' ({control.Value})")
            );
        }

        Assert.True(problems.Count == 0, string.Join(Environment.NewLine, problems));
    }

    // The tree that Chromium hands to screen readers.
    private static async Task<IReadOnlyList<NamedControl>> ControlsAsync(IPage page)
    {
        var session = await page.Context.NewCDPSessionAsync(page);
        var tree = await session.SendAsync("Accessibility.getFullAXTree");
        await session.DetachAsync();
        return
        [
            .. tree!
                .Value.GetProperty("nodes")
                .EnumerateArray()
                .Where(node => !node.GetProperty("ignored").GetBoolean())
                .Select(node => new NamedControl(Text(node, "role"), Text(node, "name"), Text(node, "value")))
                .Where(control => NamedControl.Roles.Contains(control.Role)),
        ];
    }

    private static string Text(JsonElement node, string property) =>
        node.TryGetProperty(property, out var found) && found.TryGetProperty("value", out var value) ? value.ToString().Trim() : "";

    private async Task<IEnumerable<string>> CheckAsync(IPage page, string href, ColorScheme scheme)
    {
        await OpenAsync(page, href);
        var result = await page.RunAxe();
        return result
            .Violations.Where(violation => violation.Impact is "serious" or "critical")
            .Select(violation => Describe(href, scheme, violation));
    }

    private async Task OpenAsync(IPage page, string href)
    {
        await page.GotoAsync(new Uri(app.Address, href).ToString());
        await Assertions.Expect(page.Locator("main h1").First).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".lb-loading")).ToHaveCountAsync(0);
        await page.WaitForFunctionAsync(
            "() => document.fonts.status === 'loaded' && document.getAnimations().every(each => each.playState !== 'running')"
        ); // colours and widths are settled
    }

    private static string Describe(string href, ColorScheme scheme, AxeResultItem violation) =>
        $"{href} ({scheme}): {violation.Id}, {violation.Help}: "
        + $"{string.Join(" | ", violation.Nodes.Take(4).Select(node => node.Html[..Math.Min(node.Html.Length, 160)]))}";
}

/// <summary>A control as a screen reader hears it.</summary>
internal sealed record NamedControl(string Role, string Name, string Value)
{
    /// <summary>The roles that are used.</summary>
    public static readonly HashSet<string> Roles =
    [
        "button",
        "link",
        "combobox",
        "textbox",
        "searchbox",
        "spinbutton",
        "slider",
        "checkbox",
        "radio",
        "switch",
        "tab",
    ];

    /// <summary>Whether it does not tell what it is for.</summary>
    public bool IsPoor =>
        Name.Length == 0
        || (Role == "combobox" && (Name == Value || Name == "Empty"))
        || (Role == "spinbutton" && Name.EndsWith("Up Down", StringComparison.Ordinal));
}

/// <summary>One with something to show: a model that runs, one that failed, and a request.</summary>
public sealed class LivelyApp : InstanceHarness
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var running = await StartAsync(await AddModelAsync("load-ms=0"));
        using var answer = await Http.PostAsJsonAsync(
            "/v1/chat/completions",
            new
            {
                model = running.Model,
                max_tokens = 4,
                messages = new[] { new { role = "user", content = "Hi" } },
            }
        );
        answer.EnsureSuccessStatusCode();
        var failing = await AddModelAsync("exit-at-start=1");
        await PostAsync($"/api/models/{failing}/start");
        await WaitForAsync(failing, "error");
    }
}

/// <summary>What does not fit on a small screen.</summary>
internal static class SmallScreen
{
    /// <summary>Pixels the page stays wider than its screen. Until its fonts are there it may be: the letters of a stand-in, and the names
    /// of icons, are wider.</summary>
    public static async Task<int> OverflowAsync(IPage page)
    {
        try
        {
            await page.WaitForFunctionAsync(
                "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth",
                null,
                new() { Timeout = 10_000 }
            );
            return 0;
        }
        catch (TimeoutException)
        {
            return await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        }
    }
}
