using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Models;

/// <summary>Files that are there twice, and files that are deleted because somebody chose them.</summary>
public sealed class DuplicateTests : AppFixture
{
    [Fact]
    public async Task Copies_AreFound_ByTheirContent_AndCanBeDeletedByChoice()
    {
        Save("a.gguf");
        Save("sub/b.gguf");
        Save("other.gguf", "Other");
        await ScanAsync();
        await Http.PostAsync("/api/models/b/duplicate", null); // two models of one file are no duplicates, and go together with it
        var found = await GetAsync("/api/models/duplicates");
        var group = Assert.Single(found.GetProperty("items").EnumerateArray());
        Assert.Equal(new FileInfo(PathOf("a.gguf")).Length, found.GetProperty("wasted_bytes").GetInt64());
        Assert.Equal(
            [PathOf("a.gguf"), PathOf("sub/b.gguf")],
            group.GetProperty("copies").EnumerateArray().Select(copy => copy.GetProperty("path").GetString())
        );
        Assert.Equal(
            ["b", "b-copy"],
            group.GetProperty("copies")[1].GetProperty("models").EnumerateArray().Select(name => name.GetString())
        );

        Assert.Equal(HttpStatusCode.NoContent, (await Http.DeleteAsync("/api/models/b?file=true")).StatusCode);
        Assert.False(File.Exists(PathOf("sub/b.gguf")));
        Assert.Equal(HttpStatusCode.NotFound, (await Http.GetAsync("/api/models/b-copy")).StatusCode);
        Assert.Empty((await GetAsync("/api/models/duplicates")).GetProperty("items").EnumerateArray());
        Assert.Equal(HttpStatusCode.NoContent, (await Http.DeleteAsync("/api/models/a")).StatusCode);
        Assert.True(File.Exists(PathOf("a.gguf"))); // not chosen, not deleted
    }

    [Fact]
    public async Task TwoWaysToOneFile_AreNoDuplicates_AndItsLastCopyIsNotDeleted()
    {
        Save("a.gguf");
        Save("sub/b.gguf");
        await ScanAsync();
        File.Delete(PathOf("sub/b.gguf"));
        using (var link = Process.Start(new ProcessStartInfo("ln", [PathOf("a.gguf"), PathOf("sub/b.gguf")])))
            await link!.WaitForExitAsync(); // the library believes in two files still
        Assert.Empty((await GetAsync("/api/models/duplicates")).GetProperty("items").EnumerateArray());
        var copies = Services.GetRequiredService<LibraryCopies>();
        var id = (await GetAsync("/api/models/b")).GetProperty("id").GetInt64();
        Assert.Contains("nothing was deleted", (await copies.DeleteAsync([id])).Failure?.Message);

        File.Delete(PathOf("sub/b.gguf"));
        Save("sub/b.gguf", "Something else"); // no copy any more
        Assert.Contains(
            "nothing was deleted",
            (await copies.DeleteAsync([(await GetAsync("/api/models/a")).GetProperty("id").GetInt64()])).Failure?.Message
        );
        Assert.True(File.Exists(PathOf("a.gguf")) && File.Exists(PathOf("sub/b.gguf")));

        Save("sub/b.gguf");
        Assert.Equal(new FileInfo(PathOf("a.gguf")).Length, (await copies.DeleteAsync([id])).Value);
        Assert.Equal((true, false), (File.Exists(PathOf("a.gguf")), File.Exists(PathOf("sub/b.gguf"))));
        var audit = Assert.Single(await AuditAsync());
        Assert.Contains(PathOf("sub/b.gguf"), audit);
    }

    [Fact]
    public async Task LinkOutOfTheFolders_ProtectsWhatItLeadsTo()
    {
        GgufSamples.Llama().Save(Folder.File("elsewhere/m.gguf"));
        Directory.CreateSymbolicLink(PathOf("linked"), Folder.File("elsewhere"));
        await ScanAsync();
        var refused = await Http.DeleteAsync("/api/models/m?file=true");
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("is really", await refused.Content.ReadAsStringAsync());
        Assert.True(File.Exists(Folder.File("elsewhere/m.gguf")));
    }

    private async Task<List<string?>> AuditAsync()
    {
        await using var context = await Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>().CreateDbContextAsync();
        return await context.Audit.Where(row => row.Action == "model.delete_file").Select(row => row.Details).ToListAsync();
    }

    [Fact]
    public async Task Set_GoesWithAllItsParts()
    {
        GgufSamples.SavePart(ModelFolder, "set", 1, 2);
        GgufSamples.SavePart(ModelFolder, "set", 2, 2);
        await ScanAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await Http.DeleteAsync("/api/models/set?file=true")).StatusCode);
        Assert.Empty(Directory.GetFiles(ModelFolder));
    }

    [Fact]
    public async Task File_ThatRuns_OrLiesElsewhere_IsNotDeleted()
    {
        Save("busy.gguf");
        await ScanAsync();
        await Http.PostAsync("/api/models/busy/duplicate", null);
        var id = (await GetAsync("/api/models/busy-copy")).GetProperty("id").GetInt64();
        Services
            .GetRequiredService<InstanceRegistry>()
            .Publish(
                new InstanceSnapshot
                {
                    Id = 1,
                    ModelId = id,
                    Model = "busy-copy",
                    Phase = InstancePhase.Running,
                }
            );
        var refused = await Http.DeleteAsync("/api/models/busy?file=true");
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("busy-copy", await refused.Content.ReadAsStringAsync());

        var elsewhere = GgufSamples.Llama().Save(Folder.File("elsewhere.gguf"));
        (await Http.PostAsJsonAsync("/api/models", new { path = elsewhere })).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.Conflict, (await Http.DeleteAsync("/api/models/elsewhere?file=true")).StatusCode);
        Assert.True(File.Exists(elsewhere) && File.Exists(PathOf("busy.gguf")));
    }

    [Fact]
    public async Task Batch_AnalysesAll_AndNamesThoseWithoutAdvice()
    {
        Save("good.gguf");
        Save("gone.gguf", "Gone");
        await ScanAsync();
        File.Delete(PathOf("gone.gguf"));
        Assert.Equal(HttpStatusCode.NotFound, (await Http.GetAsync("/api/models/fit")).StatusCode);
        using var begun = await Http.PostAsync("/api/models/fit", null);
        Assert.Equal(HttpStatusCode.Accepted, begun.StatusCode);
        JsonElement batch = default;
        await Until.TrueAsync(
            async () => !(batch = await GetAsync("/api/models/fit")).GetProperty("running").GetBoolean(),
            "the batch has ended"
        );
        Assert.Equal(
            (2, 2, 1),
            (batch.GetProperty("total").GetInt32(), batch.GetProperty("done").GetInt32(), batch.GetProperty("failed").GetInt32())
        );
        Assert.Equal("gone", batch.GetProperty("failures")[0].GetProperty("model").GetString());
        Assert.True((await GetAsync("/api/models/good/fit")).GetProperty("fit_params_success").GetBoolean());
        Assert.Equal(HttpStatusCode.Conflict, (await Http.DeleteAsync("/api/models/fit")).StatusCode);
        Assert.Equal(
            HttpStatusCode.UnprocessableEntity,
            (await Http.PostAsJsonAsync("/api/models/fit", new { ids = Array.Empty<long>() })).StatusCode
        );
    }

    private string PathOf(string name) => Path.Combine(ModelFolder, name);

    private void Save(string name, string title = "Same") => GgufSamples.Llama(title).Save(PathOf(name));

    private Task<ScanResult> ScanAsync() => Services.GetRequiredService<LibraryService>().ScanAsync();
}
