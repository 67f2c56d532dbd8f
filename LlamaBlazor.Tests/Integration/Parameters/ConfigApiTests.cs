using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Parameters.History;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Parameters;

public sealed class ConfigApiTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task Section_OfAFreshModel_SetsNothing_AndShowsTheEnginesDefaults()
    {
        var answer = await app.GetAsync($"/api/models/{await AddModelAsync()}/config/sampling");
        Assert.All(answer.GetProperty("values").EnumerateObject(), value => Assert.Equal(JsonValueKind.Null, value.Value.ValueKind));
        Assert.Equal(0.8, answer.GetProperty("effective").GetProperty("temperature").GetDouble());
        Assert.Equal("engine", answer.GetProperty("sources").GetProperty("temperature").GetString());
    }

    [Fact]
    public async Task EachColumn_OfEachSection_IsSavedAndReadBack()
    {
        var id = await AddModelAsync();
        var catalogue = ParameterCatalogue.Current;
        string[] exclusive = ["grammar_file", "json_schema", "json_schema_file", "sampler_seq", "chat_template_file", "rope_freq_scale"];
        foreach (var section in ConfigSection.OfModel.Where(section => catalogue.SectionOfModel(section).Count > 0))
        {
            var definitions = catalogue.SectionOfModel(section).Where(definition => !exclusive.Contains(definition.Column)).ToList();
            var sent = definitions.ToDictionary(
                definition => definition.Column,
                definition => Json(definition, Domain.Parameters.ParameterSamples.Value(definition))
            );
            if (section == ConfigSection.Runtime)
                sent["engine_path"] = EngineScript.Write(app.Folder); // must be a program that may be run as one
            var answer = await PatchAsync($"/api/models/{id}/config/{section}", sent, HttpStatusCode.OK);
            foreach (var definition in definitions)
            {
                var expected = definition.Secret ? "\"***\"" : JsonSerializer.Serialize(sent[definition.Column]);
                var actual = JsonSerializer.Serialize(answer.GetProperty("values").GetProperty(definition.Column));
                Assert.True(expected == actual, $"{definition.Column}: sent {expected}, read {actual}");
            }
        }
    }

    [Fact]
    public async Task Null_Clears_AndOtherColumnsStay()
    {
        var path = $"/api/models/{await AddModelAsync()}/config/memory";
        await PatchAsync(path, new { mlock = 1, numa = "isolate" }, HttpStatusCode.OK);
        var values = (await PatchAsync(path, new { mlock = (int?)null }, HttpStatusCode.OK)).GetProperty("values");
        Assert.Equal(JsonValueKind.Null, values.GetProperty("mlock").ValueKind);
        Assert.Equal("isolate", values.GetProperty("numa").GetString());
    }

    [Fact]
    public async Task BadValues_AreAllNamed_AndNothingIsSaved()
    {
        var path = $"/api/models/{await AddModelAsync()}/config/sampling";
        var body = new
        {
            temperature = "hot",
            mirostat = 7,
            top_k = 1.5,
            repeat_last_n = -9,
            grammar = "a",
            grammar_file = "/b",
            no_such = 1,
            seed = 5,
        };
        var errors = (await PatchAsync(path, body, HttpStatusCode.UnprocessableEntity)).GetProperty("errors");
        Assert.Equal(
            ["grammar", "grammar_file", "mirostat", "no_such", "repeat_last_n", "temperature", "top_k"],
            errors.EnumerateObject().Select(error => error.Name).Order()
        );
        Assert.Equal(JsonValueKind.Null, (await app.GetAsync(path)).GetProperty("values").GetProperty("seed").ValueKind);
    }

    [Fact]
    public async Task UnknownProject_IsNamed_WhenItIsSaved()
    {
        var path = $"/api/models/{await AddModelAsync()}/config/runtime";
        var errors = (await PatchAsync(path, new { project = "nowhere", pinned = true }, HttpStatusCode.UnprocessableEntity)).GetProperty(
            "errors"
        );
        Assert.Contains("Resources page", Assert.Single(errors.EnumerateObject(), error => error.Name == "project").Value[0].GetString());
        Assert.Equal(JsonValueKind.Null, (await app.GetAsync(path)).GetProperty("values").GetProperty("pinned").ValueKind);
        using var made = await app.Http.PostAsJsonAsync("/api/projects", new { project_path = "somewhere" });
        await PatchAsync(path, new { project = "SomeWhere" }, HttpStatusCode.OK); // names are compared as the start does
        using var removed = await app.Http.DeleteAsync(made.Headers.Location);
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        await PatchAsync(path, new { project = "SomeWhere", pinned = true }, HttpStatusCode.OK); // not what this edit is about
        await PatchAsync(path, new { project = "Default" }, HttpStatusCode.OK);
        await PatchAsync(path, new { project = (string?)null }, HttpStatusCode.OK);
    }

    [Fact]
    public async Task CrossFieldTrouble_IsAWarning()
    {
        var answer = await PatchAsync(
            $"/api/models/{await AddModelAsync()}/config/model",
            new { batch_size = 256, ubatch_size = 1024 },
            HttpStatusCode.OK
        );
        Assert.Contains(
            answer.GetProperty("warnings").EnumerateArray(),
            warning => warning.GetProperty("field").GetString() == "ubatch_size"
        );
    }

    [Fact]
    public async Task UnparsableJson_Is400()
    {
        var answer = await app.Http.PatchAsync(
            $"/api/models/{await AddModelAsync()}/config/gpu",
            new StringContent("{nonsense", Encoding.UTF8, "application/json")
        );
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task StaleRevision_IsAConflict()
    {
        var path = $"/api/models/{await AddModelAsync()}/config/gpu";
        var revision = (await PatchAsync(path, new { main_gpu = 1, revision = 0 }, HttpStatusCode.OK)).GetProperty("revision").GetInt64();
        await PatchAsync(path, new { main_gpu = 2, revision = revision - 1 }, HttpStatusCode.Conflict);
        Assert.Equal(1, (await app.GetAsync(path)).GetProperty("values").GetProperty("main_gpu").GetInt64());
    }

    [Fact]
    public async Task Forced_IsKept_AndOnlyWhereItMatters()
    {
        var path = $"/api/models/{await AddModelAsync()}/config/sampling";
        var answer = await PatchAsync(path, new { temperature = 0.8, forced = new[] { "temperature" } }, HttpStatusCode.OK);
        Assert.Equal("temperature", Assert.Single(answer.GetProperty("forced").EnumerateArray()).GetString());
        await PatchAsync(path, new { forced = new[] { "seed" } }, HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Secrets_AreProtectedAtRest_AndMasked()
    {
        var id = await AddModelAsync();
        var path = $"/api/models/{id}/config/model";
        await PatchAsync(path, new { hf_token = "hf_very_secret" }, HttpStatusCode.OK);
        await PatchAsync(path, new { hf_token = "***", predict = 5 }, HttpStatusCode.OK); // a form that sends back what it got
        await using var context = await ContextAsync();
        var stored = (await context.Models.AsNoTracking().FirstAsync(model => model.Id == id)).HfToken!;
        Assert.DoesNotContain("very_secret", stored);
        Assert.DoesNotContain(
            await context.Set<ConfigRevisionRow>().Select(revision => revision.AfterJson).ToListAsync(),
            json => json.Contains("very_secret")
        );
        var configuration = await app.Services.GetRequiredService<ParameterStore>().ReadAsync(id);
        Assert.Equal("hf_very_secret", configuration!.Own.Get("hf_token"));
        Assert.DoesNotContain("very_secret", await app.Http.GetStringAsync($"/api/models/{id}/config"));
    }

    [Fact]
    public async Task Saves_AreRecorded_AndTheLast50Kept()
    {
        var id = await AddModelAsync();
        for (var i = 1; i <= SectionWriter.KeptRevisions + 5; i++)
            await PatchAsync($"/api/models/{id}/config/advanced", new { n_cpu_moe = i }, HttpStatusCode.OK);
        await using var context = await ContextAsync();
        var kept = await context
            .Set<ConfigRevisionRow>()
            .Where(revision => revision.ModelId == id)
            .OrderBy(revision => revision.Id)
            .ToListAsync();
        Assert.Equal(SectionWriter.KeptRevisions, kept.Count);
        Assert.Equal("""{"n_cpu_moe":54}""", kept[^1].BeforeJson);
        Assert.Equal("""{"n_cpu_moe":55}""", kept[^1].AfterJson);
    }

    [Theory]
    [InlineData("/api/models/no-such-model/config", HttpStatusCode.NotFound)]
    [InlineData("/api/models/no-such-model/config/gpu", HttpStatusCode.NotFound)]
    [InlineData("/api/models/no-such-model/command", HttpStatusCode.NotFound)]
    public async Task UnknownModel_Is404(string path, HttpStatusCode expected) =>
        Assert.Equal(expected, (await app.Http.GetAsync(path)).StatusCode);

    [Fact]
    public async Task UnknownSection_Is404() =>
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync($"/api/models/{await AddModelAsync()}/config/nothing")).StatusCode);

    private static object? Json(ParameterDefinition definition, object value) =>
        ConfigJson.Write(definition with { Secret = false }, value);

    private async Task<JsonElement> PatchAsync(string path, object body, HttpStatusCode expected)
    {
        var answer = await app.Http.PatchAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(expected == answer.StatusCode, $"{answer.StatusCode}: {text}");
        return JsonElement.Parse(text);
    }

    private async Task<LlamaDbContext> ContextAsync() =>
        await app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>().CreateDbContextAsync();

    private async Task<long> AddModelAsync()
    {
        var name = Guid.NewGuid().ToString("N");
        await using var context = await ContextAsync();
        var model = new Model
        {
            Uid = "model_1_" + name,
            Name = name,
            Type = "llama",
            ModelPath = $"/models/{name}.gguf",
        };
        context.Models.Add(model);
        await context.SaveChangesAsync();
        return model.Id;
    }
}
