using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Settings;

public sealed class SettingsApiTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Theory]
    [InlineData("42")]
    [InlineData("0.7")]
    [InlineData("true")]
    [InlineData("\"llama\"")]
    [InlineData("{\"a\":[1,2]}")]
    public async Task Config_RoundTrips_EveryType(string json)
    {
        var put = await app.Http.PutAsync(
            "/api/config/value",
            JsonContent.Create(new { value = JsonSerializer.Deserialize<JsonElement>(json) })
        );
        put.EnsureSuccessStatusCode();
        Assert.Equal(json, (await app.GetAsync("/api/config/value")).GetProperty("value").GetRawText());
    }

    [Fact]
    public async Task Metadata_SetReadDeleted_IsGone()
    {
        (await app.Http.PutAsJsonAsync("/api/metadata/theme_preference", new { value = "dark" })).EnsureSuccessStatusCode();
        Assert.Equal("dark", (await app.GetAsync("/api/metadata")).GetProperty("theme_preference").GetString());
        Assert.Equal(HttpStatusCode.NoContent, (await app.Http.DeleteAsync("/api/metadata/theme_preference")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync("/api/metadata/theme_preference")).StatusCode);
    }

    [Theory]
    [InlineData("42")]
    [InlineData("true")]
    [InlineData("\"llama\"")]
    [InlineData("\"42\"")]
    [InlineData("\"{}\"")]
    [InlineData("{\"a\":[1,2]}")]
    [InlineData("[1,\"x\"]")]
    public async Task Metadata_RoundTrips_AnyJson(string json)
    {
        (
            await app.Http.PutAsync("/api/metadata/value", JsonContent.Create(new { value = JsonElement.Parse(json) }))
        ).EnsureSuccessStatusCode();
        Assert.Equal(json, (await app.GetAsync("/api/metadata/value")).GetProperty("value").GetRawText());
        Assert.Equal(json, (await app.GetAsync("/api/metadata")).GetProperty("value").GetRawText());
    }

    [Theory]
    [InlineData("/api/metadata/db_version", "keeps 'db_version' itself")]
    [InlineData("/api/metadata/boot_id", "keeps 'boot_id' itself")]
    [InlineData("/api/metadata/gpu_allocations_taken", "keeps")]
    [InlineData("/api/config/cache.enabled", "PUT /api/cache/switch")]
    [InlineData("/api/config/retention.logs", "PUT /api/database/retention/TABLE")]
    [InlineData("/api/config/privacy.store_prompts", "PATCH /api/request-settings")]
    public async Task KeysOfTheDashboard_AreRefused_WithWords(string path, string words)
    {
        using var put = await app.Http.PutAsJsonAsync(path, new { value = "yes" });
        Assert.Equal(HttpStatusCode.Conflict, put.StatusCode);
        Assert.Contains(words, await put.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.Conflict, (await app.Http.DeleteAsync(path)).StatusCode);
        Assert.Equal("2.0", (await app.GetAsync("/api/metadata/db_version")).GetProperty("value").GetString());
    }

    [Theory]
    [InlineData("\"5\"", "int", "5")]
    [InlineData("5", "str", "\"5\"")]
    [InlineData("5", "float", "5")]
    [InlineData("\"true\"", "bool", "true")]
    [InlineData("\"much\"", "int", null)]
    [InlineData("5", "number", null)]
    public async Task Config_ObeysItsType(string json, string type, string? kept)
    {
        using var put = await app.Http.PutAsync(
            "/api/config/typed",
            JsonContent.Create(new { value = JsonElement.Parse(json), value_type = type })
        );
        Assert.Equal(kept is null ? HttpStatusCode.UnprocessableEntity : HttpStatusCode.OK, put.StatusCode);
        if (kept is not null)
            Assert.Equal(kept, (await app.GetAsync("/api/config/typed")).GetProperty("value").GetRawText());
    }

    [Fact]
    public async Task Metadata_WithoutValue_Is422()
    {
        var answer = await app.Http.PutAsJsonAsync("/api/metadata/x", new { });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty("value", out _));
    }

    [Fact]
    public async Task LaunchSettings_WithBadValues_NameEveryField_AndSaveNothing()
    {
        var before = (await app.GetAsync("/api/launch-settings")).GetRawText();
        var answer = await app.Http.PutAsJsonAsync(
            "/api/launch-settings",
            new
            {
                model_directories = new[] { "relative" },
                engine_path = "/no/such/llama-server",
                port_range = "9-3",
            }
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var errors = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors");
        Assert.Equal(["engine_path", "model_directories", "port_range"], errors.EnumerateObject().Select(error => error.Name).Order());
        Assert.Equal(before, (await app.GetAsync("/api/launch-settings")).GetRawText());
    }

    [Fact]
    public async Task LaunchSettings_SetFromOutside_AreLocked()
    {
        var settings = await app.GetAsync("/api/launch-settings");
        Assert.Contains("model_directories", settings.GetProperty("locked").EnumerateArray().Select(name => name.GetString()));
        var saved = await app.Http.PutAsJsonAsync(
            "/api/launch-settings",
            new { model_directories = new[] { "/elsewhere" }, port_range = "41000-41010" }
        );
        var after = await saved.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(app.ModelFolder, after.GetProperty("model_directories")[0].GetString());
        Assert.Equal("41000-41010", after.GetProperty("port_range").GetString());
    }
}
