using Bunit;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Parameters.Engines;
using LlamaBlazor.Web.Parameters.History;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;
using LlamaBlazor.Web.Shell;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Components.Parameters;

/// <summary>The form over the real store and a real database. Elements are found and used in one step of the renderer: nothing renders in
/// between.</summary>
public sealed class ParameterFormTests(AppFixture app) : BunitContext, IClassFixture<AppFixture>
{
    [Fact]
    public async Task Edit_ThenSave_ReachesTheDatabase()
    {
        var (form, id) = await OpenAsync();
        await form.InvokeAsync(() => form.Find("#p-temperature").ChangeAsync("0.35"));
        form.WaitForAssertion(() => Assert.Contains("1 change", form.Find(".lb-savebar").TextContent));
        await form.InvokeAsync(() => form.Find("form").SubmitAsync());
        form.WaitForAssertion(() => Assert.DoesNotContain("change", form.Find(".lb-savebar").TextContent));
        Assert.Equal(0.35, await StoredAsync(id, "temperature"));
        Assert.Equal("0.35", form.Find("#p-temperature").GetAttribute("value"));
    }

    [Fact]
    public async Task Error_KeepsTheText_AndSavesNothing()
    {
        var (form, id) = await OpenAsync();
        await form.InvokeAsync(() => form.Find("#p-top_k").ChangeAsync("forty"));
        await form.InvokeAsync(() => form.Find("#p-seed").ChangeAsync("7"));
        await form.InvokeAsync(() => form.Find("form").SubmitAsync());
        Assert.Equal("forty", form.Find("#p-top_k").GetAttribute("value"));
        Assert.Contains("not a whole number", form.Find("#p-top_k-meta").TextContent);
        Assert.Null(await StoredAsync(id, "seed"));
    }

    [Fact]
    public async Task Reset_ThenSave_ClearsTheColumn()
    {
        var (form, id) = await OpenAsync(("top_p", 0.5));
        await form.InvokeAsync(() => form.Find("[data-column=top_p] .lb-param-reset").ClickAsync());
        await form.InvokeAsync(() => form.Find("form").SubmitAsync());
        Assert.Null(await StoredAsync(id, "top_p"));
        Assert.Equal("0.95 or the model's advice", form.Find("#p-top_p").GetAttribute("placeholder"));
    }

    [Fact]
    public async Task Discard_ShowsWhatIsStored()
    {
        var (form, _) = await OpenAsync(("top_p", 0.5));
        await form.InvokeAsync(() => form.Find("#p-top_p").ChangeAsync("0.6"));
        await form.InvokeAsync(() => form.FindAll("button").First(button => button.TextContent.Contains("Discard")).ClickAsync());
        Assert.Equal("0.5", form.Find("#p-top_p").GetAttribute("value"));
    }

    [Fact]
    public async Task SomebodyElsesSave_KeepsTheEdit_AndTheSecondSaveWins()
    {
        var (form, id) = await OpenAsync();
        await form.InvokeAsync(() => form.Find("#p-min_p").ChangeAsync("0.2"));
        await SaveAsync(id, ("min_p", 0.9), ("top_k", 3L));
        form.WaitForAssertion(() => Assert.Equal("3", form.Find("#p-top_k").GetAttribute("value")));
        Assert.Equal("0.2", form.Find("#p-min_p").GetAttribute("value"));
        Assert.Contains("0.9", form.Find("#p-min_p-meta").TextContent);
        await form.InvokeAsync(() => form.Find("form").SubmitAsync());
        Assert.Equal(0.2, await StoredAsync(id, "min_p"));
    }

    [Fact]
    public async Task Edits_Wait_WhileAnotherTabIsOpen()
    {
        var (form, id) = await OpenAsync();
        await form.InvokeAsync(() => form.Find("#p-typical_p").ChangeAsync("0.4"));
        var again = Open(id);
        Assert.Equal("0.4", again.Find("#p-typical_p").GetAttribute("value"));
    }

    [Fact]
    public async Task Search_FindsSettingsOfOtherTabs()
    {
        var (form, id) = await OpenAsync();
        await form.InvokeAsync(() => form.Find("#settings-search").InputAsync("flash"));
        form.WaitForAssertion(() =>
            Assert.Contains(form.FindAll(".settings-results a"), link => link.GetAttribute("href") == $"models/{id}/sampling#p-flash_attn")
        );
        await form.InvokeAsync(() => form.Find("#settings-search").InputAsync("zzz"));
        form.WaitForAssertion(() => Assert.Contains("No setting fits", form.Find(".settings-results").TextContent));
    }

    [Fact]
    public async Task History_OffersUndo()
    {
        var (form, id) = await OpenAsync(("top_p", 0.5));
        form.WaitForElement(".history");
        await form.InvokeAsync(() => form.Find(".history button").Click());
        form.WaitForAssertion(() => Assert.Equal("", form.Find("#p-top_p").GetAttribute("value")));
        Assert.Null(await StoredAsync(id, "top_p"));
    }

    [Fact]
    public async Task ResetOfAGroup_WaitsForSave_AndDiscardBringsItBack()
    {
        var (form, id) = await OpenAsync(("temperature", 0.4), ("top_p", 0.5), ("presence_penalty", 0.3));
        await form.InvokeAsync(() => form.Find("[aria-label='Reset all here: Temperature and truncation']").ClickAsync());
        Assert.Contains("2 changes", form.Find(".lb-savebar").TextContent);
        Assert.Equal(0.4, await StoredAsync(id, "temperature"));
        await form.InvokeAsync(() => form.FindAll("button").First(button => button.TextContent.Contains("Discard")).ClickAsync());
        Assert.Equal("0.4", form.Find("#p-temperature").GetAttribute("value"));
        await form.InvokeAsync(() => form.Find("[aria-label='Reset all here: Temperature and truncation']").ClickAsync());
        await form.InvokeAsync(() => form.Find("form").SubmitAsync());
        Assert.Equal(
            (null, null, 0.3),
            (await StoredAsync(id, "temperature"), await StoredAsync(id, "top_p"), await StoredAsync(id, "presence_penalty"))
        );
    }

    [Fact]
    public async Task MissingFile_IsAWarningAtItsField_AndSaves()
    {
        var (form, id) = await OpenAsync();
        await form.InvokeAsync(() => form.Find("#p-grammar_file").ChangeAsync("/nowhere/a.gbnf"));
        form.WaitForAssertion(() => Assert.Contains("There is no /nowhere/a.gbnf", form.Find("#p-grammar_file-meta").TextContent));
        await form.InvokeAsync(() => form.Find("form").SubmitAsync());
        Assert.Equal("/nowhere/a.gbnf", await StoredAsync(id, "grammar_file"));
    }

    [Fact]
    public async Task ResetOfEverything_KeepsTheSourceAndHowItIsRun()
    {
        var (_, id) = await OpenAsync(("temperature", 0.4));
        var store = app.Services.GetRequiredService<ParameterStore>();
        await store.SaveAsync(
            id,
            [
                new SectionChange("model", new Dictionary<string, object?> { ["model_path"] = "/m/a.gguf", ["ctx_size"] = 4096L }),
                new SectionChange("runtime", new Dictionary<string, object?> { ["pinned"] = true }),
                new SectionChange("memory", new Dictionary<string, object?> { ["mlock"] = true }),
            ]
        );
        var reset = app.Services.GetRequiredService<SettingsReset>();
        var plan = await reset.PlanAsync(id, CancellationToken.None);
        Assert.Equal(["ctx_size", "mlock", "temperature"], plan.SelectMany(change => change.Values.Keys).Order());
        Assert.True((await reset.ApplyAsync(id, plan, CancellationToken.None)).IsSuccess);
        Assert.Equal(["model_path", "pinned"], (await store.ReadAsync(id))!.Own.Values.Keys.Order());
        Assert.False((await reset.ApplyAsync(id, plan, CancellationToken.None)).IsSuccess); // what was planned is no longer what is stored
    }

    [Fact]
    public async Task UnknownProject_IsSaidAtItsField_AndNothingIsSaved()
    {
        var (_, id) = await OpenAsync();
        var form = Open(id, "overrides");
        await form.InvokeAsync(() => form.Find("#p-project").ChangeAsync("nowhere"));
        await form.InvokeAsync(() => form.Find("form").SubmitAsync());
        form.WaitForAssertion(() => Assert.Contains("no project 'nowhere'", form.Find("#p-project-meta").TextContent));
        Assert.Equal("nowhere", form.Find("#p-project").GetAttribute("value"));
        Assert.Null(await StoredAsync(id, "project"));
    }

    [Fact]
    public void UnknownModel_SaysSo()
    {
        Register();
        var form = Render<ParameterForm>(parameters => parameters.Add(f => f.ModelId, 999_999L).Add(f => f.Tab, "core"));
        form.WaitForAssertion(() => Assert.Contains("gone", form.Markup));
    }

    private async Task<(IRenderedComponent<ParameterForm> Form, long Id)> OpenAsync(params (string, object)[] values)
    {
        Register();
        var name = Guid.NewGuid().ToString("N");
        await using var context = await app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>().CreateDbContextAsync();
        var model = new Model
        {
            Uid = "model_1_" + name,
            Name = name,
            Type = "llama",
        };
        context.Models.Add(model);
        await context.SaveChangesAsync();
        if (values.Length > 0)
            await SaveAsync(model.Id, values);
        return (Open(model.Id), model.Id);
    }

    private IRenderedComponent<ParameterForm> Open(long id, string tab = "sampling")
    {
        var form = Render<ParameterForm>(parameters => parameters.Add(f => f.ModelId, id).Add(f => f.Tab, tab));
        form.WaitForElement("form");
        return form;
    }

    private void Register()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton(app.Services.GetRequiredService<ParameterStore>());
        Services.AddSingleton(app.Services.GetRequiredService<InstanceRegistry>());
        Services.AddSingleton(app.Services.GetRequiredService<EngineDirectory>());
        Services.AddSingleton(app.Services.GetRequiredService<ConfigHistory>());
        Services.AddSingleton(typeof(Broadcast<>));
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton(LlamaBlazor.Domain.Parameters.ParameterCatalogue.Current);
        Services.AddScoped<DraftShelf>();
        Services.AddParts();
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton(app.Services.GetRequiredService<SettingsReset>());
        Services.AddSingleton(app.Services.GetRequiredService<LaunchSettingsAccess>());
    }

    private async Task SaveAsync(long id, params (string Column, object Value)[] values)
    {
        var saved = await app
            .Services.GetRequiredService<ParameterStore>()
            .SaveAsync(id, [new SectionChange("sampling", values.ToDictionary(pair => pair.Column, pair => (object?)pair.Value))]);
        Assert.True(saved.IsSuccess);
    }

    private async Task<object?> StoredAsync(long id, string column) =>
        (await app.Services.GetRequiredService<ParameterStore>().ReadAsync(id))!.Own.Get(column);
}
