using Bunit;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.ModelPages;
using LlamaBlazor.Web.ModelPages.Adding;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Parameters.Templates;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Feedback;
using LlamaBlazor.Web.Shared.Files;
using LlamaBlazor.Web.Shell;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Components.ModelPages;

/// <summary>Dialogs of the library: a template for many models, and a file chosen on the machine.</summary>
public sealed class ModelDialogTests(ModelDialogTests.Library library) : BunitContext, IClassFixture<ModelDialogTests.Library>
{
    /// <summary>Three models, and a folder with a fourth that is not of the library.</summary>
    public sealed class Library : AppFixture
    {
        public override async ValueTask InitializeAsync()
        {
            foreach (var name in new[] { "a", "b", "c" })
                GgufSamples.Llama(name).Save(Path.Combine(ModelFolder, name + ".gguf"));
            GgufSamples.Llama("fourth").Save(Folder.File("outside/fourth.gguf"));
            await base.InitializeAsync();
            await Services.GetRequiredService<LibraryService>().ScanAsync();
        }
    }

    [Fact]
    public async Task Template_IsShownBefore_AndAppliedToAllThatWereTicked()
    {
        Add();
        long[] ids = [await IdAsync("a"), await IdAsync("b")];
        var dialog = Render<TemplateDialog>(parameters => parameters.Add(template => template.Ids, ids));
        dialog.WaitForAssertion(() => Assert.True(dialog.FindAll("input[type=radio]").Count >= 4));
        Assert.True(dialog.Find("button[type=submit]").HasAttribute("disabled"));
        var place = ParameterTemplate.Standard.ToList().FindIndex(template => template.Name == "Low memory");
        await dialog.FindAll("input[type=radio]")[place].ChangeAsync("on");
        Assert.Contains("4096", dialog.Find(".values").TextContent.Replace(",", ""));
        Assert.Contains("Apply to 2 models", dialog.Find("button[type=submit]").TextContent);
        await dialog.Find("form").SubmitAsync();
        foreach (var (name, expected) in new[] { ("a", 4096L), ("b", 4096L) })
            Assert.Equal(
                expected,
                (await library.GetAsync($"/api/models/{name}/config/model")).GetProperty("values").GetProperty("ctx_size").GetInt64()
            );
        Assert.Empty(dialog.FindAll("[role=alert]"));
    }

    [Fact]
    public async Task Template_SaysForWhichModelItFailed_AndIsAppliedToTheOthers()
    {
        Add();
        long[] ids = [999_999, await IdAsync("c")];
        var dialog = Render<TemplateDialog>(parameters => parameters.Add(template => template.Ids, ids));
        dialog.WaitForAssertion(() => Assert.True(dialog.FindAll("input[type=radio]").Count >= 4));
        await dialog.FindAll("input[type=radio]")[0].ChangeAsync("on");
        await dialog.Find("form").SubmitAsync();
        dialog.WaitForAssertion(() => Assert.Contains("999", dialog.Find("[role=alert]").TextContent));
        Assert.Equal(8192, (await library.GetAsync("/api/models/c/config/model")).GetProperty("values").GetProperty("ctx_size").GetInt64());
    }

    [Fact]
    public async Task File_IsChosenOnTheMachine_AndAdded()
    {
        Add();
        var dialogs = this.ShowDialogs();
        var isDone = false;
        var form = Render<AddFromPath>(parameters => parameters.Add(path => path.OnDone, () => isDone = true));
        var browsing = form.Find("button[aria-label='Browse for a GGUF file']").ClickAsync(new());
        dialogs.WaitForAssertion(() => Assert.Equal(library.ModelFolder, dialogs.FindComponent<PathDialog>().Instance.Places[0]));
        Assert.Equal(".gguf", dialogs.FindComponent<PathDialog>().Instance.Extension);
        await form.InvokeAsync(() => Services.GetRequiredService<Dialogs>().Close(library.Folder.File("outside/fourth.gguf")));
        await browsing;
        Assert.Equal(library.Folder.File("outside/fourth.gguf"), form.FindAll("input")[0].GetAttribute("value"));
        await form.Find("form").SubmitAsync();
        form.WaitForAssertion(() => Assert.True(isDone));
        Assert.Equal("fourth", (await library.GetAsync("/api/models/fourth")).GetProperty("name").GetString());
    }

    [Fact]
    public void FileDialog_ShowsFoldersAndFilesOfTheKind_AndSaysWhereThereAreNone()
    {
        Add();
        File.WriteAllText(library.Folder.File("outside/notes.txt"), "");
        var dialog = Render<PathDialog>(parameters =>
            parameters.Add(path => path.Start, library.Folder.File("outside")).Add(path => path.Extension, ".gguf")
        );
        dialog.WaitForAssertion(() => Assert.Equal("fourth.gguf", Assert.Single(dialog.FindAll(".path-name")).TextContent));
        Directory.CreateDirectory(library.Folder.File("none"));
        var empty = Render<PathDialog>(parameters =>
            parameters.Add(path => path.Start, library.Folder.File("none")).Add(path => path.Extension, ".gguf")
        );
        empty.WaitForAssertion(() => Assert.Contains("No .gguf files", empty.Find("[role=status]").TextContent));
    }

    private async Task<long> IdAsync(string name) => (await library.GetAsync($"/api/models/{name}")).GetProperty("id").GetInt64();

    private void Add()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton(TimeProvider.System).AddParts();
        foreach (
            var service in new[]
            {
                typeof(TemplateStore),
                typeof(ParameterCatalogue),
                typeof(LibraryEdits),
                typeof(LaunchSettingsAccess),
                typeof(ForeignFolders),
                typeof(ModelStore),
            }
        )
            Services.AddSingleton(service, library.Services.GetRequiredService(service)); // an instance: not disposed with the test
    }
}
