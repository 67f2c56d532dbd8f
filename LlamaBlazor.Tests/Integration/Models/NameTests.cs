using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Maintenance;
using LlamaBlazor.Web.Maintenance.Legacy;
using LlamaBlazor.Web.Models.Library;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Models;

/// <summary>A model <c>owner</c> with the aliases <c>variant</c>, <c>listed</c> and <c>flagged</c>, each from another of the three places.
/// Nobody else gets these names, whichever way it comes.</summary>
public sealed class NameTests : IAsyncLifetime
{
    private readonly AppFixture _app = new();

    public async ValueTask InitializeAsync()
    {
        await _app.InitializeAsync();
        await MakeAsync("owner");
        Assert.Equal(
            HttpStatusCode.Created,
            (await _app.Http.PostAsJsonAsync("/api/aliases", new { name = "variant", model = "owner" })).StatusCode
        );
        Assert.Equal(HttpStatusCode.OK, await PatchAsync("owner/config/runtime", new { aliases = new[] { "listed" } }));
        Assert.Equal(HttpStatusCode.OK, await PatchAsync("owner/config/model", new { alias = "flagged" }));
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [InlineData("variant")]
    [InlineData("LISTED")]
    [InlineData("flagged")]
    [InlineData("owner")]
    public async Task ByHand_ATakenName_IsRefused_WithWhose(string name)
    {
        await MakeAsync("other");
        await RefusedAsync(await _app.Http.PatchAsJsonAsync("/api/models/other", new { name }), "name", name);
        await RefusedAsync(await _app.Http.PostAsJsonAsync("/api/models/other/duplicate", new { name }), "name", name);
        await RefusedAsync(await _app.Http.PostAsJsonAsync("/api/aliases", new { name, model = "other" }), "name", name);
        await RefusedAsync(
            await _app.Http.PatchAsJsonAsync("/api/models/other/config/runtime", new { aliases = new[] { "free", name } }),
            "aliases",
            name
        );
        await RefusedAsync(
            await _app.Http.PatchAsJsonAsync("/api/models/other/config/model", new { alias = $"free,{name}" }),
            "alias",
            name
        );
        await RefusedAsync(
            await _app.Http.PostAsJsonAsync("/api/models/import-command", new { command = "llama-server -m /nowhere/x.gguf", name }),
            "name",
            name
        );
        Assert.Equal("other,owner", Names()); // and nothing is left of what was refused
        var imported = await _app.Http.PostAsJsonAsync(
            "/api/models/import-command",
            new { command = $"llama-server -m /nowhere/x.gguf --alias fresh,{name}" }
        );
        Assert.Equal(HttpStatusCode.Created, imported.StatusCode); // an import leaves out the name that is taken, and takes the rest
        var answer = await imported.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Contains(name, answer.GetProperty("errors").GetProperty("alias")[0].GetString(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("fresh,other,owner", Names());
        Assert.Equal(
            "fresh",
            (await _app.GetAsync("/api/models/fresh/config/model")).GetProperty("values").GetProperty("alias").GetString()
        );
    }

    [Fact]
    public async Task OwnNames_AreNoHindrance()
    {
        Assert.Equal(HttpStatusCode.OK, await PatchAsync("owner/config/runtime", new { aliases = new[] { "listed", "more" } }));
        Assert.Equal(HttpStatusCode.OK, await PatchAsync("owner/config/model", new { alias = "owner" }));
        Assert.Equal(HttpStatusCode.OK, await PatchAsync("owner", new { name = "listed" }));
    }

    [Fact]
    public async Task Scan_AndAdd_NumberAFileOfATakenName()
    {
        GgufSamples.Llama("x").Save(Path.Combine(_app.ModelFolder, "listed.gguf"));
        await _app.Services.GetRequiredService<LibraryService>().ScanAsync();
        Assert.Equal("models/listed,owner", Names());
        var elsewhere = GgufSamples.Llama("y").Save(_app.Folder.File("variant.gguf"));
        await RefusedAsync(await _app.Http.PostAsJsonAsync("/api/models", new { path = elsewhere, name = "variant" }), "name", "variant");
        Assert.Equal(HttpStatusCode.Created, (await _app.Http.PostAsJsonAsync("/api/models", new { path = elsewhere })).StatusCode);
        Assert.DoesNotContain("variant", Names().Split(','));
    }

    [Theory]
    [InlineData("[variant]\nmodel = /nowhere/a.gguf\n\n[fine]\nmodel = /nowhere/b.gguf\n")]
    [InlineData("models:\n  variant:\n    cmd: llama-server -m /nowhere/a.gguf\n  fine:\n    cmd: llama-server -m /nowhere/b.gguf\n")]
    public async Task PresetFile_RefusesThatModelAlone(string text)
    {
        var dry = await (
            await _app.Http.PostAsJsonAsync("/api/presets/import", new { text, dry_run = true })
        ).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(
            [true, false],
            dry.GetProperty("models")
                .EnumerateArray()
                .Select(model =>
                    model.GetProperty("error").GetString()?.Contains("is an alias of 'owner'", StringComparison.Ordinal) == true
                )
        );
        Assert.Equal("owner", Names());
        var answer = await (await _app.Http.PostAsJsonAsync("/api/presets/import", new { text })).Content.ReadFromJsonAsync<JsonElement>();
        var models = answer.GetProperty("models").EnumerateArray().ToList();
        Assert.Contains("is an alias of 'owner'", models[0].GetProperty("error").GetString());
        Assert.Equal(JsonValueKind.Number, models[1].GetProperty("id").ValueKind);
        Assert.Equal("fine,owner", Names());
    }

    [Fact]
    public async Task PresetFile_RefusesATakenAliasAlone()
    {
        const string Text = "models:\n  swapped:\n    cmd: llama-server -m /nowhere/a.gguf -c 5\n    aliases: [listed]\n";
        foreach (var dry in new[] { true, false })
        {
            var answer = await (
                await _app.Http.PostAsJsonAsync("/api/presets/import", new { text = Text, dry_run = dry })
            ).Content.ReadFromJsonAsync<JsonElement>();
            Assert.Contains(
                "is an alias of 'owner'",
                answer.GetProperty("models")[0].GetProperty("errors").GetProperty("aliases")[0].GetString()
            );
        }

        Assert.Equal(5, (await _app.GetAsync("/api/models/swapped/config/model")).GetProperty("values").GetProperty("ctx_size").GetInt32());
    }

    [Fact]
    public async Task Merge_ReportsWhatIsTaken_AndBringsTheRest()
    {
        var file = _app.Folder.File("other.db");
        await File.WriteAllBytesAsync(file, await _app.Http.GetByteArrayAsync("/api/database/export"));
        using (var connection = SqliteSetup.Open(file))
        {
            const string Columns =
                "(uid, name, alias, type, status, role, favorite, file_missing, fit_params_available, created_at, updated_at, revision)";
            SqliteSetup.Execute(
                connection,
                $"""
                DELETE FROM models;
                INSERT INTO models {Columns} VALUES ('u1', 'Variant', NULL, 'llama', 'stopped', 'model', 0, 0, 0, 1, 1, 0), ('u2', 'new', 'flagged,mine', 'llama', 'stopped', 'model', 0, 0, 0, 1, 1, 0);
                INSERT INTO model_runtime (model_id, aliases, created_at, updated_at, revision) SELECT id, '["listed","ours"]', 1, 1, 0 FROM models WHERE uid = 'u2';
                INSERT INTO model_aliases (name, model_id, created_at, updated_at) SELECT 'owner', id, 1, 1 FROM models WHERE uid = 'u2';
                PRAGMA wal_checkpoint(TRUNCATE);
                """
            );
        }

        var merged = await _app.Services.GetRequiredService<DatabaseMerge>().MergeAsync(file);
        Assert.Equal(["new"], merged.Value.Added);
        Assert.Empty(merged.Value.Kept);
        Assert.Equal(4, merged.Value.LeftOut.Count);
        Assert.All(merged.Value.LeftOut, line => Assert.Contains("owner", line));
        Assert.Equal("new,owner", Names());
        Assert.Equal(
            """mine ["ours"] 0""",
            Value(
                """SELECT m.alias || ' ' || r.aliases || ' ' || (SELECT count(*) FROM model_aliases a WHERE a.model_id = m.id) FROM models m JOIN model_runtime r ON r.model_id = m.id WHERE m.name = 'new'"""
            )
        );
    }

    [Fact]
    public async Task SettingsFile_ReportsTheModelAndTheAlias()
    {
        var document = JsonSerializer.SerializeToElement(
            new
            {
                format = (await _app.GetAsync("/api/database/settings")).GetProperty("format").GetString(),
                version = (await _app.GetAsync("/api/database/settings")).GetProperty("version").GetInt32(),
                models = new object[]
                {
                    new { name = "listed" },
                    new { name = "new", sections = new { runtime = new { values = new { aliases = new[] { "variant" } } } } },
                },
            }
        );
        var answer = await (
            await _app.Http.PostAsJsonAsync("/api/database/settings/import", new { document })
        ).Content.ReadFromJsonAsync<JsonElement>();
        var problems = answer
            .GetProperty("problems")
            .EnumerateArray()
            .ToDictionary(problem => problem.EnumerateObject().First().Value.GetString()!, problem => problem.ToString());
        Assert.Contains("is an alias of 'owner'", Unquoted(problems["models.listed"]));
        Assert.Contains("is an alias of 'owner'", Unquoted(problems["models.new.runtime.aliases"]));
        Assert.Equal("new,owner", Names());
    }

    [Fact]
    public async Task OldDatabase_KeepsTheModelAside()
    {
        var old = _app.Folder.File("old.db");
        using (var connection = SqliteSetup.Open(old))
            SqliteSetup.Execute(
                connection,
                "CREATE TABLE models (id TEXT PRIMARY KEY, name TEXT NOT NULL, type TEXT, status TEXT, parameters TEXT DEFAULT '{}', "
                    + "model_path TEXT, created_at INTEGER, updated_at INTEGER); CREATE TABLE metrics (id INTEGER PRIMARY KEY, "
                    + "cpu_usage REAL, timestamp INTEGER); CREATE TABLE server_config (key TEXT PRIMARY KEY, value TEXT); INSERT INTO "
                    + "models (id, name) VALUES ('model_1_a', 'variant'), ('model_1_b', 'fine'); PRAGMA wal_checkpoint(TRUNCATE);"
            );
        var report = await _app.Services.GetRequiredService<LegacyImport>().RunAsync(old, false);
        Assert.True(report.IsSuccess, report.Failure?.Message);
        Assert.Equal(LegacyKind.AsyncProxy, report.Value.Kind);
        Assert.Contains(report.Value.KeptAsideReasons.Keys, reason => reason.Contains("'variant' is an alias of 'owner'"));
        Assert.Equal("fine,owner", Names());
    }

    private static string Unquoted(string json) => json.Replace("\\u0027", "'", StringComparison.Ordinal);

    private async Task MakeAsync(string name)
    {
        var made = await _app.Http.PostAsJsonAsync(
            "/api/models/import-command",
            new { command = $"llama-server -m /nowhere/{name}.gguf", name }
        );
        Assert.True(made.StatusCode == HttpStatusCode.Created, await made.Content.ReadAsStringAsync());
    }

    private async Task<HttpStatusCode> PatchAsync(string path, object body) =>
        (await _app.Http.PatchAsJsonAsync($"/api/models/{path}", body)).StatusCode;

    private static async Task RefusedAsync(HttpResponseMessage answer, string field, string name)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(
            answer.StatusCode == HttpStatusCode.UnprocessableEntity,
            $"{answer.RequestMessage!.RequestUri}: {answer.StatusCode}: {text}"
        );
        var reason = JsonElement.Parse(text).GetProperty("errors").GetProperty(field)[0].GetString();
        Assert.Contains(name == "owner" ? "Another model is already called 'owner'" : $"'{name}' is an alias of 'owner'", reason);
    }

    private string Names() => (string)Value("SELECT group_concat(name, ',') FROM (SELECT name FROM models ORDER BY name)")!;

    private object? Value(string sql)
    {
        using var connection = SqliteSetup.Open(_app.Services.GetRequiredService<DataFolder>().Database);
        return SqliteSetup.Scalar(connection, sql);
    }
}
