using System.Net;
using System.Text.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Downloads;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Downloads;

/// <summary>What addresses, names and full disks must not bring about.</summary>
public sealed class DownloadSafetyTests(DownloadFixture app) : IClassFixture<DownloadFixture>
{
    [Theory]
    [InlineData("http://10.0.0.1/m.gguf")]
    [InlineData("http://169.254.169.254/latest/m.gguf")]
    [InlineData("http://[::1]:1/m.gguf")]
    [InlineData("http://[::ffff:127.0.0.1]:1/m.gguf")]
    [InlineData("http://2130706433/m.gguf")]
    [InlineData("http://localhost:1/m.gguf")]
    public async Task Redirect_IntoAPrivateNetwork_IsRefused(string target)
    {
        var name = "private" + (uint)target.GetHashCode(StringComparison.Ordinal) + ".gguf";
        app.Mirror.Redirect("/" + name, target);
        var failed = await app.UntilAsync((await app.AddAsync(new { source = app.Mirror.Url("/" + name) })).Single(), "failed");
        Assert.Contains("private network", failed.GetProperty("error").GetString());
    }

    [Fact]
    [EffectOf("LlamaBlazor:Downloads:TrustedHosts")]
    public async Task Address_OfAPrivateNetwork_IsRefused_UnlessTrusted()
    {
        var server = await FileServer.StartAsync();
        await using (server)
        {
            server.Serve("/m.gguf");
            var failed = await app.UntilAsync(
                (await app.AddAsync(new { source = server.Url("/m.gguf"), name = "untrusted.gguf" })).Single(),
                "failed"
            );
            Assert.Contains("TrustedHosts", failed.GetProperty("error").GetString());
            Assert.Empty(server.Asked);
        }
    }

    [Theory]
    [InlineData("/circle.gguf", "/circle.gguf", "circles")]
    [InlineData("/file.gguf", "file:///etc/passwd", "no download")]
    public async Task Redirect_ToNowhere_IsRefused(string path, string target, string words)
    {
        app.Mirror.Redirect(path, target);
        var failed = await app.UntilAsync((await app.AddAsync(new { source = app.Mirror.Url(path) })).Single(), "failed");
        Assert.Contains(words, failed.GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("%2e%2e%2f%2e%2e%2fevil.gguf", "evil.gguf")]
    [InlineData("..%5C..%5Cback.gguf", "back.gguf")]
    [InlineData("a%0Ab%22%3Cscript%3E.gguf", "a_b__script_.gguf")]
    [InlineData("x%E2%80%AEy.gguf", "x_y.gguf")]
    public async Task Names_StayInTheFolder(string last, string name)
    {
        app.Mirror.Serve(new Uri(app.Mirror.Url("/n/" + last)).AbsolutePath is var path ? Uri.UnescapeDataString(path) : "");
        var id = (await app.AddAsync(new { source = app.Mirror.Url("/") + "n/" + last })).Single();
        Assert.Equal(app.PathOf(name), (await app.FindAsync(id)).GetProperty("target_path").GetString());
        await app.PostAsync(id, "cancel");
    }

    [Theory]
    [InlineData("""{"source":"MIRROR/m.gguf","name":"../m.gguf"}""", "name")]
    [InlineData("""{"source":"MIRROR/m.gguf","name":"m.exe"}""", "name")]
    [InlineData("""{"source":"MIRROR/m.gguf","folder":"/etc"}""", "folder")]
    [InlineData("""{"source":"MIRROR/m.gguf","folder":"relative"}""", "folder")]
    [InlineData("""{"source":"MIRROR/m.gguf","folder":"/nul\u0000"}""", "folder")]
    [InlineData("""{"source":"MIRROR/m.gguf","sha256":"12"}""", "sha256")]
    [InlineData("""{"source":"MIRROR/page"}""", "name")]
    [InlineData("""{"source":"ftp://example.org/m.gguf"}""", "source")]
    [InlineData("""{"source":"https://me:secret@example.org/m.gguf"}""", "source")]
    [InlineData("""{"source":"nothing"}""", "source")]
    [InlineData("{}", "source")]
    public async Task BadRequests_NameTheField(string json, string field)
    {
        using var body = new StringContent(
            json.Replace("MIRROR", app.Mirror.Url("/").TrimEnd('/')),
            System.Text.Encoding.UTF8,
            "application/json"
        );
        using var answer = await app.Http.PostAsync("/api/downloads", body);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.True(
            JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("errors").TryGetProperty(field, out _)
        );
    }

    [Fact]
    public async Task Folder_ReachedThroughALink_IsTaken_WhereItLeadsIntoTheModelsFolders()
    {
        var real = Directory.CreateDirectory(app.PathOf("real")).FullName;
        Directory.CreateSymbolicLink(app.PathOf("linked"), real);
        var file = app.Mirror.Serve("/through-a-link.gguf", new ServedFile { Content = GgufSamples.Llama("Through a link").ToArray() });
        var id = (await app.AddAsync(new { source = app.Mirror.Url("/through-a-link.gguf"), folder = app.PathOf("linked") })).Single();
        await app.UntilAsync(id, "done");
        Assert.Equal(file.Content, await File.ReadAllBytesAsync(Path.Combine(real, "through-a-link.gguf")));
        await Until.TrueAsync(
            async () => (await app.GetAsync("/api/models?q=through-a-link")).GetProperty("items").GetArrayLength() == 1,
            "it is in the library, once"
        );
        var (status, text) = await app.RefusalAsync(new { source = app.Mirror.Url("/through-a-link.gguf"), folder = real });
        Assert.True(status == HttpStatusCode.Conflict && text.Contains("exists already"), text);
    }

    [Fact]
    public async Task Folder_WhoseLinkLeadsOut_IsRefused()
    {
        var outside = Directory.CreateDirectory(app.Folder.File("outside")).FullName;
        Directory.CreateSymbolicLink(app.PathOf("out"), outside);
        foreach (var folder in new[] { app.PathOf("out"), app.PathOf("out/below") })
        {
            var (status, text) = await app.RefusalAsync(new { source = app.Mirror.Url("/m.gguf"), folder });
            Assert.True(status == HttpStatusCode.UnprocessableEntity && text.Contains("\"folder\""), text);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
    }

    [Fact]
    public async Task FullDisk_StopsIt_BeforeAndWhile_AndItGoesOnLater()
    {
        var content = new byte[80 << 20];
        "GGUF"u8.CopyTo(content);
        app.Mirror.Serve("/big.gguf", new ServedFile { Content = content });
        try
        {
            app.SetFreeSpace(_ => 300 << 20);
            var id = (await app.AddAsync(new { source = app.Mirror.Url("/big.gguf"), name = "big.gguf" })).Single();
            Assert.Contains("free", (await app.UntilAsync(id, "failed")).GetProperty("error").GetString());
            Assert.False(File.Exists(app.PathOf("big.gguf.part")));
            app.SetFreeSpace(_ =>
                File.Exists(app.PathOf("big.gguf.part")) && new FileInfo(app.PathOf("big.gguf.part")).Length > 1 << 20 ? 0 : long.MaxValue
            );
            await app.PostAsync(id, "resume");
            var kept = (await app.UntilAsync(id, "failed")).GetProperty("received_bytes").GetInt64();
            Assert.InRange(kept, 64 << 20, content.Length - 1);
            app.SetFreeSpace(null);
            await app.PostAsync(id, "resume");
            await app.UntilAsync(id, "done");
            Assert.Equal(content.LongLength, new FileInfo(app.PathOf("big.gguf")).Length);
        }
        finally
        {
            app.SetFreeSpace(null);
            File.Delete(app.PathOf("big.gguf"));
        }
    }

    [Fact]
    public async Task FileThatAppearsMeanwhile_IsNotOverwritten()
    {
        var file = app.Mirror.Serve("/mine.gguf", ServedFile.Held());
        var id = (await app.AddAsync(new { source = app.Mirror.Url("/mine.gguf") })).Single();
        await Until.TrueAsync(() => File.Exists(app.PathOf("mine.gguf.part")), "it has begun");
        await File.WriteAllTextAsync(app.PathOf("mine.gguf"), "mine");
        file.Hold!.SetResult(true);
        Assert.Contains("mine.gguf", (await app.UntilAsync(id, "failed")).GetProperty("error").GetString());
        Assert.Equal("mine", await File.ReadAllTextAsync(app.PathOf("mine.gguf")));
    }

    [Fact]
    public async Task DraftModel_IsDownloadedOnce_AndToldApartByAddress()
    {
        app.Mirror.Serve("/draft-model.gguf");
        var drafts = app.Services.GetRequiredService<DraftDownloads>();
        var url = app.Mirror.Url("/draft-model.gguf");
        var path = await drafts.EnsureAsync(url, null, CancellationToken.None);
        Assert.Equal(drafts.PathOf(url), path.Value);
        Assert.True(File.Exists(path.Value));
        Assert.True((await drafts.EnsureAsync(url, null, CancellationToken.None)).IsSuccess);
        Assert.Single(app.Mirror.Asked, asked => asked.Path == "/draft-model.gguf");
        var missing = app.Mirror.Url("/no-draft.gguf");
        Assert.NotEqual(drafts.PathOf(url), drafts.PathOf(missing));
        Assert.Contains("nothing at this address", (await drafts.EnsureAsync(missing, null, CancellationToken.None)).Failure!.Message);
    }
}
