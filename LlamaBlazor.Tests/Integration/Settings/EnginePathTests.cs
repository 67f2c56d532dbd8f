using System.Net;
using System.Net.Http.Json;
using System.Runtime.Versioning;
using System.Text.Json;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Engines;
using LlamaBlazor.Web.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Settings;

/// <summary>Which programs a path of the API, a page, an import or the database may name as engine.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class EnginePathTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [LinuxTheory]
    [InlineData("llama-server", true)]
    [InlineData("llama-server-vulkan", true)]
    [InlineData("ik-llama-server", true)]
    [InlineData("ik_llama-server", true)]
    [InlineData("script.sh", false)]
    [InlineData("not-llama-server", false)]
    [InlineData("sh", false)]
    public void Program_MustBeNamedLikeAnEngine(string name, bool isAllowed) =>
        Assert.Equal(isAllowed, Rules().Refuse(Program(name)) is null);

    [LinuxFact]
    [EffectOf("LlamaBlazor:EngineDirectories")]
    public void Program_OfAnAllowedFolder_MayHaveAnyName()
    {
        var script = Program("sub/script.sh");
        Assert.Null(Rules(("LlamaBlazor:EngineDirectories:0", _folder.Path)).Refuse(script));
        Assert.Null(Rules(("LlamaBlazor:EnginePath", script)).Refuse(script)); // the configuration names it
        var refusal = Rules(("LlamaBlazor:EngineDirectories:0", _folder.File("other"))).Refuse(script)!;
        Assert.Contains("LlamaBlazor__EngineDirectories__0", refusal);
    }

    [LinuxFact]
    public void Links_AreFollowed_AndWhereTheyLeadCounts()
    {
        var real = Program("builds/9921/llama-server");
        Assert.Null(Rules().Refuse(Link("llama-server", real)));
        Assert.Contains("/bin/", Rules().Refuse(Link("llama-server-2", "/bin/sh")));
        Assert.NotNull(Rules(("LlamaBlazor:EngineDirectories:0", _folder.File("allowed"))).Refuse(Link("allowed/llama-server", "/bin/sh")));
        Assert.NotNull(Rules().Refuse(Link("llama-server-circle", _folder.File("llama-server-circle"))));
    }

    [LinuxFact]
    public void NothingElse_IsAnEngine()
    {
        Directory.CreateDirectory(_folder.File("llama-server-folder"));
        File.WriteAllText(_folder.File("llama-server.txt"), "");
        SmallDisk.Run("mkfifo", "-m", "700", _folder.File("llama-server-pipe"));
        Assert.All(
            new[]
            {
                _folder.File("llama-server-folder"),
                _folder.File("llama-server.txt"),
                _folder.File("llama-server-pipe"),
                _folder.File("llama-server-gone"),
                "llama-server",
                "",
                "/llama-server\n",
                "/" + new string('x', 5000),
            },
            path => Assert.NotNull(Rules().Refuse(path))
        );
    }

    [LinuxFact]
    public void ProgramThatOthersCouldHaveWritten_IsRefused()
    {
        var open = Program("open/llama-server");
        File.SetUnixFileMode(_folder.File("open"), (UnixFileMode)0b111_111_111);
        Assert.Contains("everybody may write", Rules().Refuse(open));
        File.SetUnixFileMode(_folder.File("open"), (UnixFileMode)0b111_101_101);
        Assert.Null(Rules().Refuse(open));
        File.SetUnixFileMode(open, (UnixFileMode)0b111_111_111);
        Assert.Contains("everybody may write", Rules().Refuse(open));
        if (!Environment.IsPrivilegedProcess)
            return;
        File.SetUnixFileMode(open, (UnixFileMode)0b111_101_101);
        OtherUser.Give(open);
        Assert.Contains("belongs to another user", Rules().Refuse(open));
    }

    [LinuxFact]
    public void LibrariesOfOthers_AreNotSearched()
    {
        var folder = _folder.File("libraries");
        Directory.CreateDirectory(folder);
        string? Refuse(string name, string value, params (string, string)[] settings) =>
            Rules(settings).RefuseLibraries([KeyValuePair.Create(name, (string?)value)]);
        Assert.Null(Refuse("LD_LIBRARY_PATH", $"/no/such:{folder}:"));
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);
        Assert.Contains(folder, Refuse("LD_LIBRARY_PATH", $"/no/such:{folder}"));
        Assert.Contains("LlamaBlazor__EngineDirectories__0", Refuse("GGML_BACKEND_PATH", folder));
        Assert.Contains(folder, Refuse("PATH", $"/usr/bin:{folder}"));
        Assert.Null(Refuse("PATH", "/usr/bin:/bin"));
        Assert.Null(Refuse("GGML_SOMETHING", folder));
        Assert.Null(Refuse("LD_LIBRARY_PATH", folder, ("LlamaBlazor:EngineDirectories:0", folder)));
    }

    [LinuxFact]
    public void EngineOfTheCommandLine_Locks_AllButItsFolder()
    {
        var (locked, beside, apart) = (Program("a/llama-server"), Program("a/llama-server-cuda"), Program("b/llama-server"));
        EnginePathRules Locked(params (string, string)[] more) =>
            new(
                new ConfigurationBuilder().AddInMemoryCollection(Pairs(more)).AddCommandLine([$"--LlamaBlazor:EnginePath={locked}"]).Build()
            );
        Assert.Null(Locked().Refuse(locked));
        Assert.Null(Locked().Refuse(beside));
        Assert.Contains("--engine", Locked().Refuse(apart));
        Assert.NotNull(Locked().Refuse(Program("a/tool"))); // its folder may be /usr/bin
        Assert.Null(Locked(("LlamaBlazor:EngineDirectories:0", _folder.File("b"))).Refuse(apart));
    }

    [LinuxFact]
    public async Task Path_IsRefusedBeforeItIsSaved_AndAgainBeforeItIsRun()
    {
        var ran = _folder.File("ran");
        var script = Program("script.sh", $"touch '{ran}'");
        await using var app = new AppFixture();
        await app.InitializeAsync();
        var made = await (
            await app.Http.PostAsJsonAsync("/api/models/import-command", new { command = "llama-server -m /nowhere/x.gguf", name = "x" })
        ).Content.ReadFromJsonAsync<JsonElement>();
        var id = made.GetProperty("model").GetProperty("id").GetInt64();
        using var saved = await app.Http.PatchAsJsonAsync($"/api/models/{id}/config/runtime", new { engine_path = script });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, saved.StatusCode);
        Assert.Contains(
            "EngineDirectories",
            (await saved.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").GetProperty("engine_path")[0].GetString()
        );
        using var launch = await app.Http.PutAsJsonAsync(
            "/api/launch-settings",
            new
            {
                model_directories = Array.Empty<string>(),
                engine_path = script,
                port_range = "40000-40999",
            }
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, launch.StatusCode);

        await app
            .Services.GetRequiredService<LlamaBlazor.Web.Data.DatabaseWriter>()
            .ExecuteAsync(
                (context, token) =>
                    context
                        .Set<RuntimeConfig>()
                        .Where(row => row.ModelId == id)
                        .ExecuteUpdateAsync(row => row.SetProperty(runtime => runtime.EnginePath, script), token)
            );
        var engines = (await app.GetAsync("/api/engines")).GetProperty("items").EnumerateArray();
        Assert.Contains(
            "EngineDirectories",
            engines.Single(engine => engine.GetProperty("path").GetString() == script).GetProperty("error").GetString()
        );
        Assert.Contains(
            "EngineDirectories",
            (await app.Services.GetRequiredService<EngineLocator>().FindAsync(script, CancellationToken.None)).Failure!.Message
        );
        Assert.False(File.Exists(ran), "a script that is no engine was run");
    }

    private static EnginePathRules Rules(params (string Key, string Value)[] settings) =>
        new(new ConfigurationBuilder().AddInMemoryCollection(Pairs(settings)).Build());

    private static IEnumerable<KeyValuePair<string, string?>> Pairs(IEnumerable<(string Key, string Value)> settings) =>
        settings.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value));

    private string Program(string name, string script = "")
    {
        var path = _folder.File(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return path;
    }

    private string Link(string name, string target)
    {
        var path = _folder.File(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.CreateSymbolicLink(path, target);
        return path;
    }
}
