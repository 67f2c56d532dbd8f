using AngleSharp.Dom;
using Bunit;
using LlamaBlazor.Domain.Settings;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shell;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Components.Settings;

/// <summary>Every option on the Settings page, over the real store.</summary>
public sealed class AllSettingsTests : BunitContext, IAsyncLifetime
{
    private const string Queue = "LlamaBlazor:Proxy:QueueSize";

    private readonly AppFixture _app = new();

    private SettingStore Store => _app.Services.GetRequiredService<SettingStore>();

    public async ValueTask InitializeAsync()
    {
        await _app.InitializeAsync();
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddParts();
        Services
            .AddSingleton(TimeProvider.System)
            .AddSingleton(Store)
            .AddSingleton(_app.Services.GetRequiredService<Broadcast<SettingsChanged>>());
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await base.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public void EverySetting_IsShown_AndLockedOnesCannotBeEdited()
    {
        var page = Render<AllSettings>();
        Assert.Equal(
            SettingTable.All.Select(definition => definition.Key).Order(),
            page.FindAll(".setting").Select(row => row.GetAttribute("data-key")!).Order()
        );
        var locked = Row(page, "LlamaBlazor:Admission:MinFreeMemoryGb");
        Assert.Empty(locked.QuerySelectorAll("input"));
        Assert.Contains("command line", locked.TextContent);
        Assert.Contains("locked", Row(page, "LlamaBlazor:AllowedDirectories").TextContent);
    }

    [Fact]
    public async Task Edits_OfAGroup_AreSavedTogether_AndResetGoesBack()
    {
        var page = Render<AllSettings>();
        await TypeAsync(page, Queue, "8");
        await TypeAsync(page, "LlamaBlazor:Proxy:QueueWaitSeconds", "12");
        Assert.Equal("64", Value(Queue)); // not before it is saved
        await SaveAsync(page, Queue);
        Assert.Equal(("8", "12"), (Value(Queue), Value("LlamaBlazor:Proxy:QueueWaitSeconds")));
        page.WaitForAssertion(() => Assert.Contains("saved", Row(page, Queue).TextContent));
        await page.InvokeAsync(() => Row(page, Queue).QuerySelector("button.lb-link")!.ClickAsync());
        Assert.Equal("8", Value(Queue));
        await SaveAsync(page, Queue);
        Assert.Equal("64", Value(Queue));
    }

    [Fact]
    public async Task WrongValue_IsSaidBesideItsField_AndNothingOfTheGroupIsSaved()
    {
        var page = Render<AllSettings>();
        await TypeAsync(page, Queue, "0");
        await TypeAsync(page, "LlamaBlazor:Proxy:QueueWaitSeconds", "12");
        await SaveAsync(page, Queue);
        Assert.Contains("from 1 to 10000", Row(page, Queue).TextContent);
        Assert.Equal(("64", "300"), (Value(Queue), Value("LlamaBlazor:Proxy:QueueWaitSeconds")));
        Assert.Equal("0", Row(page, Queue).QuerySelector("input")!.GetAttribute("value")); // what was typed stays
    }

    [Fact]
    public async Task Search_FindsByNameKeyAndHelp()
    {
        var page = Render<AllSettings>();
        await page.InvokeAsync(() => page.Find("input[type=search]").InputAsync("queuesize"));
        Assert.Equal([Queue], page.FindAll(".setting").Select(row => row.GetAttribute("data-key")));
        await page.InvokeAsync(() => page.Find("input[type=search]").InputAsync("nothing like it"));
        Assert.Contains("No setting has", page.Markup);
    }

    [Fact]
    public async Task Save_WhileSearching_SavesWhatIsShown_AndKeepsTheOtherEdits()
    {
        const string wait = "LlamaBlazor:Proxy:QueueWaitSeconds";
        var page = Render<AllSettings>();
        await TypeAsync(page, Queue, "9");
        await TypeAsync(page, wait, "0"); // no value of it: what the search hides must not hold up what it shows
        await page.InvokeAsync(() => page.Find("input[type=search]").InputAsync("queuesize"));
        Assert.Contains("Save 1 change", page.Markup);
        await SaveAsync(page, Queue);
        Assert.Equal("9", Value(Queue));
        await page.InvokeAsync(() => page.Find("input[type=search]").InputAsync(""));
        Assert.Equal("0", Row(page, wait).QuerySelector("input")!.GetAttribute("value"));
        Assert.Contains("Save 1 change", page.Markup);
    }

    private string? Value(string key) => Store.Describe(SettingTable.Get(key)).Value.Text;

    private static IElement Row(IRenderedComponent<AllSettings> page, string key) => page.Find($".setting[data-key='{key}']");

    private static Task TypeAsync(IRenderedComponent<AllSettings> page, string key, string text) =>
        page.InvokeAsync(() => Row(page, key).QuerySelector("input")!.ChangeAsync(text));

    private static Task SaveAsync(IRenderedComponent<AllSettings> page, string key) =>
        page.InvokeAsync(() => Row(page, key).Closest("form")!.SubmitAsync());
}
