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
        var put = await app.Http.PutAsync("/api/config/value", JsonContent.Create(new { value = JsonSerializer.Deserialize<JsonElement>(json) }));
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
        var answer = await app.Http.PutAsJsonAsync("/api/launch-settings", new { model_directories = new[] { "relative" }, engine_path = "/no/such/llama-server", port_range = "9-3" });
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
        var saved = await app.Http.PutAsJsonAsync("/api/launch-settings", new { model_directories = new[] { "/elsewhere" }, port_range = "41000-41010" });
        var after = await saved.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(app.ModelFolder, after.GetProperty("model_directories")[0].GetString());
        Assert.Equal("41000-41010", after.GetProperty("port_range").GetString());
    }
}
