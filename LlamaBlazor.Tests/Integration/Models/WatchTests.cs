using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Models;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Models;

public sealed class WatchTests : AppFixture
{
    public WatchTests() => With("LlamaBlazor:WatchFolders", "true");

    [Fact]
    [EffectOf("LlamaBlazor:WatchFolders")]
    public async Task NewFile_IsFound_WithoutAnybodyAsking()
    {
        var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var models = Services.GetRequiredService<ModelQueries>();
        using var subscription = Services
            .GetRequiredService<ModelStore>()
            .Changes.Subscribe(async _ =>
            {
                if (await models.CountAsync() == 1)
                    found.TrySetResult();
            });
        Directory.CreateDirectory(Path.Combine(ModelFolder, "sub"));
        GgufSamples.Llama().Save(Path.Combine(ModelFolder, "sub", "new.gguf"));
        await found.Task.WaitAsync(TimeSpan.FromSeconds(40));
    }

    [Fact]
    public async Task File_ThatWasThereBefore_IsFound_ThoughNothingChanges()
    {
        using var folder = new TempFolder();
        var models = Directory.CreateDirectory(folder.File("models")).FullName;
        await using (var first = Watching(folder, models))
            await first.InitializeAsync();
        GgufSamples.Llama().Save(Path.Combine(models, "between.gguf")); // while no dashboard runs: the folders are those of the last scan
        await using var second = Watching(folder, models);
        await second.InitializeAsync();
        await Until.TrueAsync(async () => await second.Services.GetRequiredService<ModelQueries>().CountAsync() == 1, "the file is found");
    }

    private static AppFixture Watching(TempFolder folder, string models) =>
        new AppFixture()
            .With("LlamaBlazor:WatchFolders", "true")
            .With("LlamaBlazor:DataDirectory", folder.File("data"))
            .With("LlamaBlazor:ModelDirectories:0", models);
}
