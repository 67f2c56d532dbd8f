using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Models;

/// <summary>Adding, ignoring, cleaning up; one library a test.</summary>
public sealed class LibraryEditTests : AppFixture
{
    [Fact]
    public async Task AFile_OutsideTheFolders_CanBeAdded_Once()
    {
        var path = GgufSamples.Llama().Save(Folder.File("outside/extra.gguf"));
        var answer = await Http.PostAsJsonAsync("/api/models", new { path });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("extra", (await GetAsync(answer.Headers.Location!.ToString())).GetProperty("name").GetString());
        Assert.Equal(HttpStatusCode.Conflict, (await Http.PostAsJsonAsync("/api/models", new { path })).StatusCode);
        await ScanAsync();
        Assert.False((await GetAsync("/api/models/extra")).GetProperty("file_missing").GetBoolean());
    }

    [Fact]
    public async Task AnyPart_AddsTheWholeSet()
    {
        GgufSamples.SavePart(Folder.File("outside"), "set", 1, 2);
        var second = GgufSamples.SavePart(Folder.File("outside"), "set", 2, 2);
        var model = await (await Http.PostAsJsonAsync("/api/models", new { path = second })).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(("set", 2), (model.GetProperty("name").GetString(), model.GetProperty("split_count").GetInt32()));
        Assert.EndsWith("set-00001-of-00002.gguf", model.GetProperty("model_path").GetString());
    }

    [Theory]
    [InlineData("relative.gguf")]
    [InlineData("/nowhere/at/all.gguf")]
    [InlineData("")]
    [InlineData("/nul\0/m.gguf")]
    [InlineData("/proc/self/mem/m-00001-of-00002.gguf")]
    public async Task AFile_ThatIsNotThere_IsAFieldError(string path)
    {
        var answer = await Http.PostAsJsonAsync("/api/models", new { path });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty("path", out _));
    }

    [Fact]
    public async Task ALoopOrAnEmptyLink_IsAFieldError()
    {
        File.CreateSymbolicLink(Path.Combine(ModelFolder, "loop.gguf"), Path.Combine(ModelFolder, "loop.gguf"));
        File.CreateSymbolicLink(Path.Combine(ModelFolder, "empty.gguf"), Path.Combine(ModelFolder, "nothing.gguf"));
        foreach (var name in new[] { "loop.gguf", "empty.gguf" })
            Assert.Equal(
                HttpStatusCode.UnprocessableEntity,
                (await Http.PostAsJsonAsync("/api/models", new { path = Path.Combine(ModelFolder, name) })).StatusCode
            );
    }

    [Fact]
    public async Task DeletedModel_ComesBack_UnlessItsFileIsIgnored()
    {
        GgufSamples.Llama().Save(Path.Combine(ModelFolder, "m.gguf"));
        await ScanAsync();
        await Http.DeleteAsync("/api/models/m");
        Assert.Equal(1, (await ScanAsync()).Added);
        await Http.DeleteAsync("/api/models/m?ignore=true");
        Assert.Equal((0, 0), ((await ScanAsync()).Found, (await ScanAsync()).Added));
        Assert.Equal(
            HttpStatusCode.Created,
            (await Http.PostAsJsonAsync("/api/models", new { path = Path.Combine(ModelFolder, "m.gguf") })).StatusCode
        );
        Assert.Equal(1, (await ScanAsync()).Found);
    }

    [Fact]
    public async Task Cleanup_RemovesModelsWithoutAFile_ButNotRunningOnes()
    {
        foreach (var name in new[] { "a", "b", "c" })
            GgufSamples.Llama(name).Save(Path.Combine(ModelFolder, $"{name}.gguf"));
        await ScanAsync();
        File.Delete(Path.Combine(ModelFolder, "a.gguf"));
        File.Delete(Path.Combine(ModelFolder, "b.gguf"));
        await ScanAsync();
        await RunAsync("b");
        Assert.Equal(
            1,
            (await (await Http.PostAsync("/api/models/cleanup", null)).Content.ReadFromJsonAsync<JsonElement>())
                .GetProperty("removed")
                .GetInt32()
        );
        Assert.Equal(
            ["b", "c"],
            (await GetAsync("/api/models?sort=name"))
                .GetProperty("items")
                .EnumerateArray()
                .Select(model => model.GetProperty("name").GetString())
        );
        Assert.Equal(HttpStatusCode.Conflict, (await Http.DeleteAsync("/api/models/b")).StatusCode);
    }

    [Fact]
    public async Task Cleanup_LeavesTheModelsOfAFolderThatIsNotThere()
    {
        GgufSamples.Llama().Save(Path.Combine(ModelFolder, "m.gguf"));
        await ScanAsync();
        Directory.Move(ModelFolder, ModelFolder + "-unmounted");
        await ScanAsync();
        Assert.True((await GetAsync("/api/models/m")).GetProperty("file_missing").GetBoolean());
        Assert.Equal((0, 1, $"'{ModelFolder}' is not there"), await CleanUpAsync());

        Directory.CreateDirectory(ModelFolder); // the mount point of a disk that is not mounted
        var error = Assert.Single((await ScanAsync()).Errors);
        Assert.Equal(ModelFolder, error.Path);
        Assert.Contains("is empty, but 1 model of the library lies in it", error.Reason);
        Assert.Equal((0, 1, $"'{ModelFolder}' is empty"), await CleanUpAsync());

        File.WriteAllText(Path.Combine(ModelFolder, "notes.txt"), ""); // it is mounted: the file is gone for good
        Assert.Empty((await ScanAsync()).Errors);
        Assert.Equal((1, 0, null), await CleanUpAsync());
    }

    [Fact]
    public async Task ModelsThatMovedToAnotherFolder_AreNoSignOfAMissingDisk()
    {
        var other = Directory.CreateDirectory(Folder.File("other")).FullName;
        GgufSamples.Llama().Save(Path.Combine(ModelFolder, "m.gguf"));
        await ScanAsync();
        File.Move(Path.Combine(ModelFolder, "m.gguf"), Path.Combine(other, "m.gguf"));
        var result = await Services.GetRequiredService<LibraryScan>().RunAsync([ModelFolder, other], _ => { }, default);
        Assert.Equal((1, 0, 0), (result.Updated, result.Missing, result.Errors.Count));
    }

    [Fact]
    public async Task Drafts_AreSmall_AndHaveTheSameTokenizer()
    {
        GgufSamples.Llama("big").AddTensor("blk.1.more.weight", "F16", 4096, 4096).Save(Path.Combine(ModelFolder, "big.gguf"));
        GgufSamples.Llama("small").Save(Path.Combine(ModelFolder, "small.gguf"));
        GgufSamples.Llama("other").Add("tokenizer.ggml.pre", "qwen2").Save(Path.Combine(ModelFolder, "other.gguf"));
        GgufSamples.Vocabulary().Save(Path.Combine(ModelFolder, "vocab.gguf"));
        await ScanAsync();
        var drafts = Services.GetRequiredService<DraftCandidates>();
        async Task<IEnumerable<string>> FindAsync(string name) =>
            (await drafts.FindAsync((await GetAsync($"/api/models/{name}")).GetProperty("id").GetInt64())).Select(draft => draft.Name);
        Assert.Equal(["small"], await FindAsync("big"));
        Assert.Empty(await FindAsync("small"));
        Assert.Empty(await drafts.FindAsync(-1));
    }

    [Fact]
    public async Task Duplicate_HasItsOwnNameAndSettings()
    {
        GgufSamples.Llama().Save(Path.Combine(ModelFolder, "m.gguf"));
        await ScanAsync();
        var first = await (await Http.PostAsync("/api/models/m/duplicate", null)).Content.ReadFromJsonAsync<JsonElement>();
        var second = await (await Http.PostAsync("/api/models/m/duplicate", null)).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(("m-copy", "m-copy-2"), (first.GetProperty("name").GetString(), second.GetProperty("name").GetString()));
        Assert.Equal(
            HttpStatusCode.UnprocessableEntity,
            (await Http.PostAsJsonAsync("/api/models/m/duplicate", new { name = "M" })).StatusCode
        );
        GgufSamples.Llama().Add("changed", true).Save(Path.Combine(ModelFolder, "m.gguf"));
        Assert.Equal((1, 0, 3), await ScanAsync() is var scan ? (scan.Found, scan.Added, scan.Updated) : default);
    }

    private async Task<(int Removed, int Kept, string? Reason)> CleanUpAsync()
    {
        var answer = await (await Http.PostAsync("/api/models/cleanup", null)).Content.ReadFromJsonAsync<JsonElement>();
        return (
            answer.GetProperty("removed").GetInt32(),
            answer.GetProperty("kept").GetInt32(),
            answer.GetProperty("reasons").EnumerateArray().SingleOrDefault() is { ValueKind: JsonValueKind.String } reason
                ? reason.GetString()
                : null
        );
    }

    private Task<ScanResult> ScanAsync() => Services.GetRequiredService<LibraryService>().ScanAsync();

    private async Task RunAsync(string name) =>
        Services
            .GetRequiredService<InstanceRegistry>()
            .Publish(
                new InstanceSnapshot
                {
                    Id = 1,
                    ModelId = (await GetAsync($"/api/models/{name}")).GetProperty("id").GetInt64(),
                    Model = name,
                    Phase = InstancePhase.Running,
                }
            );
}
