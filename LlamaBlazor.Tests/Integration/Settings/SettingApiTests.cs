using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Domain.Settings;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Settings;

/// <summary><c>/api/settings</c>: every option, by one store.</summary>
public sealed class SettingApiTests : AppFixture
{
    private const string Queue = "LlamaBlazor:Proxy:QueueSize";
    private const string Wait = "LlamaBlazor:Proxy:QueueWaitSeconds";

    [Fact]
    public async Task List_HasEverySetting_WithSourceAndBounds()
    {
        var items = (await GetAsync("/api/settings")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(SettingTable.All.Select(definition => definition.Key), items.Select(item => item.GetProperty("key").GetString()));
        var queue = await GetAsync($"/api/settings/{Queue}");
        Assert.Equal(
            (64, 64, "default", false, 1.0, 10_000.0, "requests"),
            (
                queue.GetProperty("value").GetInt32(),
                queue.GetProperty("default").GetInt32(),
                queue.GetProperty("source").GetString(),
                queue.GetProperty("locked").GetBoolean(),
                queue.GetProperty("min").GetDouble(),
                queue.GetProperty("max").GetDouble(),
                queue.GetProperty("unit").GetString()
            )
        );
        Assert.Equal("command_line", (await GetAsync("/api/settings/ModelDirectories")).GetProperty("source").GetString());
        Assert.True((await GetAsync("/api/settings/LlamaBlazor:DataDirectory")).GetProperty("locked").GetBoolean());
    }

    [Fact]
    public async Task SeveralAtOnce_AreSaved_Audited_AndTold_AndResetGoesBack()
    {
        var told = new List<string>();
        using var subscription = Services.GetRequiredService<Broadcast<SettingsChanged>>().Subscribe(change => told.AddRange(change.Keys));
        var answer = await PutAsync(new Dictionary<string, object?> { [Queue] = 8, ["Proxy:QueueWaitSeconds"] = "12" }, HttpStatusCode.OK);
        Assert.Equal([8, 12], answer.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("value").GetInt32()));
        Assert.Equal([Queue, Wait], told);
        Assert.Equal("saved", (await GetAsync($"/api/settings/{Queue}")).GetProperty("source").GetString());
        await AuditedAsync("setting.change", Queue, """{"before":64,"after":8}""");
        using var reset = await Http.DeleteAsync(new Uri($"/api/settings/{Queue}", UriKind.Relative));
        Assert.Equal(64, (await reset.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("value").GetInt32());
        await AuditedAsync("setting.reset", Queue, """{"before":8,"after":64}""");
        Assert.Equal(12, (await GetAsync($"/api/settings/{Wait}")).GetProperty("value").GetInt32());
    }

    [Fact]
    public async Task OneWrongValue_SavesNothing_AndAllAreNamed()
    {
        var answer = await PutAsync(
            new Dictionary<string, object?>
            {
                [Wait] = 7,
                [Queue] = 0,
                ["Proxy:BodyLimitMb"] = "big",
                ["Proxy:QueuSize"] = 1,
                ["EnginePath"] = "/nowhere/llama-server",
            },
            HttpStatusCode.UnprocessableEntity
        );
        var errors = answer.GetProperty("errors");
        Assert.Equal(
            ["LlamaBlazor:EnginePath", Queue, "Proxy:BodyLimitMb", "Proxy:QueuSize"],
            errors.EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal)
        );
        Assert.Contains("Did you mean LlamaBlazor:Proxy:QueueSize?", errors.GetProperty("Proxy:QueuSize")[0].GetString());
        Assert.Equal("default", (await GetAsync($"/api/settings/{Wait}")).GetProperty("source").GetString());
    }

    [Theory]
    [InlineData("LlamaBlazor:ModelDirectories", "[\"/x\"]", "command line")]
    [InlineData("LlamaBlazor:Admission:MinFreeMemoryGb", "1", "command line")]
    [InlineData("LlamaBlazor:AllowedDirectories", "[\"/\"]", "appsettings.json")]
    [InlineData("LlamaBlazor:Containers:Runtime", "\"/bin/sh\"", "appsettings.json")]
    [InlineData("LlamaBlazor:Demo", "true", "appsettings.json")]
    public async Task LockedSetting_IsAConflict_ThatNamesTheSource_AndSavesNothing(string key, string json, string source)
    {
        var body = new Dictionary<string, object?> { [Wait] = 9, [key] = JsonElement.Parse(json) };
        Assert.Contains(source, (await PutAsync(body, HttpStatusCode.Conflict)).GetProperty("detail").GetString());
        Assert.Equal("default", (await GetAsync($"/api/settings/{Wait}")).GetProperty("source").GetString());
        using var reset = await Http.DeleteAsync(new Uri($"/api/settings/{key}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Conflict, reset.StatusCode);
    }

    [Fact]
    public async Task UnknownSetting_Is404_AndItsRowsCannotBeWrittenPastTheRules()
    {
        using var unknown = await Http.GetAsync(new Uri("/api/settings/Proxy:Nothing", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using var past = await Http.PutAsJsonAsync("/api/config/settings.Proxy:QueueSize", new { value = 0 });
        Assert.Equal(HttpStatusCode.Conflict, past.StatusCode);
        Assert.Contains("PUT /api/settings", await past.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task SettingThatNeedsARestart_WaitsForIt_AndSaysSo()
    {
        await PutAsync(new Dictionary<string, object?> { ["Ollama:Port"] = 12_345 }, HttpStatusCode.OK);
        var port = await GetAsync("/api/settings/Ollama:Port");
        Assert.Equal(
            (12_345, 11_434, true),
            (
                port.GetProperty("value").GetInt32(),
                port.GetProperty("value_in_force").GetInt32(),
                port.GetProperty("pending_restart").GetBoolean()
            )
        );
    }

    [Fact]
    public async Task Limits_OfRetention_AreOneRow_WhoeverSavesThem()
    {
        await PutAsync(new Dictionary<string, object?> { ["Retention:logs:Days"] = null, ["Retention:logs:Rows"] = 7 }, HttpStatusCode.OK);
        var rules = (await GetAsync("/api/database/retention")).GetProperty("items").EnumerateArray();
        var logs = rules.Single(rule => rule.GetProperty("table").GetString() == "logs");
        Assert.Equal((JsonValueKind.Null, 7), (logs.GetProperty("days").ValueKind, logs.GetProperty("rows").GetInt32()));
        Assert.Equal("""{"days":null,"rows":7}""", (await GetAsync("/api/config/retention.logs")).GetProperty("value").GetRawText());
        using var reset = await Http.DeleteAsync(new Uri("/api/settings/Retention:logs:Days", UriKind.Relative));
        Assert.Equal(30, (await GetAsync("/api/settings/Retention:logs:Days")).GetProperty("value").GetInt32());
        Assert.Equal(7, (await GetAsync("/api/settings/Retention:logs:Rows")).GetProperty("value").GetInt32());
    }

    private async Task AuditedAsync(string action, string key, string details)
    {
        await using var context = await Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>().CreateDbContextAsync();
        var row = await context.Set<AuditRow>().SingleAsync(row => row.Action == action && row.ResourceId == key);
        Assert.Equal(details, row.Details);
    }

    private async Task<JsonElement> PutAsync(Dictionary<string, object?> body, HttpStatusCode expected)
    {
        using var answer = await Http.PutAsJsonAsync("/api/settings", body);
        Assert.True(expected == answer.StatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
