using System.Text.Json;
using LlamaBlazor.Tests.Integration.Proxy;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Cache;
using LlamaBlazor.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Cache;

/// <summary>What is kept of prompts: nothing, a preview or everything, in statistics and cache alike (acceptance Y11).</summary>
public sealed class PrivacyTests
{
    private static readonly string Secret = "My secret is " + new string('s', 300);

    [Theory]
    [InlineData("none", 0, false)]
    [InlineData("preview", 100, false)]
    [InlineData("full", 313, true)]
    public async Task Prompts_AreKept_AsFarAsAllowed(string level, int length, bool keepsNative)
    {
        await using var app = new PrivateFixture(level);
        await app.InitializeAsync();
        await app.AddRunningAsync("m");
        var id = await AskAsync(
            app,
            "/v1/completions",
            new
            {
                model = "m",
                prompt = Secret,
                temperature = 0,
                stop = "x",
            },
            "MISS"
        );
        Assert.Equal(length == 0 ? null : Secret[..length], (await app.RowAsync(id)).PromptPreview);
        await Until.TrueAsync(async () => (await RowsAsync(app)).Count == 1, "the answer is kept");
        var row = Assert.Single(await RowsAsync(app));
        Assert.Equal((Secret[..length], level != "none"), (row.Prompt, row.ConfigJson.Length > 0));
        Assert.Equal(64, row.PromptHash.Length);

        // llama-server's own completions repeat the whole prompt in their answer.
        var masked = level == "preview";
        await AskAsync(
            app,
            "/completion",
            new
            {
                model = "m",
                prompt = Secret,
                temperature = 0,
            },
            keepsNative || masked ? "MISS" : "BYPASS",
            "native"
        );
        await AskAsync(
            app,
            "/infill",
            new
            {
                model = "m",
                input_prefix = Secret,
                temperature = 0,
            },
            keepsNative ? "MISS" : "BYPASS"
        );
        var kept =
            keepsNative ? 3
            : masked ? 2
            : 1;
        await Until.TrueAsync(async () => (await RowsAsync(app)).Count == kept, "the answers are kept");
        Assert.Equal(keepsNative, (await RowsAsync(app)).Any(row => row.ResponseJson!.Contains(Secret, StringComparison.Ordinal)));
        if (keepsNative || masked)
        {
            using var again = await app.Http.SendAsync(
                ProxyFixture.Post(
                    "/completion",
                    JsonSerializer.Serialize(
                        new
                        {
                            model = "m",
                            prompt = Secret,
                            temperature = 0,
                        }
                    )
                )
            );
            Assert.Equal("HIT", again.Headers.GetValues("X-Llama-Cache").Single());
            Assert.Equal(
                "<s>" + Secret,
                JsonDocument.Parse(await again.Content.ReadAsStringAsync()).RootElement.GetProperty("prompt").GetString()
            );
        }
    }

    private static async Task<string> AskAsync(PrivateFixture app, string path, object body, string word, string? stub = null)
    {
        using var answer = await app.Http.SendAsync(ProxyFixture.Post(path, JsonSerializer.Serialize(body), stub));
        Assert.Equal(word, answer.Headers.GetValues("X-Llama-Cache").Single());
        return answer.Headers.GetValues("X-Request-Id").Single();
    }

    private static async Task<List<CacheRow>> RowsAsync(PrivateFixture app)
    {
        await using var context = await app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>().CreateDbContextAsync();
        return await context.Set<CacheRow>().AsNoTracking().ToListAsync();
    }

    private sealed class PrivateFixture : ProxyFixture
    {
        public PrivateFixture(string level) => With("LlamaBlazor:Cache:Enabled", "true").With("LlamaBlazor:Security:StorePrompts", level);
    }
}
