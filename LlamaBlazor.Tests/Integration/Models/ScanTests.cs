using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Models.Library;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Models;

/// <summary>Real files, a real scan, the real database; one library a test.</summary>
public sealed class ScanTests : AppFixture
{
    /// <summary>Waits for the scan of a first start too: it would find the files of a test before that test's own scan does.</summary>
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Until.TrueAsync(
            () => Services.GetRequiredService<LibraryService>().Current is { IsRunning: false },
            "the scan of the first start"
        );
    }

    [Fact]
    public async Task Library_IsRead_WithItsKinds_AndTheRestIsListedWithAReason()
    {
        GgufSamples.Llama().Save(Path("tiny-Q4.gguf"));
        GgufSamples.Llama(version: 2).Save(Path("deep/er/v2.gguf"));
        GgufSamples.Llama(bigEndian: true).Save(Path("big-endian.gguf"));
        GgufSamples.Projector().Save(Path("vision/mmproj-F16.gguf"));
        GgufSamples.Llama().Save(Path("vision/seeing.gguf"));
        GgufSamples.Adapter().Save(Path("lora.gguf"));
        GgufSamples.Vocabulary().Save(Path("vocab.gguf"));
        GgufSamples.SavePart(Path("split"), "set", 1, 2);
        GgufSamples.SavePart(Path("split"), "set", 2, 2);
        GgufSamples.SavePart(Path("split"), "holes", 1, 3);
        GgufSamples.SavePart(Path("split"), "headless", 2, 2);
        File.WriteAllBytes(Path("empty.gguf"), []);
        File.WriteAllText(Path("page.gguf"), "<html>404</html>");
        File.WriteAllBytes(Path("cut.gguf"), GgufSamples.Llama().ToArray()[..3000]);
        new GgufWriter { ClaimedKeys = long.MaxValue }.Save(Path("liar.gguf"));

        var result = await ScanAsync();

        Assert.Equal(
            ["cut.gguf", "empty.gguf", "liar.gguf", "page.gguf", "headless-00002-of-00002.gguf"],
            result.Errors.Select(error => System.IO.Path.GetFileName(error.Path))
        );
        Assert.All(result.Errors, error => Assert.NotEmpty(error.Reason));
        Assert.Equal(9, result.Found);
        var models = (await GetAsync("/api/models?sort=name&limit=1000"))
            .GetProperty("items")
            .EnumerateArray()
            .ToDictionary(model => model.GetProperty("name").GetString()!);
        Assert.Equal(["big-endian", "holes", "lora", "mmproj-F16", "seeing", "set", "tiny-Q4", "v2", "vocab"], models.Keys);
        Assert.Equal(
            ["adapter", "projector", "vocabulary"],
            new[] { "lora", "mmproj-F16", "vocab" }.Select(name => models[name].GetProperty("role").GetString())
        );
        Assert.Equal(Path("vision/mmproj-F16.gguf"), models["seeing"].GetProperty("projector_path").GetString());
        Assert.Equal(JsonValueKind.Null, models["tiny-Q4"].GetProperty("projector_path").ValueKind);
        Assert.Equal(
            (2, "[2,3]"),
            (models["set"].GetProperty("split_count").GetInt32(), models["holes"].GetProperty("split_missing").GetString())
        );
        Assert.Equal(82_240 + 64 * 128, models["set"].GetProperty("parameter_count").GetInt64());
    }

    [Fact]
    public async Task EveryModel_HasExactlyOneRow_InEachTable_AndTheyLeaveWithIt()
    {
        GgufSamples.Llama().Save(Path("a.gguf"));
        GgufSamples.Llama().Save(Path("b.gguf"));
        await ScanAsync();
        Assert.All(await CountsAsync(), count => Assert.Equal(2, count));
        await Http.DeleteAsync("/api/models/a");
        Assert.All(await CountsAsync(), count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task Rescan_ReadsOnlyWhatChanged_AndFollowsMoves()
    {
        GgufSamples.Llama("one").Save(Path("one.gguf"));
        GgufSamples.Llama("two").Save(Path("two.gguf"));
        GgufSamples.Llama("three").Save(Path("three.gguf"));
        var first = await ScanAsync();
        Assert.Equal((3, 3, 0, 0), (first.Found, first.Added, first.Updated, first.Missing));
        var ids = await IdsAsync();

        Assert.Equal((3, 0, 0, 0), Numbers(await ScanAsync()));

        Directory.CreateDirectory(Path("elsewhere"));
        File.Move(Path("one.gguf"), Path("elsewhere/renamed.gguf"));
        File.Delete(Path("two.gguf"));
        GgufSamples.Llama("three").Add("added", "key").Save(Path("three.gguf"));
        Assert.Equal((2, 0, 2, 1), Numbers(await ScanAsync()));
        Assert.Equal(Path("elsewhere/renamed.gguf"), (await ModelAsync("one")).GetProperty("model_path").GetString());
        Assert.Equal(ids, await IdsAsync());
        Assert.True((await ModelAsync("two")).GetProperty("file_missing").GetBoolean());

        GgufSamples.Llama("two").Save(Path("two.gguf"));
        Assert.Equal((3, 0), ((await ScanAsync()).Found, (await ModelAsync("two")).GetProperty("file_missing").GetBoolean() ? 1 : 0));
    }

    [Fact]
    public async Task Links_AreFollowed_OnceEach_AndLoopsEnd()
    {
        GgufSamples.Llama().Save(Path("blobs/real.gguf"));
        Directory.CreateSymbolicLink(Path("blobs/loop"), ModelFolder);
        Directory.CreateSymbolicLink(Path("again"), Path("blobs"));
        File.CreateSymbolicLink(Path("a-link.gguf"), Path("blobs/real.gguf"));
        File.CreateSymbolicLink(Path("dangling.gguf"), Path("nothing.gguf"));
        File.CreateSymbolicLink(Path("self.gguf"), Path("self.gguf"));
        var result = await ScanAsync();
        Assert.Equal(1, result.Found);
        Assert.Equal(Path("a-link.gguf"), (await ModelAsync("a-link")).GetProperty("model_path").GetString());
        Assert.Equal(["dangling.gguf", "self.gguf"], result.Errors.Select(error => System.IO.Path.GetFileName(error.Path)));
    }

    [LinuxFact]
    public async Task WhatIsNoFile_IsPassedOver_AndHoldsNothingUp()
    {
        GgufSamples.Llama().Save(Path("folder.gguf/inside.gguf"));
        Pipe("pipe.gguf");
        Pipe("set-00001-of-00002.gguf");
        File.CreateSymbolicLink(Path("to-pipe.gguf"), Path("pipe.gguf"));
        File.CreateSymbolicLink(Path("zero.gguf"), "/dev/zero");
        File.CreateSymbolicLink(Path("broken.gguf"), Path("nothing.gguf"));
        var result = await ScanAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((1, 1), (result.Found, result.Added));
        Assert.Equal(
            ["broken.gguf", "pipe.gguf", "set-00001-of-00002.gguf", "zero.gguf"],
            result.Errors.Select(error => System.IO.Path.GetFileName(error.Path))
        );
        Assert.All(result.Errors.Skip(1), error => Assert.Contains("no ordinary file", error.Reason));
        foreach (var name in new[] { "folder.gguf", "pipe.gguf", "to-pipe.gguf", "set-00001-of-00002.gguf", "zero.gguf" })
            Assert.Equal(
                System.Net.HttpStatusCode.UnprocessableEntity,
                (await Http.PostAsJsonAsync("/api/models", new { path = Path(name) })).StatusCode
            );
    }

    [Fact]
    public async Task AFile_WithMoreWeightsThanANumberHolds_IsListed_AndTheOthersAreScanned()
    {
        GgufSamples.Llama().Save(Path("good.gguf"));
        new GgufWriter()
            .Add("general.architecture", "llama")
            .AddTensorRaw("a", 99, 0, long.MaxValue / 2)
            .AddTensorRaw("b", 99, 0, long.MaxValue / 2)
            .AddTensorRaw("c", 99, 0, long.MaxValue / 2)
            .Save(Path("bad.gguf"));
        var result = await ScanAsync();
        Assert.Equal((1, 1), (result.Found, result.Added));
        Assert.Contains("more weights than any model has", Assert.Single(result.Errors).Reason);
    }

    [Fact]
    public async Task Move_TakesAllModelsOfTheFileAlong()
    {
        GgufSamples.Llama().Save(Path("m.gguf"));
        await ScanAsync();
        await Http.PostAsync("/api/models/m/duplicate", null);
        File.Move(Path("m.gguf"), Path("moved.gguf"));
        Assert.Equal((1, 0, 2, 0), Numbers(await ScanAsync()));
        foreach (var name in new[] { "m", "m-copy" })
            Assert.Equal(
                (Path("moved.gguf"), false),
                (
                    (await ModelAsync(name)).GetProperty("model_path").GetString(),
                    (await ModelAsync(name)).GetProperty("file_missing").GetBoolean()
                )
            );
    }

    [Fact]
    public async Task LinkAbove_AndTwoRootsOfOnePlace_ListAFileOnce()
    {
        GgufSamples.Llama().Save(Folder.File("disk/real/m.gguf"));
        GgufSamples.SavePart(Folder.File("disk/real"), "set", 1, 2);
        GgufSamples.SavePart(Folder.File("disk/real"), "set", 2, 2);
        Directory.CreateSymbolicLink(Folder.File("linked"), Folder.File("disk"));
        var result = await Services
            .GetRequiredService<LibraryScan>()
            .RunAsync([Folder.File("disk/real"), Folder.File("linked/real")], _ => { }, default);
        Assert.Equal(2, result.Found);
        Assert.Equal(2, (await GetAsync("/api/models")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task ModelOutsideOfTheFolders_ThatComesBack_IsFoundAgain()
    {
        var file = Folder.File("elsewhere.gguf"); // added by its path
        GgufSamples.Llama().Save(file);
        using var added = await Http.PostAsJsonAsync("/api/models", new { path = file });
        added.EnsureSuccessStatusCode();
        File.Move(file, file + ".away");
        Assert.Equal(1, (await ScanAsync()).Missing);
        File.Move(file + ".away", file);
        Assert.Equal((0, 1), (await ScanAsync()) is var result ? (result.Missing, result.Updated) : default);
    }

    [Fact]
    public async Task SetsInCapitals_AreReadAndDeleted()
    {
        for (var part = 1; part <= 2; part++)
            File.Move(GgufSamples.SavePart(ModelFolder, "set", part, 2), Path($"SET-{part:00000}-of-00002.GGUF"));
        Assert.Equal(1, (await ScanAsync()).Found);
        Assert.Equal(82_240 + 64 * 128, (await GetAsync("/api/models/SET/gguf")).GetProperty("parameter_count").GetInt64());
        Assert.Equal(
            System.Net.HttpStatusCode.Conflict,
            (await Http.PostAsJsonAsync("/api/models", new { path = Path("SET-00002-of-00002.GGUF") })).StatusCode
        );
        Assert.Equal(System.Net.HttpStatusCode.NoContent, (await Http.DeleteAsync("/api/models/SET?file=true")).StatusCode);
        Assert.Empty(Directory.GetFiles(ModelFolder));
    }

    [Fact]
    public async Task PartsOnlyTheHeaderKnows_AreFlagged()
    {
        File.Move(GgufSamples.SavePart(ModelFolder, "set", 1, 3), Path("renamed.gguf"));
        await ScanAsync();
        var model = await ModelAsync("renamed");
        Assert.Equal((3, "[2,3]"), (model.GetProperty("split_count").GetInt32(), model.GetProperty("split_missing").GetRawText()));
    }

    [Fact]
    public async Task HostileAndEqualNames_GetSafeUniqueNames()
    {
        string[] files =
        [
            "it's \"q\".gguf",
            "<b>bold</b>.gguf",
            "line\nbreak.gguf",
            "rtl\u202Eflow.gguf",
            "12345.gguf",
            "same.gguf",
            "sub/SAME.gguf",
            "sub/sub/same.gguf",
        ];
        foreach (var file in files.Where(file => !file.Contains("</b>")))
            GgufSamples.Llama().Save(Path(file));
        var result = await ScanAsync();
        Assert.Empty(result.Errors);
        var names = (await GetAsync("/api/models?sort=name"))
            .GetProperty("items")
            .EnumerateArray()
            .Select(model => model.GetProperty("name").GetString()!)
            .ToList();
        Assert.Equal(
            ["it's \"q\"", "line_break", "model-12345", "rtl_flow", "same", "sub/SAME", "sub/same-2"],
            names.Order(StringComparer.OrdinalIgnoreCase)
        );
    }

    [Fact]
    public async Task MissingAndUnreadableFolders_AreListed()
    {
        Directory.Delete(ModelFolder);
        var error = Assert.Single((await ScanAsync()).Errors);
        Assert.Equal(ModelFolder, error.Path);
        Assert.Contains("does not exist", error.Reason);
    }

    private void Pipe(string file)
    {
        using var made = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("mkfifo", [Path(file)]))!;
        made.WaitForExit();
        Assert.Equal(0, made.ExitCode);
    }

    private string Path(string file) => System.IO.Path.Combine(ModelFolder, file);

    private Task<ScanResult> ScanAsync() => Services.GetRequiredService<LibraryService>().ScanAsync();

    private static (int, int, int, int) Numbers(ScanResult result) => (result.Found, result.Added, result.Updated, result.Missing);

    private async Task<JsonElement> ModelAsync(string name) => await GetAsync($"/api/models/{Uri.EscapeDataString(name)}");

    private async Task<List<long>> IdsAsync() => [.. await Services.GetRequiredService<ModelQueries>().IdsAsync(new())];

    private async Task<List<long>> CountsAsync()
    {
        await using var context = await Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>().CreateDbContextAsync();
        string[] tables =
        [
            "model_sampling_config",
            "model_memory_config",
            "model_gpu_config",
            "model_advanced_config",
            "model_lora_config",
            "model_multimodal_config",
            "model_fit_params",
            "model_runtime",
            "model_server_override",
        ];
        await context.Database.OpenConnectionAsync();
        return
        [
            .. tables.Select(table =>
                Convert.ToInt64(SqliteSetup.Scalar(context.Database.GetDbConnection(), $"SELECT count(*) FROM {table}"))
            ),
        ];
    }
}
