using Bunit;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.ModelPages;
using LlamaBlazor.Web.ModelPages.Duplicates;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Models.Duplicates;
using LlamaBlazor.Web.Models.Headers;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Components.ModelPages;

/// <summary>What a library shows of headers, copies, lost files and draft models, over the real services.</summary>
public sealed class LibraryPageTests(LibraryPageTests.Library library) : BunitContext, IClassFixture<LibraryPageTests.Library>
{
    /// <summary>Two copies of a file, one lost model, and a large model that they can draft for.</summary>
    public sealed class Library : AppFixture
    {
        public override async ValueTask InitializeAsync()
        {
            GgufSamples.Llama("Same").Save(Path.Combine(ModelFolder, "a.gguf"));
            GgufSamples.Llama("Same").Save(Path.Combine(ModelFolder, "sub", "b.gguf"));
            GgufSamples.Llama("Lost").Save(Path.Combine(ModelFolder, "lost.gguf"));
            GgufSamples.Llama("Big").AddTensor("blk.1.more.weight", "F16", 4096, 4096).Save(Path.Combine(ModelFolder, "big.gguf"));
            await base.InitializeAsync();
            await Services.GetRequiredService<LibraryService>().ScanAsync();
            File.Delete(Path.Combine(ModelFolder, "lost.gguf"));
            await Services.GetRequiredService<LibraryService>().ScanAsync();
        }
    }

    [Fact]
    public void Keys_AreSearchedInTheirWholeText_AndOpenWhole_PageByPage()
    {
        Add();
        var writer = GgufSamples.Llama().Add("general.description", new string('x', 300) + " needle");
        for (var i = 0; i < 600; i++)
            writer.Add($"extra.{i}", i);
        var file = GgufReader.Read(new MemoryStream(writer.ToArray())).Value;
        var table = Render<KeyTable>(parameters =>
            parameters.Add(keys => keys.Model, new Model()).Add(keys => keys.Metadata, file.Metadata)
        );
        Assert.Equal(500, table.FindAll("tbody tr").Count);
        table.Find("button.more").Click();
        Assert.Equal(file.Metadata.Entries.Count, table.FindAll("tbody tr").Count);
        Assert.Empty(table.FindAll("button.more"));
        table.Find("input[type=search]").Input("needle");
        Assert.Equal("general.description", Assert.Single(table.FindAll("td.key")).TextContent);
        Assert.EndsWith("needle", table.Find("details pre").TextContent);
    }

    [Fact]
    public async Task Duplicates_OfferAllButOneCopy()
    {
        Add();
        var page = Render<DuplicatesPage>();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll(".copy").Count));
        Assert.Contains("b.gguf", page.FindAll(".copy code")[1].TextContent);
        await page.InvokeAsync(() => page.FindAll(".copy input")[1].ChangeAsync(new ChangeEventArgs { Value = true }));
        page.WaitForAssertion(() =>
            Assert.Equal([true, false], page.FindAll(".copy input").Select(input => input.HasAttribute("disabled")))
        );
        Assert.Contains("Delete 1 file", page.Markup);
    }

    [Fact]
    public void LostModels_AreCounted_WithTheWayToRemoveThem()
    {
        Add();
        var link = Render<CleanupLink>();
        link.WaitForAssertion(() => Assert.Contains("1 model has no file any more", link.Markup));
        Assert.Contains("Remove it", link.Find("button").TextContent);
    }

    [Fact]
    public async Task DraftModels_AreOffered_AndSavedByAClick()
    {
        Add();
        var id = (await library.GetAsync("/api/models/big")).GetProperty("id").GetInt64();
        var choices = Render<DraftChoices>(parameters => parameters.Add(choices => choices.ModelId, id));
        choices.WaitForAssertion(() => Assert.Equal(2, choices.FindAll("li").Count));
        await choices.InvokeAsync(() => choices.FindAll("li button")[0].ClickAsync());
        var saved = (await library.GetAsync("/api/models/big/config/lora")).GetProperty("values").GetProperty("model_draft").GetString();
        Assert.EndsWith("a.gguf", saved);
        Assert.True(
            (await library.GetAsync("/api/models/big/memory")).GetProperty("draft_bytes").GetInt64()
                > new System.IO.FileInfo(saved!).Length / 2
        );
    }

    private void Add()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton(TimeProvider.System).AddParts();
        foreach (
            var service in new[]
            {
                typeof(DuplicateFinder),
                typeof(LibraryCopies),
                typeof(ModelStore),
                typeof(LibraryEdits),
                typeof(DraftCandidates),
                typeof(ParameterStore),
            }
        )
            Services.AddSingleton(service, library.Services.GetRequiredService(service)); // an instance: not disposed with the test
    }
}
