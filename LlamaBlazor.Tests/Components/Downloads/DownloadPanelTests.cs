using System.Text.Json;
using Bunit;
using LlamaBlazor.Tests.Integration.Downloads;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Downloads;
using LlamaBlazor.Web.Memory;
using LlamaBlazor.Web.ModelPages.Adding;
using LlamaBlazor.Web.Shell;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Components.Downloads;

/// <summary>Choosing and watching downloads, over the real services and a server that plays Hugging Face.</summary>
public sealed class DownloadPanelTests : BunitContext, IClassFixture<DownloadFixture>
{
    private readonly DownloadFixture _app;

    public DownloadPanelTests(DownloadFixture app)
    {
        _app = app;
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddParts();
        Services.AddSingleton(TimeProvider.System);
        foreach (
            var service in new[]
            {
                typeof(DownloadService),
                typeof(DownloadStore),
                typeof(DownloadPlanner),
                typeof(MachineMemory),
                typeof(HubToken),
                typeof(ReadFreeSpace),
            }
        )
            Services.AddSingleton(service, _app.Services.GetRequiredService(service)); // an instance: not disposed with the test
    }

    [Fact]
    public async Task Repository_IsAsked_OneQuantisationChosen_AndItsDownloadShown()
    {
        var model = GgufSamples.Llama("<b>Panel</b>").ToArray();
        _app.Hub.Json(
            "/api/models/org/panel/tree/main",
            JsonSerializer.Serialize(
                new[] { "<i>-Q4_K_M.gguf", "p-Q8_0.gguf" }.Select(path => new
                {
                    type = "file",
                    path,
                    size = model.Length,
                })
            )
        );
        _app.Hub.Serve("/org/panel/resolve/main/p-Q8_0.gguf", new ServedFile { Content = model });
        var panel = Render<DownloadsPanel>();
        Assert.Empty(panel.FindAll("details"));
        var isDone = false;
        var dialog = Render<AddFromHub>(parameters => parameters.Add(hub => hub.OnDone, () => isDone = true));
        await dialog.InvokeAsync(() => dialog.Find("input").ChangeAsync("org/panel"));
        await dialog.InvokeAsync(() => dialog.Find("form").SubmitAsync());
        dialog.WaitForAssertion(() => Assert.Equal(2, dialog.FindAll(".choice").Count));
        Assert.Empty(dialog.FindAll(".choice i"));
        Assert.True(dialog.FindAll(".choice input")[0].HasAttribute("checked")); // Q4_K_M is the usual one
        await dialog.InvokeAsync(() => dialog.FindAll(".choice input")[1].ChangeAsync(true));
        await dialog.InvokeAsync(() => dialog.FindAll("form")[1].SubmitAsync());
        dialog.WaitForAssertion(() => Assert.True(isDone));
        panel.WaitForAssertion(() => Assert.Contains("complete", panel.Find(".line").TextContent));
        Assert.Equal("p-Q8_0.gguf", panel.Find(".name").TextContent);
        Assert.Equal(model, await File.ReadAllBytesAsync(_app.PathOf("org/panel/p-Q8_0.gguf")));
        await panel.InvokeAsync(() => panel.Find(".end button").ClickAsync());
        panel.WaitForAssertion(() => Assert.Empty(panel.FindAll("details")));
    }

    [Fact]
    public async Task WrongRepository_IsSaid_BesideTheField()
    {
        var dialog = Render<AddFromHub>();
        await dialog.InvokeAsync(() => dialog.Find("input").ChangeAsync("nonsense"));
        await dialog.InvokeAsync(() => dialog.Find("form").SubmitAsync());
        dialog.WaitForAssertion(() => Assert.Contains("owner/repository", dialog.Find("#hub-errors").TextContent));
    }

    [Fact]
    public async Task AddressThatFails_ShowsWhy_AndCanBeTriedAgainOrRemoved()
    {
        var panel = Render<DownloadsPanel>();
        var dialog = Render<AddFromAddress>();
        dialog.WaitForElement("select"); // it renders once more when the folders are known
        await dialog.InvokeAsync(() => dialog.FindAll("input")[0].ChangeAsync(_app.Mirror.Url("/not-there.gguf")));
        await dialog.InvokeAsync(() => dialog.Find("form").SubmitAsync());
        panel.WaitForAssertion(() => Assert.Contains("nothing at this address", panel.Find(".bad").TextContent));
        Assert.Equal(
            ["Resume not-there.gguf", "Remove not-there.gguf"],
            panel.FindAll(".line button").Select(button => button.GetAttribute("aria-label"))
        );
        await panel.InvokeAsync(() => panel.FindAll(".line button")[1].ClickAsync());
        panel.WaitForAssertion(() => Assert.DoesNotContain("not-there.gguf", panel.Markup));
    }
}
