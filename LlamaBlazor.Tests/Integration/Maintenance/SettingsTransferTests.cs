using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Maintenance.Transfer;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Parameters;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Maintenance;

/// <summary>Settings and models as JSON: from one machine to another, without a secret in the clear.</summary>
public sealed class SettingsTransferTests : IAsyncLifetime
{
    private const string Phrase = "correct horse battery";

    private readonly AppFixture _here = new();
    private readonly AppFixture _there = new();

    public async ValueTask InitializeAsync()
    {
        await _here.InitializeAsync();
        await _there.InitializeAsync();
        await FillAsync(_here);
    }

    public async ValueTask DisposeAsync()
    {
        await _here.DisposeAsync();
        await _there.DisposeAsync();
    }

    [Fact]
    public async Task Export_HasEverythingThatWasSet_AndNoSecretInTheClear()
    {
        var plain = await _here.Http.GetStringAsync("/api/database/settings");
        var withSecrets = await ExportAsync();
        foreach (var text in new[] { plain, withSecrets })
        {
            foreach (var secret in new[] { "hf_mine", "sk-mine", "flag-secret", "protected:", "pref-secret" })
                Assert.DoesNotContain(secret, text);
            Assert.Contains("alpha", text);
            Assert.Contains("\"--unheard-of\": 5", text);
        }

        Assert.DoesNotContain("sealed", plain);
        Assert.Contains("AES-256-GCM", withSecrets);
        Assert.Equal(
            HttpStatusCode.UnprocessableEntity,
            (await _here.Http.PostAsJsonAsync("/api/database/settings/export", new { passphrase = "short" })).StatusCode
        );
    }

    [Fact]
    public async Task Import_BringsAllOfIt_WithSecretsWhereThePhraseIsGiven()
    {
        var dry = await ImportAsync(await ExportAsync(), new { passphrase = Phrase, dry_run = true });
        Assert.Equal(["alpha", "beta"], Names(dry, "added"));
        Assert.Empty((await _there.GetAsync("/api/models")).GetProperty("items").EnumerateArray());
        var report = await ImportAsync(await ExportAsync(), new { passphrase = Phrase });
        Assert.Equal(["alpha", "beta"], Names(report, "added"));
        Assert.Empty(report.GetProperty("problems").EnumerateArray());
        var (before, after) = (await OwnAsync(_here, "alpha"), await OwnAsync(_there, "alpha"));
        Assert.Equal(before.Values.OrderBy(pair => pair.Key), after.Values.OrderBy(pair => pair.Key));
        Assert.Equal(before.Forced.Order(), after.Forced.Order());
        Assert.Equal(("hf_mine", 0.25), (after.Get("hf_token"), after.Get("temperature")));
        Assert.Equal(("sk-mine", 7L), ((await ServerAsync(_there)).Get("api_key"), (await ServerAsync(_there)).Get("threads_http")));
        Assert.Equal(41, (await _there.GetAsync("/api/config/answer")).GetProperty("value").GetInt32());
        Assert.Equal("pref-secret", (await _there.GetAsync("/api/config/my_api_key")).GetProperty("value").GetString());
        Assert.Contains("notes of alpha", (await _there.GetAsync("/api/models/alpha")).GetRawText());
        Assert.StartsWith("protected:", (string)Scalar(_there, "SELECT hf_token FROM models WHERE name = 'alpha'")!);
        var again = await ImportAsync(await ExportAsync(), new { passphrase = Phrase });
        Assert.Equal(["alpha", "beta"], Names(again, "kept"));
    }

    [Fact]
    public async Task WithoutThePhrase_SecretsStayAway_AndAWrongOneChangesNothing()
    {
        var wrong = await PostAsync(await ExportAsync(), new { passphrase = "wrong horse battery" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        Assert.Contains("not the pass phrase", await wrong.Content.ReadAsStringAsync());
        Assert.Empty((await _there.GetAsync("/api/models")).GetProperty("items").EnumerateArray());
        var report = await ImportAsync(await ExportAsync(), new { });
        Assert.Contains("pass phrase", report.GetProperty("secrets").GetString());
        Assert.Null((await OwnAsync(_there, "alpha")).Get("hf_token"));
        Assert.Equal("{\"--unheard-of\":5}", (await OwnAsync(_there, "alpha")).Get("custom_params"));
    }

    [Fact]
    public async Task Conflict_KeepsWhatIsHere_OrUpdatesIt()
    {
        await AddAsync(
            _there,
            "ALPHA",
            new SectionChange("sampling", new Dictionary<string, object?> { ["temperature"] = 1.5, ["top_k"] = 11L })
        );
        await _there
            .Services.GetRequiredService<ParameterStore>()
            .SaveAsync(null, [new SectionChange("server", new Dictionary<string, object?> { ["threads_http"] = 3L })]);
        Assert.Equal(["alpha"], Names(await ImportAsync(await ExportAsync(), new { }), "kept"));
        Assert.Equal(1.5, (await OwnAsync(_there, "alpha")).Get("temperature"));
        Assert.Equal(3L, (await ServerAsync(_there)).Get("threads_http"));
        Assert.Equal(["alpha", "beta"], Names(await ImportAsync(await ExportAsync(), new { on_conflict = "update" }), "updated"));
        Assert.Equal((0.25, 11L), ((await OwnAsync(_there, "alpha")).Get("temperature"), (await OwnAsync(_there, "alpha")).Get("top_k")));
        Assert.Equal(7L, (await ServerAsync(_there)).Get("threads_http"));
    }

    [Fact]
    public async Task BadValues_AreLeftOutAndNamed_TheRestComes()
    {
        var file = JsonNode.Parse(await ExportAsync())!;
        var alpha = file["models"]!.AsArray().Single(model => (string?)model!["name"] == "alpha")!;
        alpha["sections"]!["sampling"]!["values"]!["top_p"] = "high";
        alpha["sections"]!["sampling"]!["values"]!["unknown_column"] = 1;
        file["models"]!.AsArray().Add(JsonNode.Parse("{\"name\":\"123\"}"));
        file["launch_settings"]!["engine_path"] = "/no/such/llama-server";
        var report = await ImportAsync(file.ToJsonString(), new { });
        var problems = report
            .GetProperty("problems")
            .EnumerateArray()
            .Select(problem => problem.GetProperty("where").GetString())
            .Order()
            .ToList();
        Assert.Equal(
            ["launch_settings.engine_path", "models.123", "models.alpha.sampling.top_p", "models.alpha.sampling.unknown_column"],
            problems
        );
        Assert.Equal((0.25, null), ((await OwnAsync(_there, "alpha")).Get("temperature"), (await OwnAsync(_there, "alpha")).Get("top_p")));
    }

    [Fact]
    public async Task Aliases_GoAlong_WithTheirFields_AndConflictsAreNamed()
    {
        await AliasAsync(_here, "alpha-warm", "alpha", new { temperature = 1.5, top_k = 7 });
        await AliasAsync(_here, "alpha-plain", "alpha", null);
        await AliasAsync(_here, "taken", "beta", null);
        await AliasAsync(_here, "gamma", "beta", new { seed = 3 });
        Assert.Equal(
            ["alpha-plain", "alpha-warm", "gamma", "taken"],
            Names(await ImportAsync(await ExportAsync(), new { dry_run = true }), "aliases")
        );
        Assert.Empty(await AliasesAsync(_there));
        await AddAsync(_there, "gamma"); // a model here, an alias there
        await AliasAsync(_there, "TAKEN", "gamma", null);
        var report = await ImportAsync(await ExportAsync(), new { });
        Assert.Equal(["alpha-plain", "alpha-warm"], Names(report, "aliases").Order());
        var problems = report
            .GetProperty("problems")
            .EnumerateArray()
            .ToDictionary(problem => problem.GetProperty("where").GetString()!, problem => problem.GetProperty("reason").GetString()!);
        Assert.Equal(["models.beta.aliases.gamma", "models.beta.aliases.taken"], problems.Keys.Order());
        Assert.Contains("A model has this name", problems["models.beta.aliases.gamma"]);
        Assert.Contains("an alias of gamma here", problems["models.beta.aliases.taken"]);
        Assert.Equal(
            ["TAKEN gamma null", "alpha-plain alpha null", "alpha-warm alpha {\"temperature\":1.5,\"top_k\":7}"],
            await AliasesAsync(_there)
        );
        Assert.True((await _there.Http.PostAsJsonAsync("/api/aliases", new { name = "alpha-own", model = "alpha" })).IsSuccessStatusCode);
        using (var connection = SqliteSetup.Open(_there.Services.GetRequiredService<DataFolder>().Database))
            SqliteSetup.Execute(connection, "UPDATE model_aliases SET parameters_json = NULL WHERE name = 'alpha-warm'");
        Assert.Empty(Names(await ImportAsync(await ExportAsync(), new { }), "aliases")); // a model that is kept keeps its aliases
        Assert.Equal(["alpha-warm"], Names(await ImportAsync(await ExportAsync(), new { on_conflict = "update" }), "aliases"));
        Assert.Contains("alpha-warm alpha {\"temperature\":1.5,\"top_k\":7}", await AliasesAsync(_there));
        Assert.Contains("alpha-own alpha null", await AliasesAsync(_there));
    }

    [Fact]
    public async Task BadAliases_AreLeftOutAndNamed_AndOlderFilesHaveNone()
    {
        var file = JsonNode.Parse(await ExportAsync())!;
        Assert.DoesNotContain("aliases\":[{", file.ToJsonString());
        file["models"]!.AsArray().Single(model => (string?)model!["name"] == "alpha")!["aliases"] = JsonNode.Parse(
            """[{"name":"twice"},{"name":"TWICE"},{"name":" "},{"name":"bad","parameters":{"messages":[]}},{"name":"worse","parameters":[1]}]"""
        );
        var report = await ImportAsync(file.ToJsonString(), new { });
        Assert.Equal(["twice"], Names(report, "aliases"));
        Assert.Equal(
            ["models.alpha.aliases. ", "models.alpha.aliases.bad", "models.alpha.aliases.worse"],
            report
                .GetProperty("problems")
                .EnumerateArray()
                .Select(problem => problem.GetProperty("where").GetString())
                .Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData("{\"format\":\"something-else\",\"version\":1}", "not a file of settings")]
    [InlineData("{\"format\":\"llamablazor-settings\",\"version\":99}", "newer version")]
    [InlineData("{\"format\":\"llamablazor-settings\",\"version\":1,\"models\":5}", "Not readable")]
    [InlineData("[]", "Not readable")]
    public async Task OtherFiles_AreRefused_WithWords(string text, string words)
    {
        var answer = await PostAsync(text, new { });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains(words, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Cancelled_InTheMiddle_ChangesNothing()
    {
        using var cancellation = new CancellationTokenSource();
        var progress = new Teller(step =>
        {
            if (step.Fraction > 0)
                cancellation.Cancel(); // the first model is written, the second not
        });
        var text = await ExportAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await _there
                .Services.GetRequiredService<SettingsImport>()
                .RunAsync(text, new TransferOptions(null, false, false), progress, cancellation.Token)
        );
        Assert.Equal(0L, Scalar(_there, "SELECT count(*) FROM models"));
        Assert.Equal(0L, Scalar(_there, "SELECT count(*) FROM config WHERE key = 'answer'"));
    }

    private static async Task FillAsync(AppFixture app)
    {
        await AddAsync(
            app,
            "alpha",
            new SectionChange("model", new Dictionary<string, object?> { ["hf_token"] = "hf_mine", ["ctx_size"] = 4096L }),
            new SectionChange("sampling", new Dictionary<string, object?> { ["temperature"] = 0.25, ["ignore_eos"] = true }),
            new SectionChange(
                "advanced",
                new Dictionary<string, object?> { ["custom_params"] = "{\"--unheard-of\":5,\"--my-secret\":\"flag-secret\"}" }
            )
        );
        await AddAsync(app, "beta", new SectionChange("gpu", new Dictionary<string, object?> { ["gpu_layers"] = "all" }));
        Assert.True(
            (
                await app
                    .Services.GetRequiredService<ModelStore>()
                    .PatchAsync("alpha", new ModelPatch { Notes = "notes of alpha", Tags = "a,b" })
            ).IsSuccess
        );
        Assert.True(
            (
                await app
                    .Services.GetRequiredService<ParameterStore>()
                    .SaveAsync(
                        null,
                        [new SectionChange("server", new Dictionary<string, object?> { ["api_key"] = "sk-mine", ["threads_http"] = 7L })]
                    )
            ).IsSuccess
        );
        Assert.True((await app.Http.PutAsJsonAsync("/api/config/answer", new { value = 41 })).IsSuccessStatusCode);
        Assert.True((await app.Http.PutAsJsonAsync("/api/config/my_api_key", new { value = "pref-secret" })).IsSuccessStatusCode);
    }

    private static async Task AddAsync(AppFixture app, string name, params SectionChange[] changes)
    {
        var id = await app
            .Services.GetRequiredService<DatabaseWriter>()
            .ExecuteAsync(
                async (context, token) =>
                {
                    var model = ModelRows.New(name, 1);
                    await ModelRows.AddAsync(context, [model], token);
                    return model.Id;
                }
            );
        var saved = await app.Services.GetRequiredService<ParameterStore>().SaveAsync(id, changes);
        Assert.True(
            saved.IsSuccess,
            saved.Failure is { Errors: { } errors } ? string.Join(' ', errors.Select(error => $"{error.Key}: {error.Value[0]}")) : ""
        );
    }

    private static async Task AliasAsync(AppFixture app, string name, string model, object? parameters)
    {
        var made = await app.Http.PostAsJsonAsync(
            "/api/aliases",
            new
            {
                name,
                model,
                parameters,
            }
        );
        Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync());
    }

    // Sorted by character.
    private static async Task<List<string>> AliasesAsync(AppFixture app) =>
        [
            .. (await app.GetAsync("/api/aliases"))
                .GetProperty("items")
                .EnumerateArray()
                .Select(alias =>
                    $"{alias.GetProperty("name").GetString()} {alias.GetProperty("model").GetString()} "
                    + $"{alias.GetProperty("parameters").GetRawText()}"
                )
                .Order(StringComparer.Ordinal),
        ];

    private async Task<string> ExportAsync()
    {
        var answer = await _here.Http.PostAsJsonAsync("/api/database/settings/export", new { passphrase = Phrase });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadAsStringAsync();
    }

    private Task<HttpResponseMessage> PostAsync(string document, object options)
    {
        var body = JsonSerializer.SerializeToNode(options)!.AsObject();
        body["document"] = JsonNode.Parse(document);
        return _there.Http.PostAsJsonAsync("/api/database/settings/import", body);
    }

    private async Task<JsonElement> ImportAsync(string document, object options)
    {
        var answer = await PostAsync(document, options);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static List<string> Names(JsonElement report, string list) =>
        [.. report.GetProperty(list).EnumerateArray().Select(name => name.GetString()!)];

    private static async Task<ParameterSet> OwnAsync(AppFixture app, string name) =>
        (
            await app
                .Services.GetRequiredService<ParameterStore>()
                .ReadAsync((await app.Services.GetRequiredService<ModelStore>().FindAsync(name))!.Id)
        )!.Own;

    private static async Task<ParameterSet> ServerAsync(AppFixture app) =>
        (await app.Services.GetRequiredService<ParameterStore>().ReadServerAsync()).Values;

    private static object? Scalar(AppFixture app, string sql)
    {
        using var connection = SqliteSetup.Open(app.Services.GetRequiredService<DataFolder>().Database);
        return SqliteSetup.Scalar(connection, sql);
    }

    private sealed class Teller(Action<WorkStep> tell) : IProgress<WorkStep>
    {
        public void Report(WorkStep value) => tell(value);
    }
}
