using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Web.Security.Keys;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Proxy;

/// <summary>What Anthropic's clients read: refusals and lists in their form.</summary>
public sealed class AnthropicFormTests(ProxyFixture app) : IClassFixture<ProxyFixture>
{
    [Theory]
    [InlineData("/v1/messages")]
    [InlineData("/v1/messages/count_tokens")]
    [InlineData("//V1/Messages/")]
    public async Task Refusals_HaveTheirForm(string path)
    {
        await ExpectAsync(path, "{", 400, "invalid_request_error");
        await ExpectAsync(path, """{"model":"none like it"}""", 404, "not_found_error");
    }

    [Fact]
    public async Task WrongKey_AndHugeBody_HaveTheirTypes()
    {
        await using var locked = new ProxyFixture(); // a key counts for the whole dashboard
        await locked.InitializeAsync();
        var made = await locked.Services.GetRequiredService<KeyStore>().CreateAsync(new NewKey { Name = "needed" }, CancellationToken.None);
        using var wrong = ProxyFixture.Post("/v1/messages", "{}");
        wrong.Headers.Add("x-api-key", "lb-nobody");
        using var refused = await locked.Http.SendAsync(wrong);
        await ExpectAsync(refused, 401, "authentication_error");
        using var huge = new HttpRequestMessage(HttpMethod.Post, "/v1/messages")
        {
            Content = new ByteArrayContent(new byte[(64 << 20) + 1]),
        };
        huge.Headers.ExpectContinue = true; // it is refused before it is sent
        huge.Headers.Add("x-api-key", made.Value.Secret);
        using var large = await locked.Http.SendAsync(huge);
        await ExpectAsync(large, 413, "request_too_large");
    }

    [Fact]
    public async Task BrokenStream_EndsWithTheirEvent()
    {
        await app.AddRunningAsync("breaks");
        using var answer = await app.Http.SendAsync(
            ProxyFixture.Post("/v1/messages", ProxyFixture.Chat("breaks", stream: true), "truncate")
        );
        Assert.Contains(
            "\n\nevent: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\"",
            await answer.Content.ReadAsStringAsync()
        );
    }

    [Fact]
    public async Task Models_HaveTheirForm_InPages_AndOneByOne()
    {
        foreach (var name in new[] { "page-a", "page-b", "page-c" })
            await app.AddModelAsync(name);
        var all = await GetAsync("/v1/models");
        var ids = all.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()!).ToList();
        Assert.Equal(
            (ids[0], ids[^1], false),
            (all.GetProperty("first_id").GetString(), all.GetProperty("last_id").GetString(), all.GetProperty("has_more").GetBoolean())
        );
        var first = all.GetProperty("data")[0];
        Assert.Equal(("model", ids[0]), (first.GetProperty("type").GetString(), first.GetProperty("display_name").GetString()));
        Assert.Equal("1970-01-01T00:00:00Z", first.GetProperty("created_at").GetString());

        var page = await GetAsync("/v1/models?limit=2");
        Assert.Equal(
            (ids[0], ids[1], true),
            (page.GetProperty("first_id").GetString(), page.GetProperty("last_id").GetString(), page.GetProperty("has_more").GetBoolean())
        );
        var next = await GetAsync($"/v1/models?limit=1000&after_id={ids[1]}");
        Assert.Equal((ids.Count - 2, false), (next.GetProperty("data").GetArrayLength(), next.GetProperty("has_more").GetBoolean()));
        var before = await GetAsync($"/v1/models?limit=1&before_id={ids[2]}");
        Assert.Equal((ids[1], true), (before.GetProperty("first_id").GetString(), before.GetProperty("has_more").GetBoolean()));

        Assert.Equal("page-b", (await GetAsync("/v1/models/page-b")).GetProperty("id").GetString());
        using var request = Ask("/v1/models/none");
        using var none = await app.Http.SendAsync(request);
        await ExpectAsync(none, 404, "not_found_error");
    }

    [Fact]
    public async Task OpenAiClients_GetTheirOwnForm()
    {
        await app.AddModelAsync("open");
        Assert.Equal("list", (await app.GetAsync("/v1/models")).GetProperty("object").GetString());
        Assert.Equal("model", (await app.GetAsync("/v1/models/open")).GetProperty("object").GetString());
    }

    private static HttpRequestMessage Ask(string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("anthropic-version", "2023-06-01");
        return request;
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        using var request = Ask(path);
        using var answer = await app.Http.SendAsync(request);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task ExpectAsync(string path, string body, int status, string type)
    {
        using var request = ProxyFixture.Post("/", body);
        request.RequestUri = new Uri(app.Address.OriginalString.TrimEnd('/') + path);
        using var answer = await app.Http.SendAsync(request);
        await ExpectAsync(answer, status, type);
    }

    private static async Task ExpectAsync(HttpResponseMessage answer, int status, string type)
    {
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(
            (status, "error", type),
            ((int)answer.StatusCode, body.GetProperty("type").GetString(), body.GetProperty("error").GetProperty("type").GetString())
        );
        Assert.NotEmpty(body.GetProperty("error").GetProperty("message").GetString()!);
    }
}
