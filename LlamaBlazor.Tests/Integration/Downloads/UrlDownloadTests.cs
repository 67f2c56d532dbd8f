using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using LlamaBlazor.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace LlamaBlazor.Tests.Integration.Downloads;

/// <summary>Files by their address: what comes, what breaks, and how it goes on.</summary>
public sealed class UrlDownloadTests(DownloadFixture app) : IClassFixture<DownloadFixture>
{
    [Fact]
    public async Task File_Comes_IsChecked_AndIsInTheLibrary()
    {
        var file = app.Mirror.Serve("/d/whole-Q4.gguf");
        app.Mirror.Redirect("/go/whole-Q4.gguf", "../d/whole-Q4.gguf");
        var hash = Convert.ToHexString(SHA256.HashData(file.Content));
        var id = (await app.AddAsync(new { source = app.Mirror.Url("/go/whole-Q4.gguf?signature=secret#part"), sha256 = hash })).Single();
        var done = await app.UntilAsync(id, "done");
        Assert.Equal(file.Content, await File.ReadAllBytesAsync(app.PathOf("whole-Q4.gguf")));
        Assert.False(File.Exists(app.PathOf("whole-Q4.gguf.part")));
        Assert.Equal(
            (file.Content.LongLength, file.Content.LongLength),
            (done.GetProperty("received_bytes").GetInt64(), done.GetProperty("total_bytes").GetInt64())
        );
        Assert.DoesNotContain("secret", done.ToString());
        await Until.TrueAsync(async () => (await app.Http.GetAsync("/api/models/whole-Q4")).IsSuccessStatusCode, "it is in the library");
        Assert.Contains("exists already", (await app.RefusalAsync(new { source = app.Mirror.Url("/d/whole-Q4.gguf") })).Text);
        using var resumed = await app.Http.PostAsync($"/api/downloads/{id}/resume", null);
        Assert.Equal(HttpStatusCode.Conflict, resumed.StatusCode);
    }

    [Theory]
    [InlineData(404, "nothing at this address")]
    [InlineData(403, "refuses access")]
    [InlineData(503, "answered 503")]
    [InlineData(418, "answered 418")]
    public async Task Refusal_IsTold_AndLeavesNothing(int status, string words)
    {
        app.Mirror.On(
            $"/no/{status}.gguf",
            context =>
            {
                context.Response.StatusCode = status;
                return Task.CompletedTask;
            }
        );
        var failed = await app.UntilAsync((await app.AddAsync(new { source = app.Mirror.Url($"/no/{status}.gguf") })).Single(), "failed");
        Assert.Contains(words, failed.GetProperty("error").GetString());
        Assert.False(File.Exists(app.PathOf($"{status}.gguf.part")));
    }

    [Fact]
    public async Task WebPage_IsNotTakenForAModel()
    {
        app.Mirror.On(
            "/page.gguf",
            context =>
            {
                context.Response.ContentType = "text/html";
                return context.Response.WriteAsync("<html>sign in</html>");
            }
        );
        var failed = await app.UntilAsync((await app.AddAsync(new { source = app.Mirror.Url("/page.gguf") })).Single(), "failed");
        Assert.Contains("web page", failed.GetProperty("error").GetString());
        Assert.False(File.Exists(app.PathOf("page.gguf")));
    }

    [Fact]
    [EffectOf("LlamaBlazor:Downloads:Retries")]
    public async Task Interrupted_KeepsItsPart_AndResumesWithARange()
    {
        var file = app.Mirror.Serve("/cut.gguf", ServedFile.Held());
        var id = (await app.AddAsync(new { source = app.Mirror.Url("/cut.gguf") })).Single();
        var failed = await BreakAsync(id, file);
        Assert.Contains("are kept", failed.GetProperty("error").GetString());
        var kept = new FileInfo(app.PathOf("cut.gguf.part")).Length;
        Assert.Equal(kept, failed.GetProperty("received_bytes").GetInt64());
        Assert.InRange(kept, 1, file.Content.Length / 2);
        Assert.False(File.Exists(app.PathOf("cut.gguf")));
        await app.PostAsync(id, "resume");
        await app.UntilAsync(id, "done");
        Assert.Equal(file.Content, await File.ReadAllBytesAsync(app.PathOf("cut.gguf")));
        Assert.Contains(
            app.Mirror.Asked,
            asked => asked.Path == "/cut.gguf" && asked.Range == $"bytes={kept}-" && asked.IfRange == "\"one\""
        );
    }

    [Theory]
    [InlineData("plain", false, "\"one\"")]
    [InlineData("changed", true, "\"two\"")]
    [InlineData("nameless", true, null)]
    public async Task Resume_StartsAnew_WhereTheServerCannotGoOn(string name, bool ranges, string? etag)
    {
        var file = app.Mirror.Serve(
            $"/{name}.gguf",
            new ServedFile
            {
                Hold = new TaskCompletionSource<bool>(),
                Ranges = ranges,
                ETag = etag is null ? null : "\"one\"",
            }
        );
        var id = (await app.AddAsync(new { source = app.Mirror.Url($"/{name}.gguf") })).Single();
        await BreakAsync(id, file);
        (file.ETag, file.Content) = (etag, GgufSamples.Llama("Another of another length").ToArray());
        await app.PostAsync(id, "resume");
        await app.UntilAsync(id, "done");
        Assert.Equal(file.Content, await File.ReadAllBytesAsync(app.PathOf($"{name}.gguf")));
    }

    [Fact]
    public async Task DamagedContent_IsThrownAway()
    {
        app.Mirror.Serve("/damaged.gguf");
        var failed = await app.UntilAsync(
            (await app.AddAsync(new { source = app.Mirror.Url("/damaged.gguf"), sha256 = new string('a', 64) })).Single(),
            "failed"
        );
        Assert.Contains("SHA-256", failed.GetProperty("error").GetString());
        Assert.False(File.Exists(app.PathOf("damaged.gguf")));
        Assert.False(File.Exists(app.PathOf("damaged.gguf.part")));
    }

    [Fact]
    public async Task Cancelled_KeepsItsPart_UntilItIsResumedOrRemoved()
    {
        var file = app.Mirror.Serve("/slow.gguf", ServedFile.Held());
        var id = (await app.AddAsync(new { source = app.Mirror.Url("/slow.gguf") })).Single();
        await Until.TrueAsync(async () => (await app.FindAsync(id)).GetProperty("received_bytes").GetInt64() > 0, "bytes come");
        Assert.Contains("is being downloaded already", (await app.RefusalAsync(new { source = app.Mirror.Url("/slow.gguf") })).Text);
        await app.PostAsync(id, "cancel");
        Assert.Equal("cancelled", (await app.FindAsync(id)).GetProperty("status").GetString());
        Assert.True(File.Exists(app.PathOf("slow.gguf.part")));
        await app.PostAsync(id, "resume");
        await Until.TrueAsync(() => app.Mirror.Asked.Count(asked => asked.Path == "/slow.gguf") == 2, "it is asked for again");
        file.Hold!.SetResult(true);
        await app.UntilAsync(id, "done");
        Assert.Equal(file.Content, await File.ReadAllBytesAsync(app.PathOf("slow.gguf")));
        Assert.Equal(HttpStatusCode.NoContent, (await app.Http.DeleteAsync($"/api/downloads/{id}")).StatusCode);
        Assert.True(File.Exists(app.PathOf("slow.gguf"))); // only the row is forgotten
    }

    [Fact]
    public async Task Removed_WhileItRuns_LeavesNothing()
    {
        var file = app.Mirror.Serve("/gone.gguf", ServedFile.Held());
        var id = (await app.AddAsync(new { source = app.Mirror.Url("/gone.gguf") })).Single();
        await Until.TrueAsync(() => File.Exists(app.PathOf("gone.gguf.part")), "it has begun");
        Assert.Equal(HttpStatusCode.NoContent, (await app.Http.DeleteAsync($"/api/downloads/{id}")).StatusCode);
        Assert.False(File.Exists(app.PathOf("gone.gguf.part")));
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync($"/api/downloads/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.DeleteAsync($"/api/downloads/{id}")).StatusCode);
        file.Hold!.SetResult(true);
    }

    [Fact]
    public async Task Only_SoManyRunAtOnce()
    {
        var hold = new TaskCompletionSource<bool>();
        foreach (var name in new[] { "q1", "q2", "q3" })
            app.Mirror.Serve($"/{name}.gguf", new ServedFile { Hold = hold });
        var ids = new List<long>();
        foreach (var name in new[] { "q1", "q2", "q3" })
            ids.AddRange(await app.AddAsync(new { source = app.Mirror.Url($"/{name}.gguf") }));
        await app.UntilAsync(ids[1], "running");
        Assert.Equal("queued", (await app.FindAsync(ids[2])).GetProperty("status").GetString());
        Assert.Equal(
            [ids[2]],
            (await app.GetAsync("/api/downloads?status=queued"))
                .GetProperty("items")
                .EnumerateArray()
                .Select(item => item.GetProperty("id").GetInt64())
        );
        hold.SetResult(true);
        foreach (var id in ids)
            await app.UntilAsync(id, "done");
        var page = await app.GetAsync("/api/downloads?status=done&limit=2");
        Assert.Equal(JsonValueKind.String, page.GetProperty("next").ValueKind);
    }

    [Fact]
    public async Task PartsOfASet_ComeAll()
    {
        var folder = app.Folder.File("parts");
        foreach (var part in new[] { 1, 2 })
            app.Mirror.Serve(
                $"/s/set-0000{part}-of-00002.gguf",
                new ServedFile { Content = await File.ReadAllBytesAsync(GgufSamples.SavePart(folder, "set", part, 2)) }
            );
        var ids = await app.AddAsync(new { source = app.Mirror.Url("/s/set-00002-of-00002.gguf") });
        Assert.Equal(2, ids.Length);
        foreach (var id in ids)
            await app.UntilAsync(id, "done");
        await Until.TrueAsync(async () => (await app.Http.GetAsync("/api/models/set")).IsSuccessStatusCode, "the set is in the library");
        Assert.Equal(2, (await app.GetAsync("/api/models/set")).GetProperty("split_count").GetInt32());
    }

    // Breaks the connection once bytes have come.
    private async Task<JsonElement> BreakAsync(long id, ServedFile file)
    {
        await Until.TrueAsync(async () => (await app.FindAsync(id)).GetProperty("received_bytes").GetInt64() > 0, "bytes come");
        file.Hold!.SetResult(false);
        var failed = await app.UntilAsync(id, "failed");
        file.Hold = null;
        return failed;
    }
}
