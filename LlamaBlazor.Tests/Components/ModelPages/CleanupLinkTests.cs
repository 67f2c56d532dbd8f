using Bunit;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.ModelPages;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Shell;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Components.ModelPages;

/// <summary>A library whose only folder has lost everything, as the mount point of a disk that is not mounted.</summary>
public sealed class CleanupLinkTests(CleanupLinkTests.Library library) : BunitContext, IClassFixture<CleanupLinkTests.Library>
{
    /// <summary>One model, whose file is gone, in a folder that is there.</summary>
    public sealed class Library : AppFixture
    {
        public override async ValueTask InitializeAsync()
        {
            var path = GgufSamples.Llama().Save(Path.Combine(ModelFolder, "m.gguf"));
            await base.InitializeAsync();
            await Services.GetRequiredService<LibraryService>().ScanAsync();
            File.Delete(path);
            await Services.GetRequiredService<LibraryService>().ScanAsync();
        }
    }

    [Fact]
    public void Models_Stay_AndTheReasonIsSaid()
    {
        Services.AddSingleton(TimeProvider.System).AddParts();
        foreach (var service in new[] { typeof(LibraryEdits), typeof(ModelStore) })
            Services.AddSingleton(service, library.Services.GetRequiredService(service)); // an instance: not disposed with the test
        var link = Render<CleanupLink>();
        link.WaitForAssertion(() =>
            Assert.Contains(
                $"1 model is missing with the whole folder, which may be on a disk that is not mounted: '{library.ModelFolder}' is empty.",
                link.Find("p").TextContent.Plain()
            )
        );
        Assert.Empty(link.FindAll("button"));
    }
}
