using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Settings;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Models;

/// <summary>A dashboard whose folders are set in it and nowhere else, as on a fresh machine.</summary>
public sealed class FolderChangeTests : AppFixture
{
    [Fact]
    [EffectOf("LlamaBlazor:ModelDirectories")]
    public async Task NewFolder_IsScanned_WhenTheSettingsChange()
    {
        GgufSamples.Llama().Save(Path.Combine(ModelFolder, "found.gguf"));
        var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = Services
            .GetRequiredService<LibraryService>()
            .Progress.Subscribe(progress =>
            {
                if (progress.Result is { Added: 1 })
                    found.TrySetResult();
            });
        Assert.True(
            (
                await Services.GetRequiredService<LaunchSettingsAccess>().SaveAsync(new LaunchSettings { ModelDirectories = [ModelFolder] })
            ).IsSuccess
        );
        await found.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder) =>
        builder.UseSetting("LlamaBlazor:DataDirectory", Folder.File("data"));
}
