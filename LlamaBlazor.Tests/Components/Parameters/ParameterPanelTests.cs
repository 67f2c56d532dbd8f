using Bunit;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Engines;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Parameters.Engines;
using LlamaBlazor.Web.Parameters.History;
using LlamaBlazor.Web.Parameters.Import;
using LlamaBlazor.Web.Parameters.Reference;
using LlamaBlazor.Web.Parameters.Templates;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;
using LlamaBlazor.Web.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Components.Parameters;

/// <summary>What stands around the fields: command, import, templates, files, engines, reference; over the real services and an engine of
/// few flags.</summary>
public sealed class ParameterPanelTests(ParameterPanelTests.App app) : BunitContext, IClassFixture<ParameterPanelTests.App>
{
    private const string Engine = """
        case "$1" in
        --version) echo 'version: 3800 (0ld)' ;;
        --help) printf '%s\n' '-m, --model FNAME   model' '-c, --ctx-size N   context' '--temp N   temperature' '--top-p N   top' '--host HOST   address' '--port PORT   port' '-dev, --device <dev1,dev2>   devices' ;;
        --list-devices) printf '%s\n' '  CUDA0: Test Card (24080 MiB, 23500 MiB free)' ;;
        *) case "$*" in *66666*) echo 'error: invalid argument: 66666' >&2; exit 1 ;; esac ;;
        esac
        """;

    public sealed class App : AppFixture
    {
        public override ValueTask InitializeAsync()
        {
            With("LlamaBlazor:EnginePath", EngineScript.WriteRaw(Folder, Engine));
            return base.InitializeAsync();
        }
    }

    [LinuxFact]
    public async Task Field_ThatTheEngineLacks_IsLocked_WithTheReason()
    {
        var form = Form(await AddAsync(), "memory");
        form.WaitForAssertion(() => Assert.Contains("The engine b3800 (0ld) has no --mlock.", form.Find("#p-mlock-meta").TextContent));
        Assert.All(form.FindAll("[data-column=mlock] input"), input => Assert.True(input.HasAttribute("disabled")));
    }

    [LinuxFact]
    public async Task Devices_AreOfferedByName()
    {
        var form = Form(await AddAsync(), "gpu");
        form.WaitForAssertion(() =>
            Assert.Equal(["CUDA0", "none"], form.FindAll("[data-column=device] .lb-field-chip").Select(chip => chip.TextContent))
        );
        await form.InvokeAsync(() => form.Find("[data-column=device] .lb-field-chip").ClickAsync());
        Assert.Equal("CUDA0", form.Find("#p-device").GetAttribute("value"));
    }

    [LinuxFact]
    public async Task Force_IsSaved_AndMarksItsTab_UntilThen()
    {
        var id = await AddAsync(("temperature", 0.8));
        var form = Form(id, "sampling");
        var shelf = Services.GetRequiredService<DraftShelf>();
        var told = 0;
        shelf.Changed += () => told++;
        await form.InvokeAsync(() => form.Find("[data-column=temperature] .lb-param-force input").ChangeAsync(true));
        Assert.Equal((1, 1, 0, true), (told, shelf.Count(id, "sampling"), shelf.Count(id, "memory"), shelf.HasChanges));
        await form.InvokeAsync(() => form.Find("form").SubmitAsync());
        Assert.Equal(["temperature"], (await OwnAsync(id)).Forced);
        Assert.Equal((2, false), (told, shelf.HasChanges));
    }

    [LinuxFact]
    public async Task CommandTab_ShowsBothShells_AndTheVerdict()
    {
        Register();
        var id = await AddAsync(("temperature", 0.5));
        var tab = Render<CommandTab>(parameters => parameters.Add(t => t.ModelId, id));
        tab.WaitForAssertion(() => Assert.Contains("--temp 0.5", tab.Find("#command-text").TextContent));
        await tab.InvokeAsync(() => tab.Find("#command-shell").ChangeAsync("powershell"));
        Assert.StartsWith("& ", tab.Find("#command-text").TextContent);
        await tab.InvokeAsync(() => Button(tab, "Check").ClickAsync());
        tab.WaitForAssertion(() => Assert.Contains("accepts this command", tab.Markup.Plain()));
        await SaveAsync(id, ("temperature", 66666.0));
        tab.WaitForAssertion(() => Assert.Contains("66666", tab.Find("#command-text").TextContent));
        await tab.InvokeAsync(() => Button(tab, "Check").ClickAsync());
        tab.WaitForAssertion(() => Assert.Contains("refuses it: error: invalid argument: 66666", tab.Markup.Plain()));
    }

    [LinuxFact]
    public async Task Import_ShowsWhatItMeans_ClearsTheRest_AndForgetsAnEditedText()
    {
        Register();
        var id = await AddAsync(("temperature", 0.5), ("top_p", 0.4));
        var panel = Render<CommandImportPanel>(parameters => parameters.Add(p => p.ModelId, id));
        await ReadAsync(panel, "nice -n 5 llama-server --temp 0.9 stray");
        Assert.Contains("0.9", panel.Find(".import-table").TextContent);
        Assert.Contains("stray", panel.Markup);
        Assert.Contains("nice -n 5", panel.Markup);
        await panel.InvokeAsync(() => panel.Find("#import-text").ChangeAsync("llama-server --temp 0.1"));
        Assert.Empty(panel.FindAll(".import-table"));
        await ReadAsync(panel, "llama-server --temp 0.1");
        await panel.InvokeAsync(() => panel.Find("input[type=checkbox]").ChangeAsync(true));
        await panel.InvokeAsync(() => Button(panel, "Apply").ClickAsync());
        var own = await OwnAsync(id);
        Assert.Equal((0.1, null), (own.Get("temperature"), own.Get("top_p")));
        await ReadAsync(panel, "llama-server --parallel 0");
        Assert.Contains("--parallel 0", panel.Find(".lb-notice-warn").TextContent); // refused alone, with the rule's words
    }

    [LinuxFact]
    public void Templates_AreListedForTheServerPage_WithWhatTheySet()
    {
        Register();
        var page = Render<TemplateSummary>();
        page.WaitForAssertion(() =>
            Assert.Equal(
                ParameterTemplate.Standard.Select(template => template.Name),
                page.FindAll("[aria-labelledby=template-summary-title] dt").Select(name => name.TextContent.Trim())
            )
        );
        Assert.Contains("Repeat penalty", page.Find("[aria-labelledby=template-summary-title]").TextContent);
        Assert.Equal("/presets", page.Find("[aria-labelledby=template-summary-title] a").GetAttribute("href"));
    }

    [LinuxFact]
    public async Task Template_IsAppliedToTheModelOfItsPreview()
    {
        Register();
        var (one, other) = (await AddAsync(), await AddAsync());
        var page = Render<PresetsPage>();
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll($"option[value='{other}']")));
        await page.InvokeAsync(() => page.Find("#template-model").ChangeAsync(one.ToString()));
        await page.InvokeAsync(() => page.Find("[aria-label='Preview Code']").ClickAsync());
        page.WaitForAssertion(() => Assert.Contains("Repeat penalty", page.Find(".presets-preview").TextContent));
        Assert.Contains("passed on even as the default", page.Find(".presets-preview").TextContent);
        await page.InvokeAsync(() => page.Find("#template-model").ChangeAsync(other.ToString()));
        Assert.Empty(page.FindAll(".presets-preview")); // it was the other one's
        await page.InvokeAsync(() => page.Find("[aria-label='Preview Code']").ClickAsync());
        page.WaitForElement(".presets-preview");
        await page.InvokeAsync(() => Button(page, "Apply").ClickAsync());
        Assert.Equal(0.2, (await OwnAsync(other)).Get("temperature"));
        Assert.Null((await OwnAsync(one)).Get("temperature"));
        await page.InvokeAsync(() => page.Find("#template-model").ChangeAsync(""));
        Assert.True(page.Find("[aria-label='Preview Code']").HasAttribute("disabled"));
    }

    [LinuxFact]
    public async Task Files_AreReadAndAdded_AndSayWhatAnExportLeavesOut()
    {
        Register();
        var name = "file-" + Guid.NewGuid().ToString("N");
        var files = Render<PresetFiles>();
        Assert.All(
            ["INI", "llama-swap", "compose", ".service", ".container"],
            form => Assert.Contains(form, files.Find("label[for=files-text]").TextContent)
        );
        await files.InvokeAsync(() =>
            files
                .Find("#files-text")
                .ChangeAsync($"stop-timeout = 1\n[{name}]\nmodel = /nowhere/{name}.gguf\ntemp = 0.3\nsamplers = top_k\n")
        );
        await files.InvokeAsync(() => Button(files, "Read").ClickAsync());
        Assert.Contains($"{name}: 3 settings", files.Find(".files-report").TextContent);
        Assert.Contains("stop-timeout", files.Find(".files-report").TextContent);
        await files.InvokeAsync(() => Button(files, "Add this model").ClickAsync());
        files.WaitForAssertion(() => Assert.Equal("Added", files.Find(".files-report a").TextContent));
        await files.InvokeAsync(() => Button(files, "What the file leaves out").ClickAsync());
        files.WaitForAssertion(() => Assert.NotEmpty(files.FindAll("[role=status] li")));
        await files.InvokeAsync(() => files.Find("#files-text").ChangeAsync("no file"));
        Assert.Empty(files.FindAll(".files-report a"));
    }

    [LinuxFact]
    public async Task Action_IsAButton_ThatShowsTheEnginesWords()
    {
        Register();
        var actions = Render<EngineActions>();
        await actions.InvokeAsync(() => actions.FindAll("button").First(button => button.TextContent == "--list-devices").ClickAsync());
        actions.WaitForAssertion(() => Assert.Contains("CUDA0: Test Card", actions.Find(".engine-output").TextContent));
        await actions.InvokeAsync(() => actions.FindAll("button").First(button => button.TextContent == "--list-devices").ClickAsync());
        Assert.Empty(actions.FindAll(".engine-output"));
    }

    [Fact]
    public async Task Reference_IsFilteredByVariable()
    {
        Register();
        var page = Render<ReferencePage>();
        var (options, all) = (ParameterCatalogue.Current.Options.Count, page.FindAll(".reference-item").Count);
        Assert.Contains($"{options} options of llama-server in our words, and the {all - options} settings", page.Markup);
        Assert.Equal($"{all} of {all} shown", page.Find("[role=status]").TextContent);
        Assert.All(
            page.FindAll("section[aria-labelledby]"),
            section => Assert.NotNull(page.Find("#" + section.GetAttribute("aria-labelledby")))
        );
        await page.InvokeAsync(() => page.Find("#reference-filter").InputAsync("LLAMA_ARG_NO_MMAP"));
        Assert.Equal("--mmap", Assert.Single(page.FindAll("dt > code:first-child")).TextContent);
        await page.InvokeAsync(() => page.Find("#reference-filter").InputAsync("zzz"));
        Assert.Equal($"0 of {all} shown", page.Find("[role=status]").TextContent);
        Assert.Contains("No parameter matches", page.Markup);
    }

    [Fact]
    public async Task ServerSettings_CanBeSearched()
    {
        Register();
        var form = Render<ParameterForm>(parameters => parameters.Add(f => f.Tab, "server"));
        form.WaitForElement("form");
        await form.InvokeAsync(() => form.Find("#settings-search").InputAsync("http"));
        form.WaitForAssertion(() =>
            Assert.Contains(form.FindAll(".settings-results a"), link => link.GetAttribute("href") == "server#p-threads_http")
        );
        Assert.All(form.FindAll(".settings-results a"), link => Assert.StartsWith("server#", link.GetAttribute("href")));
    }

    private static AngleSharp.Dom.IElement Button<T>(IRenderedComponent<T> component, string text)
        where T : IComponent => component.FindAll("button").First(button => button.TextContent.Contains(text));

    private static async Task ReadAsync(IRenderedComponent<CommandImportPanel> panel, string text)
    {
        await panel.InvokeAsync(() => panel.Find("#import-text").ChangeAsync(text));
        await panel.InvokeAsync(() => Button(panel, "Read").ClickAsync());
    }

    private IRenderedComponent<ParameterForm> Form(long id, string tab)
    {
        Register();
        var form = Render<ParameterForm>(parameters => parameters.Add(f => f.ModelId, id).Add(f => f.Tab, tab));
        form.WaitForElement("form");
        return form;
    }

    private async Task<long> AddAsync(params (string, object)[] values)
    {
        var name = Guid.NewGuid().ToString("N");
        await using var context = await app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>().CreateDbContextAsync();
        var model = new Model
        {
            Uid = "model_1_" + name,
            Name = name,
            Type = "llama",
            Role = ModelRole.Model,
            ModelPath = $"/nowhere/{name}.gguf",
        };
        context.Models.Add(model);
        await context.SaveChangesAsync();
        if (values.Length > 0)
            await SaveAsync(model.Id, values);
        return model.Id;
    }

    private async Task SaveAsync(long id, params (string Column, object Value)[] values)
    {
        var saved = await app
            .Services.GetRequiredService<ParameterStore>()
            .SaveAsync(id, [new SectionChange("sampling", values.ToDictionary(pair => pair.Column, pair => (object?)pair.Value))]);
        Assert.True(saved.IsSuccess);
    }

    private async Task<ParameterSet> OwnAsync(long id) => (await app.Services.GetRequiredService<ParameterStore>().ReadAsync(id))!.Own;

    private void Register()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        foreach (
            var type in new[]
            {
                typeof(ParameterStore),
                typeof(InstanceRegistry),
                typeof(EngineDirectory),
                typeof(ConfigHistory),
                typeof(SettingsReset),
                typeof(LaunchSettingsAccess),
                typeof(LaunchCommandFactory),
                typeof(CommandCheck),
                typeof(CommandImport),
                typeof(TemplateStore),
                typeof(PresetImport),
                typeof(IDbContextFactory<LlamaDbContext>),
            }
        )
            Services.AddSingleton(type, app.Services.GetRequiredService(type));
        Services.AddSingleton(typeof(Broadcast<>));
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton(ParameterCatalogue.Current);
        Services.AddScoped<DraftShelf>();
        Services.AddParts();
        JSInterop.Mode = JSRuntimeMode.Loose;
    }
}
