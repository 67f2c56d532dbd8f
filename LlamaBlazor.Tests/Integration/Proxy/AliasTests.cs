using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace LlamaBlazor.Tests.Integration.Proxy;

public sealed class AliasTests(ProxyFixture app) : IClassFixture<ProxyFixture>
{
    [Fact]
    public async Task Variant_SetsItsFields_AndLeavesTheRest()
    {
        await app.AddRunningAsync("base");
        using var made = await app.Http.PostAsJsonAsync(
            "/api/aliases",
            new
            {
                name = "base-creative",
                model = "base",
                parameters = new { temperature = 1.25, chat_template_kwargs = new { thinking = false } },
            }
        );
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        using var answer = await app.Http.SendAsync(
            ProxyFixture.Post(
                "/v1/chat/completions",
                """{"model":"Base-Creative","seed":18446744073709551615,"temperature":0,"messages":[{"role":"user","content":"ü \"x\""}]}"""
            )
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(
            """{"model":"Base-Creative","seed":18446744073709551615,"temperature":1.25,"messages":[{"role":"user","content":"ü \"x\""}],"chat_template_kwargs":{"thinking":false}}""",
            System.Text.Encoding.UTF8.GetString(app.Engine.Seen.Last().Body)
        );
        var row = await app.RowAsync(answer.Headers.GetValues("X-Request-Id").Single());
        Assert.Equal(("base", 1.25), (row.ModelName, row.Temperature));
        Assert.Contains(
            (await app.GetAsync("/v1/models")).GetProperty("data").EnumerateArray(),
            model => model.GetProperty("id").GetString() == "base-creative" && model.GetProperty("alias_of").GetString() == "base"
        );

        var id = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetInt64();
        Assert.Equal(HttpStatusCode.NoContent, (await app.Http.DeleteAsync($"/api/aliases/{id}")).StatusCode);
        using var gone = await app.Http.SendAsync(ProxyFixture.Post("/v1/chat/completions", ProxyFixture.Chat("base-creative")));
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task Variant_TakesWhatEnginesTake_AByteOrderMarkAndRepeatedFields()
    {
        await app.AddRunningAsync("lenient");
        using var made = await app.Http.PostAsJsonAsync(
            "/api/aliases",
            new
            {
                name = "lenient-warm",
                model = "lenient",
                parameters = new { temperature = 1.5, top_k = 5 },
            }
        );
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        using var answer = await app.Http.SendAsync(
            ProxyFixture.Post(
                "/completion",
                "\uFEFF" + """{"model":"x","model":"lenient-warm","prompt":"a\u0062","n":1,"n":2.0,"temperature":0,"temperature":0.1}"""
            )
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(
            """{"model":"lenient-warm","prompt":"a\u0062","n":2.0,"temperature":1.5,"top_k":5}""",
            System.Text.Encoding.UTF8.GetString(app.Engine.Seen.Last().Body)
        );
        Assert.Equal(
            (200, 1.5),
            (
                (await app.RowAsync(answer.Headers.GetValues("X-Request-Id").Single())) is var row
                    ? (row.HttpStatus, row.Temperature)
                    : default
            )
        );
    }

    [Theory]
    [InlineData("""{"name":"","model":"other"}""", "name")]
    [InlineData("""{"name":"OTHER","model":"other"}""", "name")]
    [InlineData("""{"name":"x","model":"unknown"}""", "model")]
    [InlineData("""{"name":"x","model":"other","parameters":[1]}""", "parameters")]
    [InlineData("""{"name":"x","model":"other","parameters":{"messages":[]}}""", "parameters")]
    public async Task BadAliases_AreRefused(string json, string field)
    {
        if (
            (await app.GetAsync("/v1/models"))
                .GetProperty("data")
                .EnumerateArray()
                .All(model => model.GetProperty("id").GetString() != "other")
        )
            await app.AddModelAsync("other");
        using var answer = await app.Http.SendAsync(ProxyFixture.Post("/api/aliases", json));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty(field, out _));
    }
}
