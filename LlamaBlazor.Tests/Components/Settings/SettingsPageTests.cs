using Bunit;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace LlamaBlazor.Tests.Components.Settings;

/// <summary>The fields of what is kept of requests, in the form of the Settings page over the real stores.</summary>
public sealed class SettingsPageTests : BunitContext, IAsyncLifetime
{
    private static readonly RequestKeeping Before = new("preview", 86_400, 50);

    private readonly AppFixture _app = new();
    private IRenderedComponent<MudSnackbarProvider> _notices = null!;

    private RequestKeepingAccess Store => _app.Services.GetRequiredService<RequestKeepingAccess>();

    public async ValueTask InitializeAsync()
    {
        await _app.InitializeAsync();
        Assert.True((await Store.SaveAsync(_ => Before)).IsSuccess);
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddParts();
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
        Assert.Equal(("1", "days"), (Life(page).GetAttribute("value"), Unit(page).QuerySelectorAll("option")[3].TextContent));
        Assert.Equal("3", Unit(page).GetAttribute("value"));
        Assert.True(Save(page).HasAttribute("disabled"));
        await page.InvokeAsync(() => page.Find("input[value=none]").ChangeAsync("none"));
        await page.InvokeAsync(() => Life(page).ChangeAsync("12"));
        await page.InvokeAsync(() => Unit(page).ChangeAsync("2"));
        await page.InvokeAsync(() => Room(page).ChangeAsync("7"));
        Assert.Equal(Before, Store.Current); // not before it is saved
        await page.InvokeAsync(() => page.Find("form").SubmitAsync());
        page.WaitForAssertion(() => Assert.Equal(new RequestKeeping("none", 43_200, 7), Store.Current));
        page.WaitForAssertion(() => Assert.True(Save(page).HasAttribute("disabled")));
        Assert.NotEmpty(_notices.FindAll(".mud-alert-filled-success"));
    }

    [Fact]
    public async Task Leaving_WithEdits_AsksFirst_AndWithoutThemDoesNot()
    {
        var page = Open();
        var navigation = Services.GetRequiredService<NavigationManager>();
        var dialogs = this.ShowDialogs();
        await page.InvokeAsync(() => page.Find("input[value=none]").ChangeAsync("none"));
        await page.InvokeAsync(() => navigation.NavigateTo("models"));
        dialogs.WaitForAssertion(() => Assert.Contains("Leave this page?", dialogs.Markup));
        await dialogs.PressAsync("Stay");
        dialogs.WaitForAssertion(() => Assert.Empty(dialogs.FindAll("button")));
        Assert.DoesNotContain("models", navigation.Uri);
        await page.InvokeAsync(() => navigation.NavigateTo("models"));
        await dialogs.WaitAndPressAsync("Leave");
        page.WaitForAssertion(() => Assert.EndsWith("models", navigation.Uri));
        await page.InvokeAsync(() => page.FindAll("button").First(button => button.TextContent.Contains("Discard")).ClickAsync());
        await page.InvokeAsync(() => navigation.NavigateTo("logs"));
        page.WaitForAssertion(() => Assert.EndsWith("logs", navigation.Uri));
        Assert.Empty(dialogs.FindAll("button"));
    }

    [Fact]
    public async Task BadValues_AreSaidBesideTheirFields_AndNothingIsSaved()
    {
        var page = Open();
        await page.InvokeAsync(() => page.Find("input[value=full]").ChangeAsync("full"));
        await page.InvokeAsync(() => Life(page).ChangeAsync(""));
        await page.InvokeAsync(() => Room(page).ChangeAsync("0"));
        await page.InvokeAsync(() => page.Find("form").SubmitAsync());
        Assert.Contains("for ever", page.Find("#life-errors").TextContent);
        Assert.Contains("From 1", page.Find("#room-errors").TextContent);
        Assert.Equal(Before, Store.Current);
        await page.InvokeAsync(() => page.FindAll("button").Single(button => button.TextContent.Contains("Discard")).ClickAsync());
        Assert.Equal(("1", "50"), (Life(page).GetAttribute("value"), Room(page).GetAttribute("value")));
        Assert.Empty(page.FindAll("#life-errors p"));
        Assert.Equal("preview", page.Find("input[name=store_prompts][checked]").GetAttribute("value"));
    }

    [Fact]
    public async Task SavedElsewhereMeanwhile_IsSaid_TheEditsStay_AndTheNextSaveIsMeant()
    {
        var page = Open();
        await page.InvokeAsync(() => Room(page).ChangeAsync("7"));
        Assert.True((await Store.SaveAsync(keeping => keeping with { StorePrompts = "none" })).IsSuccess);
        await page.InvokeAsync(() => page.Find("form").SubmitAsync());
        page.WaitForAssertion(() => Assert.Contains("elsewhere", _notices.Find(".mud-alert-filled-warning").TextContent));
        Assert.Equal(Before with { StorePrompts = "none" }, Store.Current);
        Assert.Equal("none", page.Find("input[name=store_prompts][checked]").GetAttribute("value")); // theirs, which was not touched here
        Assert.Equal("7", Room(page).GetAttribute("value"));
        await page.InvokeAsync(() => page.Find("form").SubmitAsync());
        page.WaitForAssertion(() => Assert.Equal(new RequestKeeping("none", 86_400, 7), Store.Current));
    }

    private IRenderedComponent<SettingsPage> Open()
    {
        _notices = this.ShowNotices();
        var page = Render<SettingsPage>();
        page.WaitForElement("form");
        return page;
    }

    private static AngleSharp.Dom.IElement Save(IRenderedComponent<SettingsPage> page) => page.Find("button[type=submit]");

    private static AngleSharp.Dom.IElement Life(IRenderedComponent<SettingsPage> page) =>
        page.Find("input[aria-label='Life of a cached answer']");

    private static AngleSharp.Dom.IElement Room(IRenderedComponent<SettingsPage> page) =>
        page.Find("input[aria-label='Room for cached answers, MiB']");

    private static AngleSharp.Dom.IElement Unit(IRenderedComponent<SettingsPage> page) =>
        page.Find("select[aria-label='Unit of the life of a cached answer']");
}
