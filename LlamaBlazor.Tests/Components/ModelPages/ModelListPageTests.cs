using Bunit;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Downloads;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Memory;
using LlamaBlazor.Web.ModelPages;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Models.Duplicates;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Published;
using LlamaBlazor.Web.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Components.ModelPages;

/// <summary>The list over the real services and a real database.</summary>
public sealed class ModelListPageTests(ModelListPageTests.Library library) : BunitContext, IClassFixture<ModelListPageTests.Library>
{
    /// <summary>Three models and a projector.</summary>
    public sealed class Library : AppFixture
    {
        public override async ValueTask InitializeAsync()
        {
            GgufSamples.Model("llama", "a", new GgufWriter()).Save(Path.Combine(ModelFolder, "Alpha-Q4_K_M.gguf"));
            GgufSamples.Model("qwen3", "b", new GgufWriter()).Save(Path.Combine(ModelFolder, "beta.gguf"));
            GgufSamples.Model("gemma3", "<script>", new GgufWriter()).Save(Path.Combine(ModelFolder, "gamma <b>.gguf"));
            GgufSamples.Projector().Save(Path.Combine(ModelFolder, "mmproj.gguf"));
            await base.InitializeAsync();
            await Services.GetRequiredService<LibraryService>().ScanAsync();
        }
    }

    [Fact]
    public void Rows_ShowTheModels_WithTheirFacts()
    {
        var page = Show("/models?sort=name");
        page.WaitForAssertion(() => Assert.Equal(["Alpha-Q4_K_M", "beta", "gamma <b>", "mmproj"], Names(page)));
        var cells = page.FindAll("tr.model")[0].Children.Select(cell => cell.TextContent.Trim()).ToList();
        Assert.Equal(("llama", "100K", "F16", "2,048", "stopped"), (cells[3], cells[4], cells[5], cells[6], cells[9]));
        Assert.Contains("projector", page.FindAll("tr.model")[3].TextContent);
        // estimates follow, of all but the projector
        page.WaitForAssertion(() => Assert.Equal(3, page.FindAll(".models-memory .fit").Count));
        Assert.Empty(page.FindAll("tr.model b"));
    }

    [Theory]
    [InlineData("/models?q=BETA", "beta")]
    [InlineData("/models?type=gemma3", "gamma <b>")]
    [InlineData("/models?sort=-name&q=a", "gamma <b>,beta,Alpha-Q4_K_M")]
    [InlineData("/models?sort=nonsense&status=stopped&q=al", "Alpha-Q4_K_M")]
    public void Address_HoldsSearchFilterAndOrder(string address, string names)
    {
        var page = Show(address);
        page.WaitForAssertion(() => Assert.Equal(names, string.Join(",", Names(page))));
    }

    [Fact]
    public async Task Head_SortsAndSaysSo()
    {
        var page = Show("/models");
        page.WaitForElement("tr.model");
        await page.InvokeAsync(() => page.FindAll(".models-sort")[0].ClickAsync());
        // estimates may be rendering meanwhile
        page.WaitForAssertion(() => Assert.EndsWith("sort=name", Services.GetRequiredService<NavigationManager>().Uri));
        page.Render();
        page.WaitForAssertion(() => Assert.Equal("ascending", page.FindAll("th")[2].GetAttribute("aria-sort")));
    }

    [Fact]
    public async Task NoMatch_OffersTheWayBack()
    {
        var page = Show("/models?q=nothing-has-this-name");
        page.WaitForAssertion(() => Assert.Contains("No model matches", page.Markup));
        await page.InvokeAsync(() => page.Find(".lb-empty button").ClickAsync());
        Assert.EndsWith("/models", Services.GetRequiredService<NavigationManager>().Uri);
    }

    [Fact]
    public async Task Typing_SearchesAfterARest()
    {
        var page = Show("/models");
        page.WaitForElement("tr.model");
        await page.InvokeAsync(() => page.Find("input[type=search]").InputAsync("gam"));
        page.WaitForAssertion(() => Assert.EndsWith("q=gam", Services.GetRequiredService<NavigationManager>().Uri));
    }

    [Fact]
    public async Task RunningInstance_ShowsItsStatus()
    {
        var id = (await library.GetAsync("/api/models/beta")).GetProperty("id").GetInt64();
        var page = Show("/models?q=beta");
        page.WaitForElement("tr.model");
        library
            .Services.GetRequiredService<InstanceRegistry>()
            .Publish(
                new InstanceSnapshot
                {
                    Id = 1,
                    ModelId = id,
                    Model = "beta",
                    Phase = InstancePhase.Loading,
                }
            );
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll(".lb-status-loading")));
        library.Services.GetRequiredService<InstanceRegistry>().Remove(id);
    }

    [Fact]
    public async Task Star_IsSavedAndShown()
    {
        var page = Show("/models?q=gamma");
        page.WaitForElement("tr.model");
        await page.InvokeAsync(() => page.Find("tr.model .models-star button").ClickAsync());
        page.WaitForAssertion(() => Assert.Equal("true", page.Find(".models-star button").GetAttribute("aria-pressed")));
        Assert.True((await library.GetAsync("/api/models/gamma%20%3Cb%3E")).GetProperty("favorite").GetBoolean());
    }

    [Fact]
    public async Task Ticked_ModelsCanBeMarkedTogether()
    {
        var page = Show("/models?sort=name");
        page.WaitForElement("tr.model");
        Assert.Empty(page.FindAll(".bulk"));
        await page.Find(".models-all").ChangeAsync(new ChangeEventArgs { Value = true });
        page.WaitForAssertion(() => Assert.Equal("4 ticked", page.Find(".bulk strong").TextContent));
        await page.FindAll("td.models-tick input")[0].ChangeAsync(new ChangeEventArgs { Value = false });
        page.WaitForAssertion(() => Assert.Equal("3 ticked", page.Find(".bulk strong").TextContent));
        await page.FindAll(".bulk button")[^1].ClickAsync(new());
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".bulk")));
    }

    private static List<string> Names(IRenderedComponent<ModelListPage> page) =>
        [.. page.FindAll("a.model-link").Select(link => link.TextContent)];

    private IRenderedComponent<ModelListPage> Show(string address)
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        var app = library.Services;
        Services
            .AddSingleton(app.GetRequiredService<ModelQueries>())
            .AddSingleton(app.GetRequiredService<ModelStore>())
            .AddSingleton(app.GetRequiredService<LibraryService>())
            .AddSingleton(app.GetRequiredService<InstanceRegistry>())
            .AddSingleton(app.GetRequiredService<InstanceSupervisor>())
            .AddSingleton(app.GetRequiredService<LaunchSettingsAccess>())
            .AddSingleton(TimeProvider.System)
            .AddParts();
        Services
            .AddSingleton(app.GetRequiredService<DownloadService>())
            .AddSingleton(app.GetRequiredService<DownloadStore>())
            .AddSingleton(app.GetRequiredService<DuplicateFinder>())
            .AddSingleton(app.GetRequiredService<LibraryEdits>())
            .AddSingleton(app.GetRequiredService<FitBatch>())
            .AddSingleton(app.GetRequiredService<MemoryVerdicts>());
        Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        return Render<ModelListPage>();
    }
}
