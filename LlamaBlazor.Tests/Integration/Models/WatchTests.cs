using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Models;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Models;

public sealed class WatchTests : AppFixture
{
    public WatchTests() => With("LlamaBlazor:WatchFolders", "true");

    [Fact]
    public async Task NewFile_IsFound_WithoutAnybodyAsking()
    {
        var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var models = Services.GetRequiredService<ModelQueries>();
        using var subscription = Services.GetRequiredService<ModelStore>().Changes.Subscribe(async _ =>
        {
            if (await models.CountAsync() == 1)
                found.TrySetResult();
        });
        Directory.CreateDirectory(Path.Combine(ModelFolder, "sub"));
        GgufSamples.Llama().Save(Path.Combine(ModelFolder, "sub", "new.gguf"));
        await found.Task.WaitAsync(TimeSpan.FromSeconds(40));
    }
}
