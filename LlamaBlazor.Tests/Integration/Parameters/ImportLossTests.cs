using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Parameters;

/// <summary>Nothing of an imported file is lost without a word.</summary>
public sealed class ImportLossTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Theory]
    [InlineData("models:\n  x:\n    cmd: llama-server -m /bom.gguf\n")]
    [InlineData("services:\n  x:\n    image: ghcr.io/ggml-org/llama.cpp:server\n    command: -m /bom.gguf\n")]
    [InlineData("[Service]\nExecStart=/usr/bin/llama-server -m /bom.gguf\n")]
    [InlineData("[x]\nmodel = /bom.gguf\n")]
    public async Task ByteOrderMark_IsNoPartOfAFile(string text)
    {
        Assert.Equal("/bom.gguf", Path(Assert.Single(Models(await FileAsync("\ufeff" + text)))));
        var command = text[0] == '[' && text[1] == 'x' ? "llama-server -m /bom.gguf" : text;
        Assert.Equal("/bom.gguf", Path(await CommandAsync("\ufeff" + command)));
    }

    [Fact]
    public async Task EachDocument_OfAFile_IsReadOrReported()
    {
        var answer = await FileAsync(
            "models: {x: {cmd: llama-server -m /x.gguf}}\n---\nmodels: {y: {cmd: llama-server -m /y.gguf}}\n---\nother: 1\n---\n"
        );
        Assert.Equal(["x", "y"], Models(answer).Select(Name));
        Assert.Equal(["document 3"], Tokens(answer));
    }

    [Fact]
    public async Task ServicesOfOneFile_AreCalledAsTheServices()
    {
        const string Image = "image: ghcr.io/ggml-org/llama.cpp:server";
        var answer = await FileAsync(
            "services:\n"
                + $"  small: {{{Image}, command: [-m, /one/loss-a.gguf, -c, '1']}}\n"
                + $"  large: {{{Image}, command: [-m, /two/loss-a.gguf, -c, '2']}}\n"
        );
        Assert.Equal(["loss-a", "large"], Models(answer).Select(Name));
        Assert.All(Models(answer), model => Assert.Equal(JsonValueKind.Null, model.GetProperty("error").ValueKind));
    }

    [Fact]
    public async Task AliasThatIsTaken_TakesNoOtherAlong()
    {
        var made = await FileAsync("models: {loss-taken: {cmd: llama-server -m /nowhere/t.gguf}}", dryRun: false);
        Assert.NotEqual(JsonValueKind.Null, Models(made)[0].GetProperty("id").ValueKind);
        var model = Models(
            await FileAsync("models: {loss-new: {cmd: llama-server -m /nowhere/n.gguf, aliases: [loss-taken, 'loss-gpt-*', loss-e1]}}")
        )[0];
        Assert.Equal(
            ["loss-gpt-*", "loss-e1"],
            model.GetProperty("sections").GetProperty("runtime").GetProperty("aliases").EnumerateArray().Select(name => name.GetString())
        );
        Assert.Equal(["loss-taken"], Tokens(model));
        Assert.Equal(JsonValueKind.Null, model.GetProperty("error").ValueKind);
    }

    [Theory]
    [InlineData("macros: [a, b]\n", "", "macros")]
    [InlineData("macros: {a: [b]}\n", "", "macros")]
    [InlineData("groups: [a]\n", "", "groups")]
    [InlineData("", "macros: [a]", "macros")]
    [InlineData("", "aliases: {a: b}", "aliases")]
    [InlineData("", "aliases: [a, [b]]", "aliases")]
    [InlineData("", "env: {A: [b]}", "env")]
    [InlineData("", "filters: [a]", "filters")]
    public async Task KeyOfAnotherForm_IsReported(string file, string key, string token)
    {
        var answer = await FileAsync($"{file}models:\n  loss-form:\n    cmd: llama-server -m /x.gguf\n    {key}\n");
        Assert.Contains(token, key.Length > 0 ? Tokens(Models(answer)[0]) : Tokens(answer));
    }

    [Fact]
    public async Task Quadlet_IsAModel()
    {
        var answer = await FileAsync(
            "[Container]\nImage=ghcr.io/ggml-org/llama.cpp:server\nVolume=/srv/m:/models\nExec=-m /models/quadlet.gguf -c 4096\n"
        );
        Assert.Equal("/srv/m/quadlet.gguf", Path(Assert.Single(Models(answer))));
    }

    [Fact]
    public async Task OpenQuote_MakesNoModel_AndIsTheErrorOfADryRun()
    {
        const string Command = "llama-server -m '/x.gguf -c 100";
        Assert.Contains("not closed", (await CommandAsync(Command)).GetProperty("error").GetString());
        using var answer = await app.Http.PostAsJsonAsync("/api/models/import-command", new { command = Command });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var file = await FileAsync("models:\n  loss-open:\n    cmd: llama-server -m \"/x.gguf -c 100\n");
        Assert.Contains("not closed", file.GetRawText());
        Assert.Empty(Models(file));
    }

    private static List<JsonElement> Models(JsonElement answer) => [.. answer.GetProperty("models").EnumerateArray()];

    private static string? Name(JsonElement model) => model.GetProperty("name").GetString();

    private static string? Path(JsonElement model) =>
        model.GetProperty("sections").GetProperty("model").GetProperty("model_path").GetString();

    private static IEnumerable<string?> Tokens(JsonElement answer) =>
        answer.GetProperty("not_understood").EnumerateArray().Select(word => word.GetProperty("token").GetString());

    private Task<JsonElement> FileAsync(string text, bool dryRun = true) =>
        PostAsync("/api/presets/import", new { text, dry_run = dryRun });

    private Task<JsonElement> CommandAsync(string command) => PostAsync("/api/models/import-command", new { command, dry_run = true });

    private async Task<JsonElement> PostAsync(string path, object body)
    {
        using var answer = await app.Http.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {answer.StatusCode}: {text}");
        return JsonElement.Parse(text);
    }
}
