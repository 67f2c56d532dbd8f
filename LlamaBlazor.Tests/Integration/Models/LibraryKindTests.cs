using System.Text.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Models.Library;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Models;

/// <summary>
/// Libraries as people have them: quants in folders of their own, the cache of Hugging Face, draft heads, parts of image generators.
/// </summary>
public sealed class LibraryKindTests : AppFixture
{
    [Fact]
    public async Task ProjectorAboveTheQuantFolders_IsPaired_AndGivesItsSenses()
    {
        GgufSamples.Projector().Add("clip.has_audio_encoder", true).Save(Path("delta/mmproj-F16.gguf"));
        GgufSamples.Llama().Save(Path("delta/Q4_K_M/Delta-Q4_K_M.gguf"));
        GgufSamples.Llama().Save(Path("delta/UD-Q8_K_XL/Delta-UD-Q8_K_XL.gguf"));
        GgufSamples.Llama().Save(Path("plain/Plain-Q8_0.gguf"));
        await ScanAsync();
        foreach (var name in new[] { "Delta-Q4_K_M", "Delta-UD-Q8_K_XL" })
            Assert.Equal(Path("delta/mmproj-F16.gguf"), (await GetAsync($"/api/models/{name}")).GetProperty("projector_path").GetString());
        Assert.Equal(JsonValueKind.Null, (await GetAsync("/api/models/Plain-Q8_0")).GetProperty("projector_path").ValueKind);
        var listed = (await GetAsync("/v1/models"))
            .GetProperty("data")
            .EnumerateArray()
            .ToDictionary(
                model => model.GetProperty("id").GetString()!,
                model => model.GetProperty("capabilities").EnumerateArray().Select(word => word.GetString()).ToList()
            );
        Assert.Equal(["vision", "audio"], listed["Delta-Q4_K_M"].Where(word => word is "vision" or "audio"));
        Assert.DoesNotContain("vision", listed["Plain-Q8_0"]);
    }

    [LinuxFact]
    public async Task CacheOfHuggingFace_ShowsTheSnapshotOfMain_AndFollowsIt()
    {
        var repository = Path("hub/models--a--b");
        GgufSamples.Llama("old").Save($"{repository}/blobs/one");
        GgufSamples.Llama("new").Add("changed", true).Save($"{repository}/blobs/two");
        Link("aaa", "same.gguf", "one");
        Link("bbb", "same.gguf", "one");
        Link("aaa", "other.gguf", "one");
        Link("bbb", "other.gguf", "two");
        Directory.CreateDirectory($"{repository}/refs");
        await File.WriteAllTextAsync($"{repository}/refs/main", "bbb\n");
        Assert.Equal(2, (await ScanAsync()).Found);
        Assert.Equal(["other.gguf", "same.gguf"], await PathsAsync($"{repository}/snapshots/bbb/"));
        Link("ccc", "same.gguf", "one");
        Link("ccc", "other.gguf", "two");
        await File.WriteAllTextAsync($"{repository}/refs/main", "ccc");
        Assert.Equal(0, (await ScanAsync()).Added); // the same blobs: the same models, elsewhere
        Assert.Equal(["other.gguf", "same.gguf"], await PathsAsync($"{repository}/snapshots/ccc/"));

        void Link(string revision, string file, string blob)
        {
            Directory.CreateDirectory($"{repository}/snapshots/{revision}");
            File.CreateSymbolicLink($"{repository}/snapshots/{revision}/{file}", $"../../blobs/{blob}");
        }
    }

    [Fact]
    public async Task DraftHead_IsNoModel_AndIsOfferedToItsOwn()
    {
        GgufSamples.Model("qwen35", "November", new GgufWriter()).Save(Path("November-Q4_K_M.gguf"));
        GgufSamples.Model("qwen35", "Other", new GgufWriter()).Add("x", 1).Save(Path("other/Bert.gguf"));
        new GgufWriter()
            .Add("general.architecture", "qwen35")
            .Add("qwen35.block_count", 3u)
            .Add("qwen35.embedding_length", 64u)
            .Add("qwen35.nextn_predict_layers", 1u)
            .AddTensor("blk.2.nextn.eh_proj.weight", "F16", 128, 64)
            .Save(Path("MTP/mtp-November-Q8_0.gguf"));
        GgufSamples.Llama().Save(Path("Llama.gguf"));
        await ScanAsync();
        Assert.Equal("draft", (await GetAsync("/api/models/mtp-November-Q8_0")).GetProperty("role").GetString());
        Assert.DoesNotContain(
            (await GetAsync("/v1/models")).GetProperty("data").EnumerateArray(),
            model => model.GetProperty("id").GetString() == "mtp-November-Q8_0"
        );
        using var started = await Http.PostAsync("/api/models/mtp-November-Q8_0/start", null);
        Assert.Equal(System.Net.HttpStatusCode.Conflict, started.StatusCode);
        var drafts = Services.GetRequiredService<DraftCandidates>();
        var offered = await drafts.FindAsync((await GetAsync("/api/models/November-Q4_K_M")).GetProperty("id").GetInt64());
        Assert.Equal(("mtp-November-Q8_0", "draft-mtp"), (offered[0].Name, offered[0].Method));
        Assert.DoesNotContain(
            await drafts.FindAsync((await GetAsync("/api/models/Llama")).GetProperty("id").GetInt64()),
            draft => draft.Method is not null
        );
    }

    [Fact]
    public async Task PartsOfOtherPrograms_AreLeftOut_WithTheReason()
    {
        new GgufWriter()
            .Add("general.architecture", "flux")
            .AddTensor("double_blocks.0.img_attn.qkv.weight", "F16", 64, 64)
            .Save(Path("flux1-dev.gguf"));
        GgufSamples.Model("t5encoder", "t5", new GgufWriter()).Save(Path("t5xxl.gguf"));
        var result = await ScanAsync();
        Assert.Equal((0, 2), (result.Found, result.Errors.Count));
        Assert.All(result.Errors, error => Assert.Contains("llama-server cannot run it", error.Reason));
    }

    private string Path(string name) => System.IO.Path.Combine(ModelFolder, name);

    private Task<ScanResult> ScanAsync() => Services.GetRequiredService<LibraryService>().ScanAsync();

    private async Task<List<string>> PathsAsync(string folder) =>
        [
            .. (await GetAsync("/api/models?limit=100"))
                .GetProperty("items")
                .EnumerateArray()
                .Select(model => model.GetProperty("model_path").GetString()!)
                .Where(path => path.StartsWith(folder, StringComparison.Ordinal))
                .Select(path => path[folder.Length..])
                .Order(StringComparer.Ordinal),
        ];
}
