using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlamaBlazor.Tests.Integration.Models;

/// <summary>The look every few minutes, for folders that tell nothing; its clock is the test's.</summary>
public sealed class WatchPollTests : AppFixture
{
    [Fact]
    public async Task FolderThatComesLater_IsFoundByTheNextLook_AndWatchedFromThen()
    {
        var (poll, quiet) = (TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(3));
        Directory.Delete(ModelFolder); // as a disk that is mounted later
        var timers = new HandTimers();
        using var watcher = Watcher(timers);
        await watcher.StartAsync(default);
        await Until.TrueAsync(() => timers.IsWaiting(poll), "it has scanned and waits");
        GgufSamples.Llama("one").Save(Path.Combine(ModelFolder, "one.gguf"));
        Assert.Equal(0, await CountAsync()); // nobody told it
        Assert.True(timers.Fire(poll));
        await Until.TrueAsync(async () => await CountAsync() == 1, "the look finds it");
        await Until.TrueAsync(() => timers.IsWaiting(poll), "it waits again");
        GgufSamples.Llama("two").Save(Path.Combine(ModelFolder, "two.gguf"));
        await Until.TrueAsync(
            async () =>
            {
                timers.Fire(quiet); // never the poll
                return await CountAsync() == 2;
            },
            "the system tells of the next one"
        );
        await watcher.StopAsync(default);
    }

    private Task<int> CountAsync() => Services.GetRequiredService<ModelQueries>().CountAsync();

    private LibraryWatcher Watcher(TimeProvider clock) =>
        new(
            Services.GetRequiredService<LibraryService>(),
            Services.GetRequiredService<LaunchSettingsAccess>(),
            Services.GetRequiredService<DatabaseState>(),
            new SettingValues(new ConfigurationBuilder().Build()), // watched unless somebody says else
            clock,
            NullLogger<LibraryWatcher>.Instance
        );
}
