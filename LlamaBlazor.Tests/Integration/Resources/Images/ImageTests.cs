using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Integration.Instances;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Resources.Images;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Resources.Images;

/// <summary>The catalogue, with a registry on loopback and a stand-in for the runtime that fails as often as a file says.</summary>
public sealed class ImageHarness : InstanceHarness
{
    public ImageHarness() =>
        With("LlamaBlazor:Containers:Runtime", WriteRuntime()).With("LlamaBlazor:Downloads:TrustedHosts:0", "127.0.0.1");

    /// <summary>How often the pull of an image fails before it works. Pulls of other images, which another test may have left under way,
    /// do not count.</summary>
    public void FailPulls(string image, int times, string words = "Error: connection reset by peer")
    {
        File.WriteAllText(Folder.File("failing"), image);
        File.WriteAllText(Folder.File("failures"), $"{times}");
        File.WriteAllText(Folder.File("words"), words);
    }

    private string WriteRuntime() =>
        EngineScript.WriteRaw(
            Folder,
            $$"""
            left=$(cat '{{Folder.File("failures")}}' 2>/dev/null || echo 0)
            case $1 in
              image) cat '{{Folder.File("inspected")}}' 2>/dev/null; exit 0 ;;
              images) cat '{{Folder.File("images")}}' 2>/dev/null; exit 0 ;;
              pull)
                echo "Copying blob sha256:0123456789abcdef0123"
                if [ "$2" = "ghcr.io/slow/image:1" ]; then exec sleep 300; fi
                if [ "$left" -gt 0 ] &&
                   [ "$2" = "$(cat '{{Folder.File("failing")}}')" ]; then
                  echo $((left - 1)) > '{{Folder.File("failures")}}'; cat '{{Folder.File(
                "words"
            )}}' >&2; exit 125; fi
                echo "$2" >> '{{Folder.File("images")}}'; echo "Copying config 99"; exit 0 ;;
              ps) echo '[]' ;;
            esac
            """
        );
}

public sealed class ImageTests(ImageHarness app) : IClassFixture<ImageHarness>
{
    [Fact]
    public async Task Catalogue_BeginsWithLlamaCppsOwn_AndIsSearched()
    {
        await Until.TrueAsync(async () => (await ListAsync("")).Count > 0, "the seed");
        Assert.Contains("ghcr.io/ggml-org/llama.cpp:server-vulkan", await ListAsync("?q=vulkan"));
        Assert.Equal(["ghcr.io/ggml-org/llama.cpp:server-cuda13"], await ListAsync("?cuda=13.1&category=server"));
        Assert.Empty(await ListAsync("?q=nothing-of-the-kind"));
        using var wrong = await app.Http.GetAsync("/api/images?category=heavy");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
    }

    [Fact]
    public async Task Image_IsAdded_Exported_Removed_AndImportedAgain()
    {
        using var made = await app.Http.PostAsJsonAsync(
            "/api/images",
            new { reference = "example.org/team/sub/engine:7", display_name = "Engine" }
        );
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var file = await app.GetAsync("/api/images/export");
        Assert.Equal(HttpStatusCode.NoContent, (await app.Http.DeleteAsync(made.Headers.Location)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.DeleteAsync(made.Headers.Location)).StatusCode);
        Assert.Empty(await ListAsync("?q=engine%3A7"));
        using var back = await app.Http.PostAsJsonAsync("/api/images/import", file);
        Assert.Equal(HttpStatusCode.OK, back.StatusCode);
        Assert.Contains("example.org/team/sub/engine:7", await ListAsync("?q=Engine"));
    }

    [Theory]
    [InlineData("/api/images", """{"reference":"--privileged"}""", "reference")]
    [InlineData("/api/images/pull", """{"reference":"Not/An Image"}""", "reference")]
    [InlineData("/api/images/import", """{"images":[]}""", "images")]
    [InlineData("/api/images/import", """{"images":[{"image":"ghcr.io/a/b:tag","tags":["x"]}]}""", "images[0]")]
    [InlineData("/api/images/import", """{"images":[{"image":"ghcr.io/a/b","tags":["--x"]}]}""", "images[0]")]
    public async Task BadInput_IsRefused_ByField(string path, string body, string field)
    {
        using var answer = await app.Http.PostAsync(path, new StringContent(body, null, "application/json"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty(field, out _));
    }

    [Fact]
    public async Task Sync_GetsAToken_ReadsAllPages_AsksOnceADay_AndWorksOffline()
    {
        await using var registry = await RegistryDouble.StartAsync();
        registry.Tags.AddRange(["server", "server-cuda", "server-b1", "server-b2", "full", "light", "sha256-aa.sig"]);
        using var made = await app.Http.PostAsJsonAsync("/api/images", new { reference = $"{registry.Host}/my/llama:old-tag" });
        var id = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetInt64();
        var first = await SyncAsync(id);
        Assert.Equal((6, false), (first.GetProperty("tags").GetInt32(), first.GetProperty("from_cache").GetBoolean()));
        Assert.Equal(3, registry.Asked.Count(path => path == "/v2/my/llama/tags/list") - 1); // once without a token, then three pages
        Assert.Contains($"{registry.Host}/my/llama:server-b2", await ListAsync("?q=llama"));
        Assert.DoesNotContain($"{registry.Host}/my/llama:old-tag", await ListAsync(""));

        var asked = registry.Asked.Count;
        Assert.True((await SyncAsync(id)).GetProperty("from_cache").GetBoolean());
        Assert.Equal(asked, registry.Asked.Count);

        registry.IsDown = true;
        await app
            .Services.GetRequiredService<DatabaseWriter>()
            .ExecuteAsync(
                (context, token) => context.Set<ApiCacheRow>().ExecuteUpdateAsync(set => set.SetProperty(row => row.ExpiresAt, 1), token)
            );
        var offline = await SyncAsync(id);
        Assert.True(offline.GetProperty("from_cache").GetBoolean());
        Assert.Contains("503", offline.GetProperty("error").GetString());
        Assert.Contains($"{registry.Host}/my/llama:server-b2", await ListAsync(""));
    }

    [LinuxFact]
    public async Task Pull_IsTriedThreeTimes_AndThenThere()
    {
        app.FailPulls("ghcr.io/pulled/image:1", 2);
        await AddAsync("ghcr.io/pulled/image:1");
        using var answer = await app.Http.PostAsJsonAsync("/api/images/pull?wait=true", new { reference = "ghcr.io/pulled/image:1" });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var pull = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(
            (3, 1, 1),
            (pull.GetProperty("attempt").GetInt32(), pull.GetProperty("layers").GetInt32(), pull.GetProperty("done").GetInt32())
        );
        Assert.Equal(["ghcr.io/pulled/image:1"], await ListAsync("?cached=true&q=pulled"));
    }

    [LinuxFact]
    public async Task ImageOfThisMachine_HasItsFacts_AsSoonAsItIsAdded()
    {
        await File.AppendAllTextAsync(app.Folder.File("images"), "ghcr.io/here/engine:9\n");
        await File.WriteAllTextAsync(
            app.Folder.File("inspected"),
            """
            [{"Id": "11aa", "RepoTags": ["ghcr.io/here/engine:9"], "RepoDigests": ["ghcr.io/here/engine@sha256:22bb"], "Size": 123456,
              "Config": {"Env": ["PATH=/bin", "PYTHON_VERSION=3.12.4"]}}]
            """
        );
        using var made = await app.Http.PostAsJsonAsync("/api/images", new { reference = "ghcr.io/here/engine:9" });
        var version = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("versions")[0];
        Assert.True(version.GetProperty("is_cached").GetBoolean());
        Assert.Equal("sha256:22bb", version.GetProperty("digest").GetString());
        Assert.Equal(123456, version.GetProperty("size_bytes").GetInt64());
        Assert.Equal("3.12.4", version.GetProperty("python_version").GetString());
    }

    [LinuxFact]
    public async Task Pull_OfWhatTheRegistryDoesNotHave_FailsAtOnce()
    {
        app.FailPulls("ghcr.io/no/such:1", 1, "Error: reading manifest 1 in ghcr.io/no/such: manifest unknown");
        using var answer = await app.Http.PostAsJsonAsync("/api/images/pull?wait=true", new { reference = "ghcr.io/no/such:1" });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("1 of 3 attempts", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString());
    }

    [LinuxFact]
    public async Task Pull_CanBeCancelled()
    {
        var order = new { reference = "ghcr.io/slow/image:1" };
        using var begun = await app.Http.PostAsJsonAsync("/api/images/pull", order);
        Assert.Equal(HttpStatusCode.Accepted, begun.StatusCode);
        await Until.TrueAsync(async () => await StateAsync(order.reference) is ("running", > 0), "a layer under way");
        using var cancelled = await app.Http.PostAsJsonAsync("/api/images/pull/cancel", order);
        Assert.Equal(HttpStatusCode.NoContent, cancelled.StatusCode);
        await Until.TrueAsync(async () => (await StateAsync(order.reference)).State == "cancelled", "cancelled");
        using var again = await app.Http.PostAsJsonAsync("/api/images/pull/cancel", order);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [PodmanFact]
    public async Task RealPodman_PullsFromALocalRegistry()
    {
        await using var registry = await RegistryDouble.StartAsync();
        using var layout = new TempFolder();
        Assert.NotNull(TestImage.Run("push", "--quiet", "--format", "oci", TestImage.Name, $"oci:{layout.File("image")}"));
        registry.Layout = layout.File("image");
        await using var real = new AppFixture();
        real.With("LlamaBlazor:Containers:Runtime", "podman");
        await real.InitializeAsync();
        var reference = $"{registry.Host}/my/llama:server";
        try
        {
            using var answer = await real.Http.PostAsJsonAsync("/api/images/pull?wait=true", new { reference });
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            Assert.NotNull(TestImage.Run("image", "inspect", reference));
        }
        finally
        {
            TestImage.Run("rmi", reference);
        }
    }

    private async Task AddAsync(string reference)
    {
        using var made = await app.Http.PostAsJsonAsync("/api/images", new { reference });
        made.EnsureSuccessStatusCode();
    }

    private async Task<(string State, int Layers)> StateAsync(string reference)
    {
        var pull = (await app.GetAsync("/api/images/pulls"))
            .GetProperty("items")
            .EnumerateArray()
            .Single(item => item.GetProperty("reference").GetString() == reference);
        return (pull.GetProperty("state").GetString()!, pull.GetProperty("layers").GetInt32());
    }

    private async Task<JsonElement> SyncAsync(long id)
    {
        using var answer = await app.Http.PostAsync(new Uri($"/api/images/sync?id={id}", UriKind.Relative), null);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("items")[0];
    }

    private async Task<List<string>> ListAsync(string query) =>
        [
            .. (await app.GetAsync($"/api/images{query}{(query.Length == 0 ? "?" : "&")}flat=true"))
                .GetProperty("items")
                .EnumerateArray()
                .Select(item => item.GetProperty("reference").GetString()!),
        ];
}
