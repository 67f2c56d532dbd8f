using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Integration.Parameters;
using LlamaBlazor.Tests.Integration.Proxy;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Instances;

/// <summary>Server settings that a model may have for itself, by what its engine then does; another model's engine does not.</summary>
public sealed class ModelServerSettingTests(ModelServerSettingTests.App app) : IClassFixture<ModelServerSettingTests.App>
{
    public sealed class App : InstanceHarness
    {
        public App()
        {
            Directory.CreateDirectory(Allowed);
            Directory.CreateDirectory(Folder.File("elsewhere"));
            With("LlamaBlazor:AllowedDirectories:0", Allowed);
        }

        public string Allowed => Folder.File("allowed");
    }

    [LinuxFact]
    public Task Slots_AreSavedAndRestored_WhereTheModelHasAFolder_Simulated() =>
        SaveAndRestoreAsync(EngineScript.Write(app.Folder, "load-ms=0", "tps=2000"), null);

    [RealModelFact]
    public Task Slots_AreSavedAndRestored_WhereTheModelHasAFolder_RealEngine() =>
        SaveAndRestoreAsync(RealEngineFactAttribute.Engine!, RealModelFactAttribute.Model);

    [LinuxFact]
    public Task Switches_HoldForTheModelAlone_Simulated() => SwitchAsync(EngineScript.Write(app.Folder, "load-ms=0", "tps=2000"), null);

    [RealModelFact]
    public async Task Switches_HoldForTheModelAlone_RealEngine()
    {
        var (set, other) = await SwitchAsync(RealEngineFactAttribute.Engine!, RealModelFactAttribute.Model);
        // Answers that only a verbose one gives.
        Assert.True((await ChatAsync(set)).TryGetProperty("__verbose", out _));
        Assert.False((await ChatAsync(other)).TryGetProperty("__verbose", out _));
    }

    [Theory]
    [InlineData("slot_save_path")]
    [InlineData("media_path")]
    public async Task FoldersElsewhere_AreRefusedForAModelToo(string column)
    {
        var model = await app.AddModelAsync("load-ms=0");
        foreach (var path in new[] { app.Folder.File("elsewhere"), "/", Path.Combine(app.Allowed, "..", "elsewhere") })
        {
            var refused = await app.SendAsync(
                HttpMethod.Patch,
                $"/api/models/{model}/config/server",
                new Dictionary<string, string> { [column] = path },
                HttpStatusCode.UnprocessableEntity
            );
            Assert.Equal(column, Assert.Single(refused.GetProperty("errors").EnumerateObject()).Name);
        }
    }

    [Fact]
    public async Task Command_BringsThemAlong()
    {
        var imported = await app.SendAsync(
            HttpMethod.Post,
            "/api/models/import-command",
            new
            {
                command = $"llama-server -m /nowhere/{Guid.NewGuid():N}.gguf --slot-save-path {app.Allowed} --media-path {app.Allowed} "
                    + "--no-slots --no-ui --props --verbose -lv 4",
                name = $"imported-{Guid.NewGuid():N}",
            },
            HttpStatusCode.Created
        );
        var server = imported.GetProperty("sections").GetProperty("server");
        Assert.Equal(
            (app.Allowed, app.Allowed, 0L, 1L, 1L, 1L, 4L),
            (
                server.GetProperty("slot_save_path").GetString(),
                server.GetProperty("media_path").GetString(),
                server.GetProperty("slots_enabled").GetInt64(),
                server.GetProperty("no_webui").GetInt64(),
                server.GetProperty("props_enabled").GetInt64(),
                server.GetProperty("verbose").GetInt64(),
                server.GetProperty("log_verbose").GetInt64()
            )
        );
    }

    private async Task SaveAndRestoreAsync(string engine, string? file)
    {
        var folder = Path.Combine(app.Allowed, Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(folder);
        var with = await StartAsync(engine, file, new() { ["slot_save_path"] = folder, ["media_path"] = app.Allowed });
        var without = await StartAsync(engine, file, []);
        await ChatAsync(with);
        var saved = await SlotAsync(with, "save");
        Assert.Equal(HttpStatusCode.OK, saved.Status);
        Assert.True(saved.Body.GetProperty("n_saved").GetInt32() > 0);
        Assert.True(new FileInfo(Path.Combine(folder, "one.bin")).Length > 0);
        Assert.Equal(HttpStatusCode.OK, (await SlotAsync(with, "erase")).Status);
        var restored = await SlotAsync(with, "restore");
        Assert.Equal(
            (HttpStatusCode.OK, saved.Body.GetProperty("n_saved").GetInt32()),
            (restored.Status, restored.Body.GetProperty("n_restored").GetInt32())
        );
        Assert.Equal(HttpStatusCode.NotImplemented, (await SlotAsync(without, "save")).Status);
        Assert.Contains(app.Allowed, await ArgumentsAsync(with, "--media-path"));
        Assert.Empty(await ArgumentsAsync(without, "--media-path"));
    }

    private async Task<(string Set, string Other)> SwitchAsync(string engine, string? file)
    {
        var set = await StartAsync(
            engine,
            file,
            new()
            {
                ["slots_enabled"] = false,
                ["props_enabled"] = true,
                ["no_webui"] = true,
                ["verbose"] = true,
            }
        );
        var other = await StartAsync(engine, file, []);
        Assert.Equal(HttpStatusCode.NotImplemented, (await app.Http.GetAsync($"/slots?model={set}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await app.Http.GetAsync($"/slots?model={other}")).StatusCode);
        using var changed = await app.Http.PostAsJsonAsync($"/props?model={set}", new { });
        using var refused = await app.Http.PostAsJsonAsync($"/props?model={other}", new { });
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotImplemented), (changed.StatusCode, refused.StatusCode));
        Assert.Contains("--no-ui", await CommandAsync(set));
        Assert.DoesNotContain("--no-ui", await CommandAsync(other));
        await ChatAsync(set); // slots or none: requests find their way
        return (set, other);
    }

    private async Task<string> StartAsync(string engine, string? file, Dictionary<string, object> settings)
    {
        var model = await app.AddModelWithAsync(engine, file);
        await app.SendAsync(
            HttpMethod.Patch,
            $"/api/models/{model}/config/model",
            new Dictionary<string, object> { ["n_parallel"] = 1, ["ctx_size"] = 512 },
            HttpStatusCode.OK
        );
        await app.SendAsync(HttpMethod.Patch, $"/api/models/{model}/config/server", settings, HttpStatusCode.OK);
        return (await app.StartAsync(model)).Model;
    }

    private async Task<string[]> CommandAsync(string name) =>
        (await app.GetAsync($"/api/models/{name}/command")).GetProperty("display").GetString()!.Split(' ');

    private async Task<IReadOnlyList<string>> ArgumentsAsync(string name, string flag)
    {
        var words = await CommandAsync(name);
        return [.. words.Zip(words.Skip(1)).Where(pair => pair.First == flag).Select(pair => pair.Second)];
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> SlotAsync(string name, string action)
    {
        using var answer = await app.Http.PostAsJsonAsync($"/slots/0?action={action}&model={name}", new { filename = "one.bin" });
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    private async Task<JsonElement> ChatAsync(string model)
    {
        using var answer = await app.Http.SendAsync(
            ProxyFixture.Post(
                "/v1/chat/completions",
                JsonSerializer.Serialize(
                    new
                    {
                        model,
                        max_tokens = 4,
                        messages = new[] { new { role = "user", content = "hi" } },
                    }
                )
            )
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
