using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Models;

public sealed class ModelApiTests(ModelApiTests.Library library) : IClassFixture<ModelApiTests.Library>
{
    /// <summary>Six models, one of them without its file.</summary>
    public sealed class Library : AppFixture
    {
        public override async ValueTask InitializeAsync()
        {
            string[] architectures = ["llama", "qwen3", "gemma3", "llama", "mamba"];
            for (var i = 0; i < architectures.Length; i++)
                GgufSamples
                    .Model(architectures[i], $"m{i}", new GgufWriter())
                    .Add("padding", new byte[i * 100])
                    .Save(Path.Combine(ModelFolder, $"model {i}.gguf"));
            GgufSamples.Llama().Save(Path.Combine(ModelFolder, "gone.gguf"));
            await base.InitializeAsync();
            await Http.PostAsync("/api/models/scan", null);
            File.Delete(Path.Combine(ModelFolder, "gone.gguf"));
            await Http.PostAsync("/api/models/scan", null);
        }
    }

    [Theory]
    [InlineData("q=MODEL%202", "model 2")]
    [InlineData("q=gem", "model 2")]
    [InlineData("q=llama%203", "model 3")]
    [InlineData("q=%25", "")]
    [InlineData("type=QWEN3", "model 1")]
    [InlineData("status=missing", "gone")]
    [InlineData("status=running", "")]
    [InlineData("role=adapter", "")]
    [InlineData("type=llama&sort=-name", "model 3,model 0,gone")]
    public async Task List_Filters(string query, string names) =>
        Assert.Equal(
            names,
            string.Join(',', (await library.GetAsync($"/api/models?{query}")).GetProperty("items").EnumerateArray().Select(Name))
        );

    [Theory]
    [InlineData("favorite")]
    [InlineData("name")]
    [InlineData("-name")]
    [InlineData("architecture")]
    [InlineData("-parameter_count")]
    [InlineData("quantization")]
    [InlineData("context_length")]
    [InlineData("file_size_bytes")]
    [InlineData("-file_size_bytes")]
    [InlineData("-last_used_at")]
    [InlineData("created_at")]
    [InlineData("status")]
    public async Task List_PagesByCursor_WithoutLossOrRepetition(string sort)
    {
        var all = (await library.GetAsync($"/api/models?sort={sort}")).GetProperty("items").EnumerateArray().Select(Name).ToList();
        Assert.Equal(6, all.Count);
        var paged = new List<string>();
        for (string? after = ""; after is not null; )
        {
            var page = await library.GetAsync(
                $"/api/models?sort={sort}&limit=2" + (after.Length == 0 ? "" : "&after=" + Uri.EscapeDataString(after))
            );
            paged.AddRange(page.GetProperty("items").EnumerateArray().Select(Name));
            after = page.GetProperty("next").GetString();
        }

        Assert.Equal(all, paged);
    }

    [Theory]
    [InlineData("status=sleeping", "status")]
    [InlineData("role=x", "role")]
    [InlineData("sort=password", "sort")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("after=x", "after")]
    [InlineData("sort=created_at&after=1%7Cx", "after")]
    public async Task List_RefusesWrongQueries_ByField(string query, string field)
    {
        var answer = await library.Http.GetAsync($"/api/models?{query}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.NotEmpty((await Json(answer)).GetProperty("errors").GetProperty(field).EnumerateArray());
    }

    [Fact]
    public async Task Model_IsFound_ByIdUidAndName()
    {
        var model = await library.GetAsync("/api/models/MODEL%200");
        foreach (var key in new[] { model.GetProperty("id").ToString(), model.GetProperty("uid").GetString() })
            Assert.Equal("model 0", Name(await library.GetAsync($"/api/models/{key}")));
        Assert.Matches(@"^model_\d{13}_[0-9a-z]{9}$", model.GetProperty("uid").GetString());
        Assert.Equal(
            ("GGUF v3", "F16", 2048),
            (
                model.GetProperty("format").GetString(),
                model.GetProperty("quantization").GetString(),
                model.GetProperty("context_length").GetInt32()
            )
        );
        Assert.Equal(2048, model.GetProperty("metadata_json").GetProperty("llama.context_length").GetInt32());
        Assert.StartsWith("{%", model.GetProperty("chat_template").GetString());
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("PATCH", "")]
    [InlineData("DELETE", "")]
    [InlineData("POST", "/favorite")]
    [InlineData("POST", "/duplicate")]
    public async Task UnknownModel_Is404(string method, string action)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/api/models/nobody{action}");
        request.Content = method is "PATCH" ? JsonContent.Create(new { notes = "x" }) : null;
        var answer = await library.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("'nobody'", (await Json(answer)).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Patch_ChangesWhatItNames_AndNamesWhatIsWrong()
    {
        var copy = await Json(await library.Http.PostAsJsonAsync("/api/models/model 1/duplicate", new { name = "patched" }));
        var id = copy.GetProperty("id").GetInt64();
        var changed = await Json(
            await library.Http.PatchAsJsonAsync(
                $"/api/models/{id}",
                new
                {
                    name = " new/name ",
                    tags = "a, b,,A",
                    notes = "text",
                }
            )
        );
        Assert.Equal(
            ("new/name", "a,b", "text"),
            (Name(changed), changed.GetProperty("tags").GetString(), changed.GetProperty("notes").GetString())
        );
        Assert.Equal(id, (await library.GetAsync("/api/models/new%2Fname")).GetProperty("id").GetInt64());
        var cleared = await Json(await library.Http.PatchAsJsonAsync($"/api/models/{id}", new { tags = (string?)null }));
        Assert.Equal((JsonValueKind.Null, "text"), (cleared.GetProperty("tags").ValueKind, cleared.GetProperty("notes").GetString()));

        foreach (
            var (body, field) in new (object, string)[]
            {
                (new { name = "MODEL 2" }, "name"),
                (new { name = "" }, "name"),
                (new { name = "77" }, "name"),
                (new { ctx_size = 1 }, "ctx_size"),
                (new { favorite = "yes" }, "favorite"),
                (new { notes = new string('n', 10_001) }, "notes"),
            }
        )
        {
            var answer = await library.Http.PatchAsJsonAsync($"/api/models/{id}", body);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.NotEmpty((await Json(answer)).GetProperty("errors").GetProperty(field).EnumerateArray());
        }

        Assert.Equal(HttpStatusCode.NoContent, (await library.Http.DeleteAsync($"/api/models/{id}")).StatusCode);
        Assert.True(File.Exists(Path.Combine(library.ModelFolder, "model 1.gguf")));
    }

    [Fact]
    public async Task Favorite_TogglesAndSets()
    {
        Assert.True((await Json(await library.Http.PostAsync("/api/models/model 4/favorite", null))).GetProperty("favorite").GetBoolean());
        Assert.Equal("model 4", Name((await library.GetAsync("/api/models")).GetProperty("items")[0]));
        Assert.Equal("model 4", Name((await library.GetAsync("/api/models?favorite=true")).GetProperty("items")[0]));
        Assert.False(
            (await Json(await library.Http.PostAsJsonAsync("/api/models/model 4/favorite", new { favorite = false })))
                .GetProperty("favorite")
                .GetBoolean()
        );
    }

    private static string Name(JsonElement model) => model.GetProperty("name").GetString()!;

    private static async Task<JsonElement> Json(HttpResponseMessage answer) => await answer.Content.ReadFromJsonAsync<JsonElement>();
}
