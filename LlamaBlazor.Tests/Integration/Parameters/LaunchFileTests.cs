using System.Net.Http.Json;
using LlamaBlazor.Tests.Integration.Instances;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Parameters;

/// <summary>Files of a launch that are not there: told by what they are, before anything is started, by the dry run and by the check of the
/// command.</summary>
public sealed class LaunchFileTests(InstanceHarness app) : IClassFixture<InstanceHarness>
{
    [LinuxTheory]
    [InlineData("lora", "lora", "/gone/adapter.gguf", "LoRA adapter /gone/adapter.gguf")]
    [InlineData("lora", "lora_scaled", "/gone/adapter.gguf:0.5", "LoRA adapter /gone/adapter.gguf")]
    [InlineData("lora", "control_vector", "/gone/vector.gguf", "control vector /gone/vector.gguf")]
    [InlineData("lora", "model_draft", "/gone/draft.gguf", "draft model /gone/draft.gguf")]
    [InlineData("multimodal", "mmproj", "/gone/projector.gguf", "projector /gone/projector.gguf")]
    public async Task MissingFile_IsNamedAsItself(string section, string column, string value, string words)
    {
        var model = await app.AddModelAsync("load-ms=0");
        using var saved = await app.Http.PatchAsJsonAsync(
            $"/api/models/{model}/config/{section}",
            new Dictionary<string, string> { [column] = value }
        );
        Assert.True(saved.IsSuccessStatusCode, await saved.Content.ReadAsStringAsync());
        await AssertRefusedAsync(model, words);
    }

    [LinuxFact]
    public async Task SplitModel_WithAMissingPart_IsRefused_UntilThePartIsThere()
    {
        var parts = Enumerable.Range(1, 3).Select(part => Path.Combine(app.ModelFolder, $"split-0000{part}-of-00003.gguf")).ToList();
        foreach (var part in new[] { parts[0], parts[2] })
            await File.WriteAllBytesAsync(part, [.. "GGUF"u8, 3, 0, 0, 0]);
        var model = await app.AddModelWithAsync(EngineScript.Write(app.Folder, "load-ms=0"), parts[0]);
        await AssertRefusedAsync(model, parts[1]);
        await File.WriteAllBytesAsync(parts[1], [.. "GGUF"u8, 3, 0, 0, 0]);
        Assert.Equal(200, (await app.PostAsync($"/api/models/{model}/start?dry_run=true")).Status);
        await app.StartAsync(model);
    }

    private async Task AssertRefusedAsync(long model, string words)
    {
        foreach (var path in new[] { "start?dry_run=true", "start" })
        {
            var (status, body) = await app.PostAsync($"/api/models/{model}/{path}");
            Assert.Equal(409, status);
            Assert.Contains(words, body.GetProperty("detail").GetString());
        }

        var (_, check) = await app.PostAsync($"/api/models/{model}/check");
        Assert.False(check.GetProperty("ok").GetBoolean());
        Assert.Contains(check.GetProperty("errors").EnumerateArray(), error => error.GetString()!.Contains(words));
    }
}
