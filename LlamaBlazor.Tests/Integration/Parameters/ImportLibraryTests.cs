using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Models.Library;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Parameters;

/// <summary>Imports into a library that knows the files: further models, rows that nobody touched, and paths found by name.</summary>
public sealed class ImportLibraryTests : IAsyncLifetime
{
    private readonly AppFixture _app = new();

    public async ValueTask InitializeAsync()
    {
        foreach (var name in new[] { "chi", "psi", "sub/omega", "other/omega" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Place(name))!);
            GgufSamples.Llama(name).Save(Place(name));
        }

        GgufSamples.Adapter().Save(Place("style"));
        await _app.InitializeAsync();
        await ScanAsync();
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task UntouchedRow_IsTaken_WithItsId()
    {
        var before = await IdAsync("chi");
        var made = await ImportAsync($"llama-server -m {Place("chi")} -c 512 --alias mine", HttpStatusCode.Created);
        Assert.Equal(before, made.GetProperty("model").GetProperty("id").GetInt64());
        Assert.Equal(["mine"], await NamesAsync("chi"));
        Assert.Equal(512, await ContextAsync("mine"));
    }

    [Theory]
    [InlineData("PATCH", "config/sampling", "{\"temperature\":0.1}")]
    [InlineData("PATCH", "", "{\"name\":\"chi mine\"}")]
    [InlineData("PATCH", "", "{\"notes\":\"keep\"}")]
    [InlineData("POST", "favorite", "{\"favorite\":true}")]
    public async Task TouchedRow_Stays_AndAFurtherModelIsMade(string method, string path, string body)
    {
        var id = await IdAsync("chi");
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/api/models/{id}/{path}".TrimEnd('/'))
        {
            Content = new StringContent(body, null, "application/json"),
        };
        using var answer = await _app.Http.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        var kept = (await _app.GetAsync($"/api/models/{id}")).GetProperty("name").GetString()!;
        await ImportAsync($"llama-server -m {Place("chi")} -c 512 --alias mine", HttpStatusCode.Created);
        Assert.Equal(new[] { kept, "mine" }.Order(), await NamesAsync("chi"));
    }

    [Fact]
    public async Task SecondImport_WithoutAName_IsNumbered_AndAnAliasedRowIsTouched()
    {
        Assert.Equal(
            "chi",
            (await ImportAsync($"llama-server -m {Place("chi")} -c 512", HttpStatusCode.Created))
                .GetProperty("model")
                .GetProperty("name")
                .GetString()
        );
        Assert.Equal(
            "chi-2",
            (await ImportAsync($"llama-server -m {Place("chi")} -c 256", HttpStatusCode.Created))
                .GetProperty("model")
                .GetProperty("name")
                .GetString()
        );
        await _app.Http.PostAsJsonAsync("/api/aliases", new { name = "p", model = "psi" });
        Assert.Equal(
            "psi-2",
            (await ImportAsync($"llama-server -m {Place("psi")} -c 512", HttpStatusCode.Created))
                .GetProperty("model")
                .GetProperty("name")
                .GetString()
        );
    }

    [Fact]
    public async Task DryRun_SaysWhatTheRunDoes_AndChangesNothing()
    {
        var (chi, psi) = (Place("chi"), Place("psi"));
        var text =
            $"[chi]\nmodel = {chi}\nctx-size = 1\n[two]\nmodel = {chi}\nalias = psi\n[psi]\nmodel = {chi}\n"
            + $"[three]\nmodel = nowhere.gguf\n[four]\nmodel = {psi}\nparallel = 0\n";
        var before = (await _app.GetAsync("/api/models")).GetRawText();
        var dry = await PostAsync("/api/presets/import", new { text, dry_run = true }, HttpStatusCode.OK);
        Assert.Equal(before, (await _app.GetAsync("/api/models")).GetRawText());
        var run = await PostAsync("/api/presets/import", new { text }, HttpStatusCode.OK);
        Assert.Equal(
            dry.GetProperty("models").EnumerateArray().Select(WithoutId),
            run.GetProperty("models").EnumerateArray().Select(WithoutId)
        );
        Assert.Equal(
            [true, true, false, false, true],
            run.GetProperty("models").EnumerateArray().Select(model => model.GetProperty("error").ValueKind == JsonValueKind.Null)
        );
        Assert.Equal(["chi", "two"], await NamesAsync("chi"));

        static string WithoutId(JsonElement model) =>
            string.Join(' ', model.EnumerateObject().Where(pair => pair.Name != "id").Select(pair => pair.ToString()));
    }

    [Fact]
    public async Task RelativePaths_AreFound_WhereTheyAreUnambiguous()
    {
        Assert.Equal(Place("chi"), Said(await DryAsync("llama-server -m chi.gguf -c 5"), "model", "model_path"));
        Assert.Equal(Place("psi"), Said(await DryAsync("llama-server -m ../models/psi.gguf -c 5"), "model", "model_path"));
        Assert.Equal(Place("sub/omega"), Said(await DryAsync("llama-server -m ./sub/omega.gguf"), "model", "model_path"));
        Assert.Equal(Place("psi"), Said(await DryAsync("llama-server -m old\\place\\psi.gguf"), "model", "model_path"));
        Assert.Equal(Place("psi"), Said(await DryAsync("docker run image -m /models/psi.gguf"), "model", "model_path"));
        Assert.Equal(Place("style"), Said(await DryAsync("llama-server -m chi.gguf --lora style.gguf"), "lora", "lora"));
        Assert.Equal(
            Place("other/omega"),
            Said(await DryAsync($"cd {_app.ModelFolder}/other\nllama-server -m omega.gguf"), "model", "model_path")
        );
        Assert.Contains(
            "there are several",
            (await DryAsync("llama-server -m omega.gguf")).GetProperty("errors").GetProperty("model_path")[0].GetString()
        );
        Assert.Contains("no such file", (await DryAsync("llama-server -m gone.gguf")).GetProperty("error").GetString());
    }

    [Fact]
    public async Task Engine_OfALine_IsTheModels_WhereItIsHere()
    {
        var engine = EngineScript.Write(_app.Folder);
        var there = await DryAsync($"{engine} -m chi.gguf");
        Assert.Equal(engine, Said(there, "runtime", "engine_path"));
        var away = await DryAsync("/opt/other/llama-server -m chi.gguf");
        Assert.False(away.GetProperty("sections").TryGetProperty("runtime", out _));
        Assert.Contains(
            "/opt/other/llama-server",
            away.GetProperty("ignored").EnumerateArray().Select(flag => flag.GetProperty("flag").GetString())
        );
    }

    [Fact]
    public async Task Scan_KnowsAllModelsOfAFile_AndAFileThatIsIgnoredComesBack()
    {
        await ImportAsync($"llama-server -m {Place("chi")} --alias one", HttpStatusCode.Created);
        await ImportAsync($"llama-server -m {Place("chi")} --alias two", HttpStatusCode.Created);
        await ScanAsync();
        Assert.Equal(["one", "two"], await NamesAsync("chi")); // none is made again
        GgufSamples.Llama("chi new").Add("general.extra", new string('x', 500)).Save(Place("chi"));
        await ScanAsync();
        var sizes = (await RowsAsync("chi")).Select(row => row.GetProperty("file_size_bytes").GetInt64()).Distinct();
        Assert.Equal([new FileInfo(Place("chi")).Length], sizes);
        await _app.Http.DeleteAsync($"/api/models/{await IdAsync("psi")}?ignore=true");
        await ImportAsync($"llama-server -m {Place("psi")} --alias again", HttpStatusCode.Created);
        await ScanAsync();
        Assert.Equal(["again"], await NamesAsync("psi"));
    }

    private static string Said(JsonElement answer, string section, string column) =>
        answer.GetProperty("sections").GetProperty(section).GetProperty(column).GetString()!;

    private string Place(string name) => Path.Combine(_app.ModelFolder, name + ".gguf");

    private Task<ScanResult> ScanAsync() => _app.Services.GetRequiredService<LibraryService>().ScanAsync();

    private async Task<List<JsonElement>> RowsAsync(string file) =>
        [
            .. (await _app.GetAsync("/api/models"))
                .GetProperty("items")
                .EnumerateArray()
                .Where(row => row.GetProperty("model_path").GetString() == Place(file)),
        ];

    private async Task<IEnumerable<string>> NamesAsync(string file) =>
        (await RowsAsync(file)).Select(row => row.GetProperty("name").GetString()!).Order();

    private async Task<long> IdAsync(string name) => (await _app.GetAsync($"/api/models/{name}")).GetProperty("id").GetInt64();

    private async Task<int> ContextAsync(string name) =>
        (await _app.GetAsync($"/api/models/{name}/config/model")).GetProperty("values").GetProperty("ctx_size").GetInt32();

    private Task<JsonElement> ImportAsync(string command, HttpStatusCode expected) =>
        PostAsync("/api/models/import-command", new { command }, expected);

    private Task<JsonElement> DryAsync(string command) =>
        PostAsync("/api/models/import-command", new { command, dry_run = true }, HttpStatusCode.OK);

    private async Task<JsonElement> PostAsync(string path, object body, HttpStatusCode expected)
    {
        var answer = await _app.Http.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(expected == answer.StatusCode, $"{path}: {answer.StatusCode}: {text}");
        return JsonElement.Parse(text);
    }
}
