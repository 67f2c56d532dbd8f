using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Integration.Downloads;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Downloads;
using LlamaBlazor.Web.Parameters;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Parameters;

/// <summary>A draft model that is named by its address is in the command of a start as the file that was downloaded.</summary>
public sealed class DraftLaunchTests(DownloadFixture app) : IClassFixture<DownloadFixture>
{
    [LinuxFact]
    public async Task DraftByAddress_IsDownloaded_AndPassedAsAPath()
    {
        app.Mirror.Serve("/launch-draft.gguf");
        var url = app.Mirror.Url("/launch-draft.gguf");
        var made = await app.Http.PostAsJsonAsync(
            "/api/models/import-command",
            new { command = "llama-server -m /nowhere/drafted.gguf", name = "drafted" }
        );
        var id = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("model").GetProperty("id").GetInt64();
        (
            await app.Http.PatchAsJsonAsync($"/api/models/{id}/config/runtime", new { engine_path = EngineScript.Write(app.Folder) })
        ).EnsureSuccessStatusCode();
        (await app.Http.PatchAsJsonAsync($"/api/models/{id}/config/lora", new { model_url_draft = url })).EnsureSuccessStatusCode();
        var command = (await app.Services.GetRequiredService<LaunchCommandFactory>().CreateAsync(id, 40000, CancellationToken.None)).Value;
        var path = app.Services.GetRequiredService<DraftDownloads>().PathOf(url);
        Assert.True(File.Exists(path));
        var words = command.Arguments.ToList();
        Assert.Equal([path, "--spec-type", "draft-simple"], words.Skip(words.IndexOf("--spec-draft-model") + 1).Take(3));
        Assert.DoesNotContain(url, words);
    }
}
