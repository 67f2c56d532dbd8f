using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Maintenance;

/// <summary>Retention through the API: what was saved is in force and shown, what the configuration sets is locked.</summary>
public sealed class RetentionApiTests
{
    [Fact]
    public async Task WhatIsSaved_IsInForce_AlsoAfterARestart()
    {
        using var folder = new TempFolder();
        await using (var app = await StartAsync(folder))
        {
            var all = (await app.GetAsync("/api/database/retention"))
                .GetProperty("items")
                .EnumerateArray()
                .Select(rule => rule.GetProperty("table").GetString())
                .ToList();
            Assert.Equal(RetentionRule.Defaults.Select(rule => rule.Table), all);
            var first = (await app.GetAsync("/api/database/retention")).GetProperty("items")[0];
            Assert.Equal(["table", "what", "days", "rows", "is_locked"], first.EnumerateObject().Select(property => property.Name));
            Assert.Equal(HttpStatusCode.OK, (await PutAsync(app, "logs", new { days = 7, rows = 1234 })).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await PutAsync(app, "audit_log", new { })).StatusCode); // no limits
            Assert.Equal(((int?)7, (int?)1234), await RuleAsync(app, "logs"));
        }

        await using var again = await StartAsync(folder);
        Assert.Equal(((int?)7, (int?)1234), await RuleAsync(again, "logs"));
        Assert.Equal(((int?)null, (int?)null), await RuleAsync(again, "audit_log"));
        var shown = (await again.GetAsync("/api/database"))
            .GetProperty("tables")
            .EnumerateArray()
            .Single(table => table.GetProperty("name").GetString() == "logs");
        Assert.Equal(
            (7, 1234, false),
            (shown.GetProperty("days").GetInt32(), shown.GetProperty("max_rows").GetInt32(), shown.GetProperty("is_locked").GetBoolean())
        );
    }

    [Fact]
    public async Task WhatTheConfigurationSets_IsLocked_WithItsKeyNamed()
    {
        using var folder = new TempFolder();
        await using var app = await StartAsync(folder, ("LlamaBlazor:Retention:logs:Days", "7"));
        var answer = await PutAsync(app, "logs", new { days = 30 });
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("LlamaBlazor:Retention:logs", await answer.Content.ReadAsStringAsync());
        Assert.Equal(((int?)7, (int?)100_000), await RuleAsync(app, "logs"));
        var shown = (await app.GetAsync("/api/database"))
            .GetProperty("tables")
            .EnumerateArray()
            .Single(table => table.GetProperty("name").GetString() == "logs");
        Assert.True(shown.GetProperty("is_locked").GetBoolean());
    }

    [Theory]
    [InlineData("logs", "{\"days\":-1}", HttpStatusCode.UnprocessableEntity)]
    [InlineData("logs", "{\"rows\":0}", HttpStatusCode.UnprocessableEntity)]
    [InlineData("logs", "{\"days\":\"many\"}", HttpStatusCode.BadRequest)]
    [InlineData("models", "{\"days\":1}", HttpStatusCode.NotFound)]
    public async Task NoRetention_IsRefused_AndChangesNothing(string table, string body, HttpStatusCode status)
    {
        using var folder = new TempFolder();
        await using var app = await StartAsync(folder);
        Assert.Equal(status, (await PutAsync(app, table, JsonElement.Parse(body))).StatusCode);
        Assert.Equal(((int?)30, (int?)100_000), await RuleAsync(app, "logs"));
    }

    private static Task<HttpResponseMessage> PutAsync(AppFixture app, string table, object limits) =>
        app.Http.PutAsJsonAsync($"/api/database/retention/{table}", limits);

    private static async Task<(int? Days, int? Rows)> RuleAsync(AppFixture app, string table)
    {
        var rule = (await app.GetAsync("/api/database/retention"))
            .GetProperty("items")
            .EnumerateArray()
            .Single(rule => rule.GetProperty("table").GetString() == table);
        return (Number(rule, "days"), Number(rule, "rows"));
    }

    private static int? Number(JsonElement rule, string name) =>
        rule.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetInt32() : null;

    private static async Task<AppFixture> StartAsync(TempFolder folder, params (string Key, string Value)[] settings)
    {
        var app = new AppFixture().With("LlamaBlazor:DataDirectory", folder.Path);
        foreach (var (key, value) in settings)
            app.With(key, value);
        await app.InitializeAsync();
        return app;
    }
}
