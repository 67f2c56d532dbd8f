using Bunit;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Radzen;
using Radzen.Blazor;

namespace LlamaBlazor.Tests.Components.Settings;

/// <summary>The fields of what is kept of requests, in the form of the Settings page over the real stores.</summary>
public sealed class SettingsPageTests : BunitContext, IAsyncLifetime
{
    private static readonly RequestKeeping Before = new("preview", 86_400, 50);

    private readonly AppFixture _app = new();

    private RequestKeepingAccess Store => _app.Services.GetRequiredService<RequestKeepingAccess>();

    public async ValueTask InitializeAsync()
    {
        await _app.InitializeAsync();
        Assert.True((await Store.SaveAsync(_ => Before)).IsSuccess);
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddRadzenComponents();
        Services
            .AddSingleton(_app.Services.GetRequiredService<LaunchSettingsAccess>())
            .AddSingleton(Store)
            .AddSingleton(TimeProvider.System)
            .AddSingleton(_app.Services.GetRequiredService<SettingStore>())
            .AddSingleton(_app.Services.GetRequiredService<Broadcast<SettingsChanged>>())
            .AddSingleton(_app.Services.GetRequiredService<CacheSwitchAccess>());
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await base.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Edits_AreSaved_AndCountAtOnce()
    {
        var page = Open();
        Assert.Equal("preview", page.Find("input[name=store_prompts][checked]").GetAttribute("value"));
        Assert.Equal((1L, 86_400L), (Life(page).Instance.Value, Unit(page).Instance.Value));
        Assert.True(Save(page).HasAttribute("disabled"));
        await page.InvokeAsync(() => page.Find("input[value=none]").ChangeAsync("none"));
        await page.InvokeAsync(() => Life(page).Instance.Change.InvokeAsync(12));
        await page.InvokeAsync(() => Unit(page).Instance.Change.InvokeAsync(3600L));
        await page.InvokeAsync(() => Room(page).Instance.Change.InvokeAsync(7));
        Assert.Equal(Before, Store.Current); // not before it is saved
        await page.InvokeAsync(() => page.Find("form").SubmitAsync());
        page.WaitForAssertion(() => Assert.Equal(new RequestKeeping("none", 43_200, 7), Store.Current));
        page.WaitForAssertion(() => Assert.True(Save(page).HasAttribute("disabled")));
        Assert.Contains(Notes, note => note.Severity == NotificationSeverity.Success);
    }

    [Fact]
    public async Task Leaving_WithEdits_AsksFirst_AndWithoutThemDoesNot()
    {
        var page = Open();
        var navigation = Services.GetRequiredService<NavigationManager>();
        var dialogs = Services.GetRequiredService<DialogService>();
        var asked = 0;
        dialogs.OnOpen += (title, _, _, _) =>
        {
            Assert.Equal("Leave this page?", title);
            _ = page.InvokeAsync(() => dialogs.Close(asked++ > 0)); // stays first, leaves then
        };
        await page.InvokeAsync(() => page.Find("input[value=none]").ChangeAsync("none"));
        await page.InvokeAsync(() => navigation.NavigateTo("models"));
        page.WaitForAssertion(() => Assert.Equal(1, asked));
        Assert.DoesNotContain("models", navigation.Uri);
        await page.InvokeAsync(() => navigation.NavigateTo("models"));
        page.WaitForAssertion(() => Assert.EndsWith("models", navigation.Uri));
        await page.InvokeAsync(() => page.FindAll("button").First(button => button.TextContent.Contains("Discard")).ClickAsync());
        await page.InvokeAsync(() => navigation.NavigateTo("logs"));
        page.WaitForAssertion(() => Assert.EndsWith("logs", navigation.Uri));
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task BadValues_AreSaidBesideTheirFields_AndNothingIsSaved()
    {
        var page = Open();
        await page.InvokeAsync(() => page.Find("input[value=full]").ChangeAsync("full"));
        await page.InvokeAsync(() => Life(page).Instance.Change.InvokeAsync(null));
        await page.InvokeAsync(() => Room(page).Instance.Change.InvokeAsync(0));
        await page.InvokeAsync(() => page.Find("form").SubmitAsync());
        Assert.Contains("for ever", page.Find("#life-errors").TextContent);
        Assert.Contains("From 1", page.Find("#room-errors").TextContent);
        Assert.Equal(Before, Store.Current);
        await page.InvokeAsync(() => page.FindAll("button").Single(button => button.TextContent.Contains("Discard")).ClickAsync());
        Assert.Equal((1L, 50L), (Life(page).Instance.Value, Room(page).Instance.Value));
        Assert.Empty(page.FindAll("#life-errors p"));
        Assert.Equal("preview", page.Find("input[name=store_prompts][checked]").GetAttribute("value"));
    }

    [Fact]
    public async Task SavedElsewhereMeanwhile_IsSaid_TheEditsStay_AndTheNextSaveIsMeant()
    {
        var page = Open();
        await page.InvokeAsync(() => Room(page).Instance.Change.InvokeAsync(7));
        Assert.True((await Store.SaveAsync(keeping => keeping with { StorePrompts = "none" })).IsSuccess);
        await page.InvokeAsync(() => page.Find("form").SubmitAsync());
        page.WaitForAssertion(() =>
            Assert.Contains(Notes, note => note.Severity == NotificationSeverity.Warning && note.Detail.Contains("elsewhere"))
        );
        Assert.Equal(Before with { StorePrompts = "none" }, Store.Current);
        Assert.Equal("none", page.Find("input[name=store_prompts][checked]").GetAttribute("value")); // theirs, which was not touched here
        Assert.Equal(7L, Room(page).Instance.Value);
        await page.InvokeAsync(() => page.Find("form").SubmitAsync());
        page.WaitForAssertion(() => Assert.Equal(new RequestKeeping("none", 86_400, 7), Store.Current));
    }

    private IReadOnlyList<NotificationMessage> Notes => Services.GetRequiredService<NotificationService>().Messages;

    private IRenderedComponent<SettingsPage> Open()
    {
        DefaultWaitTimeout = TimeSpan.FromSeconds(20); // a condition, not a measure: builders are slow
        var page = Render<SettingsPage>();
        page.WaitForElement("form");
        return page;
    }

    private static AngleSharp.Dom.IElement Save(IRenderedComponent<SettingsPage> page) => page.Find("button[type=submit]");

    private static IRenderedComponent<RadzenNumeric<long?>> Life(IRenderedComponent<SettingsPage> page) =>
        page.FindComponents<RadzenNumeric<long?>>()[0];

    private static IRenderedComponent<RadzenNumeric<long?>> Room(IRenderedComponent<SettingsPage> page) =>
        page.FindComponents<RadzenNumeric<long?>>()[1];

    private static IRenderedComponent<RadzenDropDown<long>> Unit(IRenderedComponent<SettingsPage> page) =>
        page.FindComponents<RadzenDropDown<long>>()[0];
}
