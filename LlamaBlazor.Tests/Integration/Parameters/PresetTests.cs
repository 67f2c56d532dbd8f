using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Parameters;

public sealed class PresetTests(PresetTests.App app) : IClassFixture<PresetTests.App>
{
    public sealed class App : AppFixture
    {
        public override ValueTask InitializeAsync()
        {
            With("LlamaBlazor:EnginePath", EngineScript.Write(Folder));
            return base.InitializeAsync();
        }
    }

    [Fact]
    public async Task Template_IsApplied_AndUndone()
    {
        var id = await AddAsync("template-target", "--temp 0.4");
        await PostAsync($"/api/models/{id}/apply-template", new { template = "low memory" }, HttpStatusCode.OK);
        var memory = (await app.GetAsync($"/api/models/{id}/config/memory")).GetProperty("values");
        Assert.Equal("q8_0", memory.GetProperty("cache_type_k").GetString());
        Assert.Equal(
            0.4,
            (await app.GetAsync($"/api/models/{id}/config/sampling")).GetProperty("values").GetProperty("temperature").GetDouble()
        );
        var revision = (await app.GetAsync($"/api/models/{id}/config/memory/revisions"))
            .GetProperty("items")[0]
            .GetProperty("number")
            .GetInt64();
        await PostAsync($"/api/models/{id}/config/memory/revisions/{revision}/undo", new { }, HttpStatusCode.OK);
        Assert.Equal(
            JsonValueKind.Null,
            (await app.GetAsync($"/api/models/{id}/config/memory")).GetProperty("values").GetProperty("cache_type_k").ValueKind
        );
    }

    [Fact]
    public async Task Undo_RestoresSecretsAndForces()
    {
        var id = await AddAsync("undo-target", "--temp 0.8");
        await app.Http.PatchAsJsonAsync($"/api/models/{id}/config/model", new { hf_token = "first" });
        await app.Http.PatchAsJsonAsync($"/api/models/{id}/config/model", new { hf_token = "second" });
        var revision = (await app.GetAsync($"/api/models/{id}/config/model/revisions")).GetProperty("items")[0];
        Assert.DoesNotContain("second", revision.GetRawText());
        await PostAsync(
            $"/api/models/{id}/config/model/revisions/{revision.GetProperty("number").GetInt64()}/undo",
            new { },
            HttpStatusCode.OK
        );
        var configuration = await (
            (Web.Parameters.ParameterStore)app.Services.GetService(typeof(Web.Parameters.ParameterStore))!
        ).ReadAsync(id);
        Assert.Equal("first", configuration!.Own.Get("hf_token"));
        Assert.Contains("temperature", configuration.Own.Forced);
    }

    [Fact]
    public async Task OwnTemplate_IsTakenFromAModel_AndDeleted()
    {
        var id = await AddAsync("template-source", "--temp 0.15 --no-mmap");
        var made = await PostAsync("/api/templates", new { name = "Mine", model = id.ToString() }, HttpStatusCode.Created);
        Assert.Equal(0, made.GetProperty("values").GetProperty("memory").GetProperty("mmap").GetInt32());
        Assert.False(made.GetProperty("values").TryGetProperty("model", out _)); // its source is no part of a template
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await app.Http.DeleteAsync($"/api/templates/{made.GetProperty("id").GetInt64()}")).StatusCode
        );
        await PostAsync("/api/templates", new { name = "Code", model = id.ToString() }, HttpStatusCode.UnprocessableEntity);
        await PostAsync("/api/templates", new { name = "Empty" }, HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task PresetFile_IsImported()
    {
        const string Ini =
            "[*]\nversion = 1\nctx-size = 512\n[ini one]\nmodel = /nowhere/ini.gguf\nno-mmap = 1\nmystery = 5\n[ini two]\nmodel = "
            + "/nowhere/ini2.gguf\nparallel = 0\n";
        var answer = await PostAsync("/api/presets/import", new { text = Ini }, HttpStatusCode.OK);
        var one = answer.GetProperty("models")[0];
        Assert.Equal(512, one.GetProperty("sections").GetProperty("model").GetProperty("ctx_size").GetInt32());
        Assert.Equal(
            "5",
            one.GetProperty("sections").GetProperty("advanced").GetProperty("custom_params").GetProperty("--mystery").GetString()
        );
        var command = await app.GetAsync("/api/models/ini one/config/memory");
        Assert.Equal(0, command.GetProperty("values").GetProperty("mmap").GetInt32());
        var two = answer.GetProperty("models")[1]; // a value that is refused takes nothing else along
        Assert.Equal("n_parallel", Assert.Single(two.GetProperty("errors").EnumerateObject()).Name);
        Assert.Equal(
            512,
            (await app.GetAsync("/api/models/ini two/config/model")).GetProperty("values").GetProperty("ctx_size").GetInt32()
        );
    }

    [Fact]
    public async Task LlamaSwapFile_IsImported()
    {
        const string Yaml = """
            macros:
              server: llama-server --port ${PORT}
              folder: /nowhere
            models:
              swap-one:
                cmd: |
                  ${server}
                  --model ${folder}/swap.gguf
                  -c 4096   # the context
                  --alias b,c
                ttl: 300
                concurrencyLimit: 3
                aliases: [a, b]
                env: ["LLAMA_ARG_N_PREDICT=9"]
                filters: { stripParams: x }
              broken:
                proxy: http://x
            """;
        var answer = await PostAsync("/api/presets/import", new { text = Yaml, dry_run = true }, HttpStatusCode.OK);
        var model = Assert.Single(answer.GetProperty("models").EnumerateArray());
        var sections = model.GetProperty("sections");
        Assert.Equal(
            ("/nowhere/swap.gguf", 4096, 9),
            (
                sections.GetProperty("model").GetProperty("model_path").GetString(),
                sections.GetProperty("model").GetProperty("ctx_size").GetInt32(),
                sections.GetProperty("model").GetProperty("predict").GetInt32()
            )
        );
        Assert.Equal(
            (300, 3),
            (
                sections.GetProperty("runtime").GetProperty("ttl_seconds").GetInt32(),
                sections.GetProperty("runtime").GetProperty("concurrency").GetInt32()
            )
        );
        Assert.Equal(
            ["a", "b", "c"],
            sections.GetProperty("runtime").GetProperty("aliases").EnumerateArray().Select(alias => alias.GetString())
        );
        Assert.Equal("filters", Assert.Single(model.GetProperty("not_understood").EnumerateArray()).GetProperty("token").GetString());
        Assert.Equal("broken", Assert.Single(answer.GetProperty("not_understood").EnumerateArray()).GetProperty("token").GetString());
    }

    [Fact]
    public async Task LlamaSwapFile_ReportsEachKeyItDrops_AndMacrosThatExplode()
    {
        var big = string.Join(
            '\n',
            Enumerable.Range(0, 9).Select(i => $"  m{i}: \"{string.Concat(Enumerable.Repeat($"${{m{i + 1}}}", 20))}\"")
        );
        var yaml = $"""
            healthCheckTimeout: 60
            macros:
            {big}
              m9: xxxxxxxxxx
            models:
              kept:
                cmd: C:\llama\llama-server.exe -m C:\models\x.gguf
                proxy: http://x
                description: mine
              huge:
                cmd: llama-server -m ${"{m0}"}
            """;
        var answer = await PostAsync("/api/presets/import", new { text = yaml, dry_run = true }, HttpStatusCode.OK);
        var kept = Assert.Single(answer.GetProperty("models").EnumerateArray());
        Assert.Equal("C:\\models\\x.gguf", kept.GetProperty("sections").GetProperty("model").GetProperty("model_path").GetString());
        Assert.Equal(
            ["proxy", "description"],
            kept.GetProperty("not_understood").EnumerateArray().Select(word => word.GetProperty("token").GetString())
        );
        string[] expected = ParameterCatalogue.Current.FindColumn("start_limit_seconds") is null
            ? ["huge", "healthCheckTimeout"]
            : ["huge"];
        Assert.Equal(expected, answer.GetProperty("not_understood").EnumerateArray().Select(word => word.GetProperty("token").GetString()));
    }

    [LinuxFact]
    public async Task Template_CarriesItsForces_AndLeavesThoseOfOthers()
    {
        var id = await AddAsync("forced-target", "--temp 0.8 --min-p 0.05");
        await PostAsync($"/api/models/{id}/apply-template", new { template = "code" }, HttpStatusCode.OK);
        Assert.Equal(
            ["min_p", "repeat_penalty"],
            (await app.GetAsync($"/api/models/{id}/config/sampling"))
                .GetProperty("forced")
                .EnumerateArray()
                .Select(column => column.GetString())
        );
        Assert.Contains(
            "--repeat-penalty",
            (await app.GetAsync($"/api/models/{id}/command")).GetProperty("arguments").EnumerateArray().Select(word => word.GetString())
        );
        var made = await PostAsync("/api/templates", new { name = "With forces", model = id.ToString() }, HttpStatusCode.Created);
        Assert.Equal(["min_p", "repeat_penalty"], made.GetProperty("forced").EnumerateArray().Select(column => column.GetString()));
        var other = await AddAsync("forced-other", "--temp 0.1");
        await PostAsync($"/api/models/{other}/apply-template", new { template = "With forces" }, HttpStatusCode.OK);
        Assert.Equal(
            ["min_p", "repeat_penalty"],
            (await app.GetAsync($"/api/models/{other}/config/sampling"))
                .GetProperty("forced")
                .EnumerateArray()
                .Select(column => column.GetString())
        );
        await PostAsync(
            "/api/templates",
            new
            {
                name = "Stray",
                values = new { sampling = new { seed = 1 } },
                forced = new[] { "temperature" },
            },
            HttpStatusCode.UnprocessableEntity
        );
    }

    [LinuxFact]
    public async Task Export_SaysWhatItLeavesOut()
    {
        await AddAsync("export-one", "--samplers 'top_k;top_p' --alias shared");
        var two = await AddAsync("export-two", "");
        await app.Http.PatchAsJsonAsync($"/api/models/{two}/config/lora", new { lora = "a.gguf" });
        await app.Http.PatchAsJsonAsync($"/api/models/{two}/config/sampling", new { grammar_file = "b.gbnf" });
        await app
            .Services.GetRequiredService<DatabaseWriter>()
            .ExecuteAsync(
                (context, token) => // as a database of before names were unique
                    context
                        .Models.Where(model => model.Id == two)
                        .ExecuteUpdateAsync(set => set.SetProperty(model => model.Alias, "shared"), token)
            );
        var export = await app.GetAsync("/api/presets/export");
        var lost = export.GetProperty("lost").EnumerateArray().Select(line => line.GetString()!).ToList();
        Assert.Contains(lost, line => line.StartsWith("export-one: --samplers"));
        Assert.Contains(lost, line => line.StartsWith("export-two: the alias shared is taken"));
        Assert.Contains(lost, line => line.StartsWith("export-two: --grammar-file b.gbnf is relative"));
        Assert.Equal(2, export.GetProperty("text").GetString()!.Split("alias = shared").Length);
    }

    [Fact]
    public async Task ServerSettings_HaveAHistory()
    {
        await app.Http.PatchAsJsonAsync("/api/server-config", new { threads_http = 3 });
        await app.Http.PatchAsJsonAsync("/api/server-config", new { threads_http = 4 });
        var latest = (await app.GetAsync("/api/server-config/revisions")).GetProperty("items")[0];
        await PostAsync($"/api/server-config/revisions/{latest.GetProperty("number").GetInt64()}/undo", new { }, HttpStatusCode.OK);
        Assert.Equal(3, (await app.GetAsync("/api/server-config")).GetProperty("values").GetProperty("threads_http").GetInt32());
        await PostAsync("/api/server-config/revisions/999/undo", new { }, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no section here")]
    [InlineData("models: [unclosed")]
    public async Task FileThatIsNone_Is422(string text) =>
        await PostAsync("/api/presets/import", new { text }, HttpStatusCode.UnprocessableEntity);

    private async Task<long> AddAsync(string name, string settings) =>
        (
            await PostAsync(
                "/api/models/import-command",
                new { command = $"llama-server --model /nowhere/{name}.gguf {settings}", name },
                HttpStatusCode.Created
            )
        )
            .GetProperty("model")
            .GetProperty("id")
            .GetInt64();

    private async Task<JsonElement> PostAsync(string path, object body, HttpStatusCode expected)
    {
        var answer = await app.Http.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(expected == answer.StatusCode, $"{path}: {answer.StatusCode}: {text}");
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }
}
