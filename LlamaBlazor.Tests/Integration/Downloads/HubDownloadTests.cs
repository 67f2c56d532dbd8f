using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Downloads;

/// <summary>Repositories of Hugging Face, played by a server that speaks its API.</summary>
public sealed class HubDownloadTests(DownloadFixture app) : IClassFixture<DownloadFixture>
{
    private static readonly byte[] Model = GgufSamples.Llama("Hub").ToArray();
    private static readonly byte[] Projector = GgufSamples.Projector().ToArray();

    [Fact]
    [EffectOf("LlamaBlazor:Downloads:HuggingFaceUrl")]
    public async Task Repository_OffersItsQuantisations_AndTheUsualOneComesWithItsProjector()
    {
        Offer("org/both-GGUF", ("m-Q4_K_M.gguf", Model), ("m-Q8_0.gguf", Model), ("mmproj-F16.gguf", Projector));
        var offer = await app.GetAsync("/api/downloads/choices?source=" + Uri.EscapeDataString("hf.co/org/both-GGUF"));
        Assert.Equal(("org/both-GGUF", "m-Q4_K_M.gguf"), (offer.GetProperty("repo").GetString(), offer.GetProperty("chosen").GetString()));
        Assert.Equal(
            ["m-Q4_K_M", "m-Q8_0", "mmproj-F16"],
            offer.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("name").GetString())
        );
        var ids = await app.AddAsync(new { source = "org/both-GGUF" });
        foreach (var id in ids)
            await app.UntilAsync(id, "done");
        Assert.Equal(Model, await File.ReadAllBytesAsync(app.PathOf("org/both-GGUF/m-Q4_K_M.gguf")));
        await Until.TrueAsync(
            async () =>
                (await app.Http.GetStringAsync("/api/models")).Contains(
                    $"\"projector_path\":\"{app.PathOf("org/both-GGUF/mmproj-F16.gguf")}\""
                ),
            "the projector is paired"
        );
        Assert.Single(await app.AddAsync(new { source = "org/both-GGUF:Q8_0" })); // the projector is there already
    }

    [Fact]
    public async Task SplitSet_ComesWhole_FromItsFolder()
    {
        var parts = new[] { 1, 2, 3 }
            .Select(part =>
                (
                    $"BF16/x-BF16-0000{part}-of-00003.gguf",
                    File.ReadAllBytes(GgufSamples.SavePart(app.Folder.File("hub-parts"), "x-BF16", part, 3))
                )
            )
            .ToArray();
        Offer("org/split", parts);
        var ids = await app.AddAsync(new { source = "org/split:BF16" });
        Assert.Equal(3, ids.Length);
        foreach (var id in ids)
            await app.UntilAsync(id, "done");
        Assert.True(File.Exists(app.PathOf("org/split/x-BF16-00003-of-00003.gguf")));
    }

    [Fact]
    public async Task Token_GoesToTheHubOnly()
    {
        using var saved = await app.Http.PutAsJsonAsync("/api/downloads/token", new { token = "hf_secretsecret" });
        Assert.Equal(HttpStatusCode.NoContent, saved.StatusCode);
        try
        {
            Offer("org/gated", ("g.gguf", Model));
            app.Hub.Redirect("/org/gated/resolve/main/g.gguf", app.Mirror.Url("/cdn/g.gguf"));
            app.Mirror.Serve("/cdn/g.gguf", new ServedFile { Content = Model });
            await app.UntilAsync((await app.AddAsync(new { source = "org/gated" })).Single(), "done");
            Assert.All(
                app.Hub.Asked.Where(asked => asked.Path.Contains("gated")),
                asked => Assert.Equal("Bearer hf_secretsecret", asked.Authorization)
            );
            Assert.Null(Assert.Single(app.Mirror.Asked, asked => asked.Path == "/cdn/g.gguf").Authorization);
            Assert.Equal("saved", (await app.GetAsync("/api/downloads/token")).GetProperty("source").GetString());
            await using var context = await app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>().CreateDbContextAsync();
            Assert.DoesNotContain(
                await context.LaunchSettings.Select(row => row.Value).ToListAsync(),
                value => value.Contains("secretsecret")
            );
        }
        finally
        {
            await app.Http.PutAsJsonAsync("/api/downloads/token", new { token = (string?)null });
        }

        Assert.Equal(
            HttpStatusCode.UnprocessableEntity,
            (await app.Http.PutAsJsonAsync("/api/downloads/token", new { token = "two words" })).StatusCode
        );
    }

    [Fact]
    public async Task OtherLength_ThanTheListSays_IsRefused()
    {
        Offer("org/other", ("o.gguf", Model));
        app.Hub.Serve(
            "/org/other/resolve/main/o.gguf",
            new ServedFile { Content = GgufSamples.Llama("A longer name than before").ToArray() }
        );
        Assert.Contains(
            "were expected",
            (await app.UntilAsync((await app.AddAsync(new { source = "org/other" })).Single(), "failed")).GetProperty("error").GetString()
        );
    }

    [Theory]
    [InlineData("org/unknown", 404, "nothing at this address")]
    [InlineData("org/closed", 401, "licence")]
    public async Task Repository_ThatIsNotShown_IsExplained(string repo, int status, string words)
    {
        app.Hub.On(
            $"/api/models/{repo}/tree/main",
            context =>
            {
                context.Response.StatusCode = status;
                return Task.CompletedTask;
            }
        );
        Assert.Contains(words, (await app.RefusalAsync(new { source = repo })).Text);
    }

    [Theory]
    [InlineData("<html>", "no list of files")]
    [InlineData("""{"error":"x"}""", "no list of files")]
    [InlineData("[]", "has no GGUF file")]
    [InlineData("""[{"type":"file","path":"../../../up.gguf","size":5}]""", "has no GGUF file")]
    public async Task Answers_ThatAreNoList_DoNoHarm(string body, string words)
    {
        app.Hub.Json("/api/models/org/odd/tree/main", body);
        var (status, text) = await app.RefusalAsync(new { source = "org/odd" });
        Assert.Contains(words, text);
        Assert.NotEqual(HttpStatusCode.InternalServerError, status);
    }

    [Fact]
    public async Task Quantisation_ThatIsNotThere_NamesThoseThatAre()
    {
        Offer("org/few", ("m-Q4_0.gguf", Model), ("m-Q8_0.gguf", Model));
        var (status, text) = await app.RefusalAsync(new { source = "org/few:Q2_K" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("Q4_0, Q8_0", text);
    }

    [Fact]
    public async Task NoRoom_IsSaidBeforeItBegins()
    {
        Offer("org/room", ("r.gguf", Model));
        app.SetFreeSpace(_ => 1000);
        var (status, text) = await app.RefusalAsync(new { source = "org/room" });
        app.SetFreeSpace(null);
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("free", text);
    }

    private void Offer(string repo, params (string Path, byte[] Content)[] files)
    {
        app.Hub.Json(
            $"/api/models/{repo}/tree/main",
            JsonSerializer.Serialize(
                files
                    .Select(file => new
                    {
                        type = "file",
                        path = file.Path,
                        size = 130,
                        lfs = new { oid = Convert.ToHexStringLower(SHA256.HashData(file.Content)), size = file.Content.Length },
                    })
                    .Prepend(
                        new
                        {
                            type = "directory",
                            path = "x",
                            size = 0,
                            lfs = new { oid = "", size = 0 },
                        }
                    )
            )
        );
        foreach (var (path, content) in files)
            app.Hub.Serve($"/{repo}/resolve/main/{path}", new ServedFile { Content = content });
    }
}
