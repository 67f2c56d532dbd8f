using System.Net;
using System.Text.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Parameters;

/// <summary>One where the configuration allows a folder more.</summary>
public sealed class AllowedFixture : AppFixture
{
    public AllowedFixture()
    {
        Directory.CreateDirectory(Allowed);
        Directory.CreateDirectory(Folder.File("outside"));
        File.WriteAllText(Secret, "a secret of the user");
        File.WriteAllText(Path.Combine(ModelFolder, "template.jinja"), "{{ messages }}");
        With("LlamaBlazor:AllowedDirectories:0", Allowed);
    }

    public string Allowed => Folder.File("allowed");

    public string Secret => Folder.File("outside/secret.txt");
}

/// <summary>Settings lead engines to files that are meant for them, and to no others.</summary>
public sealed class AllowedPathTests(AllowedFixture app) : IClassFixture<AllowedFixture>
{
    [Theory]
    [InlineData("server", "chat_template_file")]
    [InlineData("server", "webui_config_file")]
    [InlineData("sampling", "grammar_file")]
    [InlineData("sampling", "json_schema_file")]
    [InlineData("lora", "lookup_cache_static")]
    [InlineData("lora", "lookup_cache_dynamic")]
    [InlineData("server", "log_file")]
    [InlineData("lora", "model_draft")]
    [InlineData("lora", "lora")]
    [InlineData("lora", "lora_scaled")]
    [InlineData("lora", "control_vector")]
    [InlineData("multimodal", "mmproj")]
    public async Task FileElsewhere_IsRefused_WithItsKey(string section, string column)
    {
        var data = app.Services.GetRequiredService<DataFolder>();
        var link = Path.Combine(app.ModelFolder, "link-" + column);
        File.CreateSymbolicLink(link, app.Secret);
        foreach (
            var path in new[]
            {
                app.Secret,
                Path.Combine(app.ModelFolder, "..", "outside", "secret.txt"),
                "../outside/secret.txt",
                link,
                data.Database,
                Path.Combine(data.Root, ".lock"),
                Path.Combine(data.Keys, "dashboard-pass"),
            }
        )
        {
            File.AppendAllText(Path.Combine(data.Keys, "dashboard-pass"), "");
            var value = column.EndsWith("_scaled", StringComparison.Ordinal) ? path + ":0.5" : path;
            var errors = await RefusedAsync(
                section,
                column,
                column is "lora" or "lora_scaled" or "control_vector" ? new[] { value } : value
            );
            Assert.Equal(column, Assert.Single(errors.EnumerateObject()).Name);
        }
    }

    [Theory]
    [InlineData("slot_save_path")]
    [InlineData("media_path")]
    [InlineData("path")]
    [InlineData("log_prompts_dir")]
    public async Task FolderElsewhere_IsRefused_WithItsKey(string column)
    {
        var data = app.Services.GetRequiredService<DataFolder>();
        foreach (var path in new[] { app.Folder.File("outside"), data.Root, data.Keys, data.Backups, "/", "." })
            Assert.Contains(
                "LlamaBlazor:AllowedDirectories",
                (await RefusedAsync("server", column, path)).GetProperty(column)[0].GetString()
            );
    }

    [Fact]
    [EffectOf("LlamaBlazor:AllowedDirectories")]
    public async Task FoldersThatAreMeantForIt_AreTaken()
    {
        var data = app.Services.GetRequiredService<DataFolder>();
        await PatchAsync("server", "chat_template_file", Path.Combine(app.ModelFolder, "template.jinja"), HttpStatusCode.OK);
        await PatchAsync("server", "log_file", Path.Combine(app.Allowed, "engine.log"), HttpStatusCode.OK);
        await PatchAsync("server", "log_file", Path.Combine(data.Root, "engine-files", "engine.log"), HttpStatusCode.OK);
        await PatchAsync("server", "log_file", "engine-files/engine.log", HttpStatusCode.OK);
        await RefusedAsync("server", "log_file", Path.Combine(app.ModelFolder, "model.gguf")); // a model would be emptied
        foreach (var column in new[] { "chat_template_file", "log_file" })
            await PatchAsync("server", column, null, HttpStatusCode.OK);
    }

    [Fact]
    public async Task FlagWithoutAField_LeadsNoFurther()
    {
        var data = app.Services.GetRequiredService<DataFolder>();
        foreach (
            var path in new[]
            {
                app.Secret,
                "../outside/secret.txt",
                Path.Combine(app.ModelFolder, "template.jinja"),
                Path.Combine(app.Folder.File("outside"), "new.log"),
                data.Database,
            }
        )
        {
            await RefusedAsync("advanced", "custom_params", new Dictionary<string, object> { ["--system-prompt-file"] = path });
            await RefusedAsync("advanced", "custom_params", new Dictionary<string, object> { ["--logdir"] = new[] { "x", path } });
        }

        foreach (var text in new[] { "/v2", "a/b", "3", Path.Combine(app.Allowed, "x.txt"), "/nowhere/x.txt" })
            await PatchAsync("advanced", "custom_params", new Dictionary<string, object> { ["--some-flag"] = text }, HttpStatusCode.OK);
        await PatchAsync("advanced", "custom_params", null, HttpStatusCode.OK);
    }

    [Fact]
    public async Task Weights_MayLieAnywhere()
    {
        var path = app.Folder.File("outside/adapter.gguf");
        await File.WriteAllBytesAsync(path, "GGUF\u0003\0\0\0"u8.ToArray());
        await PatchAsync("multimodal", "mmproj", path, HttpStatusCode.OK);
        await PatchAsync("multimodal", "mmproj", null, HttpStatusCode.OK);
    }

    [Fact]
    public async Task ModelFile_IsWeights_WhereverItLies()
    {
        var text = Path.Combine(app.ModelFolder, "text.gguf");
        await File.WriteAllTextAsync(text, "GGU");
        var link = Path.Combine(app.ModelFolder, "link.gguf");
        File.CreateSymbolicLink(link, app.Secret);
        foreach (var path in new[] { app.Secret, text, link, "../outside/secret.txt", app.ModelFolder })
        {
            var errors = await RefusedAsync("model", "model_path", path);
            Assert.Contains("no model", errors.GetProperty("model_path")[0].GetString());
        }

        await File.WriteAllTextAsync(text, "GGUF and more");
        await PatchAsync("model", "model_path", text, HttpStatusCode.OK);
        using (var command = await app.Http.GetAsync($"/api/models/{await ModelAsync()}/command"))
            Assert.DoesNotContain("no model", await command.Content.ReadAsStringAsync());
        await File.WriteAllTextAsync(text, "changed since");
        using (var command = await app.Http.GetAsync($"/api/models/{await ModelAsync()}/command"))
            Assert.Equal(HttpStatusCode.UnprocessableEntity, command.StatusCode);
        await PatchAsync("model", "model_path", "/nowhere/path-test.gguf", HttpStatusCode.OK); // on a disk that is away
    }

    [Fact]
    public async Task PathThatLeadsElsewhereByNow_DoesNotReachAnEngine()
    {
        var path = Path.Combine(app.ModelFolder, "turned.jinja");
        await File.WriteAllTextAsync(path, "{{ messages }}");
        await PatchAsync("server", "chat_template_file", path, HttpStatusCode.OK);
        var model = await ModelAsync();
        File.Delete(path);
        File.CreateSymbolicLink(path, app.Secret);
        using var command = await app.Http.GetAsync($"/api/models/{model}/command");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, command.StatusCode);
        Assert.Contains("chat_template_file", await command.Content.ReadAsStringAsync());
        await PatchAsync("server", "chat_template_file", null, HttpStatusCode.OK);
    }

    [Fact]
    public async Task ImportedCommand_LosesThatFieldAlone_AndSaysSo()
    {
        var answer = await app.SendAsync(
            HttpMethod.Post,
            "/api/models/import-command",
            new { command = $"llama-server -m /nowhere/a.gguf --temp 0.3 --grammar-file {app.Secret}", name = "imported" },
            HttpStatusCode.Created
        );
        Assert.Contains(
            answer.GetProperty("not_understood").EnumerateArray(),
            word =>
                word.GetProperty("field").GetString() == "grammar_file"
                && word.GetProperty("token").GetString() == $"--grammar-file {app.Secret}"
        );
        Assert.False(answer.GetProperty("sections").GetProperty("sampling").TryGetProperty("grammar_file", out _));
        Assert.Equal(0.3, answer.GetProperty("sections").GetProperty("sampling").GetProperty("temperature").GetDouble());
        var preset = await app.SendAsync(
            HttpMethod.Post,
            "/api/presets/import",
            new { text = $"[one]\nmodel = /nowhere/b.gguf\ntemp = 0.4\ngrammar-file = {app.Secret}\n", dry_run = false },
            HttpStatusCode.OK
        );
        Assert.Equal(JsonValueKind.Null, preset.GetProperty("models")[0].GetProperty("error").ValueKind);
    }

    private async Task<JsonElement> RefusedAsync(string section, string column, object value) =>
        (await PatchAsync(section, column, value, HttpStatusCode.UnprocessableEntity)).GetProperty("errors");

    private async Task<JsonElement> PatchAsync(string section, string column, object? value, HttpStatusCode status)
    {
        var path = section == "server" ? "/api/server-config" : $"/api/models/{await ModelAsync()}/config/{section}";
        return await app.SendAsync(HttpMethod.Patch, path, new Dictionary<string, object?> { [column] = value }, status);
    }

    private async Task<long> ModelAsync()
    {
        var found = (await app.GetAsync("/api/models?q=path-test")).GetProperty("items");
        if (found.GetArrayLength() > 0)
            return found[0].GetProperty("id").GetInt64();
        return (
            await app.SendAsync(
                HttpMethod.Post,
                "/api/models/import-command",
                new { command = "llama-server -m /nowhere/p.gguf", name = "path-test" },
                HttpStatusCode.Created
            )
        )
            .GetProperty("model")
            .GetProperty("id")
            .GetInt64();
    }
}
