using System.Text.RegularExpressions;
using LlamaBlazor.Tests.Support;
using Microsoft.Playwright;

namespace LlamaBlazor.Tests.EndToEnd;

/// <summary>The main job as a person does it in a browser: a real file, a real process, a real database.</summary>
[Collection(BrowserTests.Name)]
public sealed partial class StoryTests(BrowserFixture chromium)
{
    private const string CpuLine = "[data-chart=cpu] .apexcharts-series path[fill=none]";

    [BrowserFact]
    public async Task ScanConfigureStartWatchStopDelete()
    {
        await using var app = new StoryApp();
        await app.InitializeAsync();
        await using var context = await chromium.Browser.NewContextAsync(new BrowserNewContextOptions { BaseURL = app.Address.ToString() });
        var page = await context.NewPageAsync();

        await ScanAsync(page, app);
        await EditAsync(page, "Sampling", "temperature", "0.35");
        await EditAsync(page, "Core", "ctx_size", "1024");
        await OpenTabAsync(page, "Command");
        await Assertions.Expect(page.Locator("#command-text")).ToContainTextAsync(new Regex(@"--ctx-size 1024[\s\S]*--temp 0\.35"));

        await page.GetByRole(AriaRole.Button, new() { Name = "Start tiny-story" }).ClickAsync();
        await Assertions.Expect(page.Locator(".lb-page-header .lb-status-running")).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await WatchAsync(page, app);

        await page.GotoAsync("/models/tiny-story");
        await page.GetByRole(AriaRole.Button, new() { Name = "Stop tiny-story" }).ClickAsync();
        await Assertions.Expect(page.Locator(".lb-page-header .lb-status-stopped")).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await DeleteAsync(page);
        Assert.True(File.Exists(app.ModelFile), "Deleting a model never deletes its file");
    }

    [BrowserFact]
    public async Task EngineThatExitsAtOnce_ShowsItsOwnWords()
    {
        await using var app = new StoryApp("echo 'error: the tensors are made of cheese' >&2; exit 1");
        await app.InitializeAsync();
        await using var context = await chromium.Browser.NewContextAsync(new BrowserNewContextOptions { BaseURL = app.Address.ToString() });
        var page = await context.NewPageAsync();
        GgufSamples.Llama("Tiny Story").Save(app.ModelFile);
        (await app.Http.PostAsync("/api/models/scan", null)).EnsureSuccessStatusCode();
        await page.GotoAsync("/models/tiny-story");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start tiny-story" }).ClickAsync();
        await Assertions
            .Expect(page.Locator(".lb-notice-error"))
            .ToContainTextAsync("the tensors are made of cheese", new() { Timeout = 60_000 });
    }

    private static async Task ScanAsync(IPage page, StoryApp app)
    {
        await page.GotoAsync("/models");
        await Assertions.Expect(page.Locator("main h1")).ToHaveTextAsync("Models");
        GgufSamples.Llama("Tiny Story").Save(app.ModelFile);
        await File.WriteAllTextAsync(Path.Combine(app.ModelFolder, "broken.gguf"), "GGUF and then nothing");
        await page.GetByRole(AriaRole.Button, new() { Name = "Scan", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByText("broken.gguf").First).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Close", Exact = true }).Last.ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "tiny-story" }).ClickAsync();
        await Assertions.Expect(page.Locator("main h1")).ToHaveTextAsync("tiny-story");
    }

    private static async Task EditAsync(IPage page, string tab, string column, string value)
    {
        await OpenTabAsync(page, tab);
        await page.Locator($"#p-{column}").FillAsync(value);
        await page.Locator($"#p-{column}").BlurAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator(".lb-savebar[data-open]")).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator($"#p-{column}")).ToHaveValueAsync(value);
    }

    private static async Task OpenTabAsync(IPage page, string tab)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = tab, Exact = true }).ClickAsync();
        await Assertions
            .Expect(page.GetByRole(AriaRole.Link, new() { Name = tab, Exact = true }))
            .ToHaveAttributeAsync("aria-current", "page");
    }

    // Tiles and charts move, a reload keeps what they showed, and the running model is listed.
    private static async Task WatchAsync(IPage page, StoryApp app)
    {
        await page.GotoAsync("/");
        await Assertions.Expect(page.Locator("article[data-tile=active_models] [data-part=current]")).ToHaveTextAsync("1");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("tiny-story");
        var first = await LineAsync(page);
        await page.WaitForFunctionAsync(
            "([selector, before]) => document.querySelector(selector)?.getAttribute('d') !== before",
            new[] { CpuLine, first }
        );
        await Until.TrueAsync(
            async () => (await app.GetAsync("/api/metrics/history?minutes=10")).GetProperty("items").GetArrayLength() >= 3,
            "three samples"
        );
        await page.ReloadAsync();
        Assert.True(PointPattern().Count(await LineAsync(page)) >= 2, "A reload begins with the history, not with an empty chart");
    }

    private static async Task<string> LineAsync(IPage page)
    {
        await page.WaitForFunctionAsync("selector => (document.querySelector(selector)?.getAttribute('d') ?? '').includes('L')", CpuLine);
        return await page.GetAttributeAsync(CpuLine, "d") ?? "";
    }

    private static async Task DeleteAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("main h1")).ToHaveTextAsync("Models");
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "tiny-story" })).ToHaveCountAsync(0);
    }

    [GeneratedRegex("L")]
    private static partial Regex PointPattern();

    /// <summary>The program with one empty models folder and an engine that is a process of its own.</summary>
    private sealed class StoryApp : AppFixture
    {
        public StoryApp() => With("LlamaBlazor:EnginePath", EngineScript.Write(Folder, "load-ms=200"));

        public StoryApp(string script) =>
            With("LlamaBlazor:EnginePath", EngineScript.WriteRaw(Folder, script)).With("LlamaBlazor:Instances:StartAttempts", "1");

        public string ModelFile => Path.Combine(ModelFolder, "tiny-story.gguf");
    }
}
