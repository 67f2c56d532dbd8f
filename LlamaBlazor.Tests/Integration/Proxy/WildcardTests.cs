using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace LlamaBlazor.Tests.Integration.Proxy;

/// <summary>Aliases that stand for many names.</summary>
public sealed class WildcardTests(ProxyFixture app) : IClassFixture<ProxyFixture>
{
    [Fact]
    public async Task ClosestName_Counts_AndIsNotListed()
    {
        foreach (var name in new[] { "any", "claude", "opus", "claude-exact" })
            await app.AddRunningAsync(name);
        foreach (var (name, model) in new[] { ("*", "any"), ("claude-*", "claude"), ("claude-opus-*", "opus") })
            Assert.Equal(HttpStatusCode.Created, (await AddAsync(name, model)).StatusCode);

        await ExpectAsync("claude-exact", "claude-exact");
        await ExpectAsync("Claude-Opus-4-8-20251101", "opus");
        await ExpectAsync("claude-sonnet-5", "claude");
        await ExpectAsync("claude-", "claude");
        await ExpectAsync("gpt-5", "any");
        await ExpectAsync("any", "any");

        var list = (await app.GetAsync("/v1/models"))
            .GetProperty("data")
            .EnumerateArray()
            .Select(model => model.GetProperty("id").GetString()!);
        Assert.DoesNotContain(list, id => id.Contains('*'));
        var one = await app.GetAsync("/v1/models/claude-sonnet-5");
        Assert.Equal(("claude-sonnet-5", "claude"), (one.GetProperty("id").GetString(), one.GetProperty("alias_of").GetString()));
        var aliases = (await app.GetAsync("/api/aliases")).GetProperty("items").EnumerateArray().ToList();
        Assert.All(aliases, alias => Assert.True(alias.GetProperty("is_wildcard").GetBoolean()));

        foreach (var alias in aliases)
            await app.Http.DeleteAsync($"/api/aliases/{alias.GetProperty("id").GetInt64()}");
        using var gone = await app.Http.SendAsync(ProxyFixture.Post("/v1/chat/completions", ProxyFixture.Chat("gpt-5")));
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task Fields_OfAWildcard_AreSet()
    {
        await app.AddRunningAsync("warm");
        using var made = await app.Http.PostAsJsonAsync(
            "/api/aliases",
            new
            {
                name = "warm-*",
                model = "warm",
                parameters = new { temperature = 1.5 },
            }
        );
        using var answer = await app.Http.SendAsync(ProxyFixture.Post("/v1/chat/completions", """{"model":"warm-1","messages":[]}"""));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(
            """{"model":"warm-1","messages":[],"temperature":1.5}""",
            System.Text.Encoding.UTF8.GetString(app.Engine.Seen.Last().Body)
        );
    }

    [Theory]
    [InlineData("x-*", "X-*")]
    [InlineData("ab-*", "*-ab")]
    [InlineData("y*y", "y**")]
    public async Task ContradictingNames_AreRefused(string first, string second)
    {
        await app.AddModelAsync("rival-" + first.Replace("*", "s"));
        Assert.Equal(HttpStatusCode.Created, (await AddAsync(first, "rival-" + first.Replace("*", "s"))).StatusCode);
        using var refused = await AddAsync(second, "rival-" + first.Replace("*", "s"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.True((await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty("name", out _));
    }

    private Task<HttpResponseMessage> AddAsync(string name, string model) => app.Http.PostAsJsonAsync("/api/aliases", new { name, model });

    private async Task ExpectAsync(string asked, string model)
    {
        using var answer = await app.Http.SendAsync(ProxyFixture.Post("/v1/chat/completions", ProxyFixture.Chat(asked)));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(model, (await app.RowAsync(answer.Headers.GetValues("X-Request-Id").Single())).ModelName);
    }
}
