using System.Net;
using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Tests.Domain.Parameters;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Instances;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Parameters;

/// <summary>Engines of several ages, behind wrappers, and broken ones: what the API, a command and a start make of them.</summary>
public sealed class EngineAgeTests(EngineAgeTests.App app) : IClassFixture<EngineAgeTests.App>
{
    public sealed class App : AppFixture
    {
        public override async ValueTask InitializeAsync()
        {
            With("LlamaBlazor:EnginePath", EngineScript.Write(Folder));
            await base.InitializeAsync();
        }
    }

    [LinuxTheory]
    [InlineData("version: 0.4.1-dev (build 11064, commit a894dae93)\nbuilt with Clang 20.1.8 for Linux x86_64\n", "b11064 (a894dae93)")]
    [InlineData("version: 9921 (edad86bbe)\r\nbuilt with MSVC\r\n", "b9921 (edad86bbe)")]
    public async Task Version_OfEitherForm_IsRead(string version, string expected)
    {
        var engine = await FindAsync(AgedEngine.Write(app.Folder, EngineHelpForms.Current, version));
        Assert.Equal(expected, engine.GetProperty("version").GetString());
        Assert.Equal(JsonValueKind.Null, engine.GetProperty("error").ValueKind);
        Assert.Empty(engine.GetProperty("warnings").EnumerateArray());
    }

    [LinuxFact]
    public async Task VersionThatIsNotUnderstood_IsAWarning_AndTheFlagsAreReadAllTheSame()
    {
        var engine = await FindAsync(AgedEngine.Write(app.Folder, EngineHelpForms.Early2024, "error: unknown argument: --version"));
        Assert.Equal(JsonValueKind.Null, engine.GetProperty("version").ValueKind);
        Assert.Equal(JsonValueKind.Null, engine.GetProperty("error").ValueKind);
        Assert.Contains("error: unknown argument: --version", Assert.Single(engine.GetProperty("warnings").EnumerateArray()).GetString());
        Assert.Equal(26, engine.GetProperty("flag_count").GetInt32());
    }

    [LinuxFact]
    public async Task Banner_OfAWrapper_IsReadOver()
    {
        const string Banner =
            "echo ':: initializing environment ...'; echo 'ggml_cuda_init: found 1 CUDA devices' >&2; printf '\\033[1m-- ready "
            + "--\\033[0m\\r\\n'";
        var engine = await FindAsync(AgedEngine.Write(app.Folder, EngineHelpForms.Fork, before: Banner));
        Assert.Equal("b9921 (edad86bbe)", engine.GetProperty("version").GetString());
        Assert.Equal(24, engine.GetProperty("flag_count").GetInt32());
    }

    [LinuxFact]
    public async Task Command_ForAnOldEngine_SaysSwitchesByItsForm_AndLeavesOutWhatItLacks()
    {
        var model = await app.AddModelAsync("of-2024", AgedEngine.Write(app.Folder, EngineHelpForms.Late2024, "version: 3900 (0ld)"));
        await app.SendAsync(HttpMethod.Patch, $"{model}/config/sampling", new { flash_attn = "on" }, HttpStatusCode.OK);
        await app.SendAsync(HttpMethod.Patch, $"{model}/config/memory", new { mlock = 1 }, HttpStatusCode.OK);
        await app.SendAsync(
            HttpMethod.Patch,
            $"{model}/config/advanced",
            new { custom_params = new Dictionary<string, object> { ["--foo-new"] = true, ["--verbosity"] = 2 } },
            HttpStatusCode.UnprocessableEntity
        ); // has a field of its own
        await app.SendAsync(
            HttpMethod.Patch,
            $"{model}/config/advanced",
            new { custom_params = new Dictionary<string, object> { ["--foo-new"] = true } },
            HttpStatusCode.OK
        );
        var command = await app.GetAsync($"{model}/command");
        var words = command.GetProperty("arguments").EnumerateArray().Select(word => word.GetString()!).ToList();
        Assert.StartsWith("--", words[words.IndexOf("--flash-attn") + 1]);
        Assert.DoesNotContain("--foo-new", words);
        Assert.DoesNotContain("--mlock", words);
        var warnings = command.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!).ToList();
        Assert.Contains(warnings, warning => warning.Contains("--foo-new"));
        Assert.Contains(warnings, warning => warning.Contains("b3900 (0ld)") && warning.Contains("--mlock"));
    }

    [LinuxFact]
    public async Task HelpThatIsNotUnderstood_IsToldEverywhere_AndAStartIsTriedAllTheSame()
    {
        var path = AgedEngine.Write(app.Folder, "options: see the manual\n");
        var model = await app.AddModelAsync("silent", path);
        await File.WriteAllBytesAsync(app.Folder.File("silent.gguf"), [.. "GGUF"u8, 3, 0, 0, 0]);
        await app.SendAsync(
            HttpMethod.Patch,
            $"{model}/config/model",
            new { model_path = app.Folder.File("silent.gguf") },
            HttpStatusCode.OK
        );
        await app.SendAsync(
            HttpMethod.Patch,
            $"{model}/config/advanced",
            new { custom_params = new Dictionary<string, object> { ["--ctx-size-draft"] = 16000 } },
            HttpStatusCode.OK
        );
        var engines = (await app.GetAsync("/api/engines")).GetProperty("items").EnumerateArray();
        var error = engines.Single(engine => engine.GetProperty("path").GetString() == path).GetProperty("error").GetString()!;
        Assert.Contains("lists no --model and --port", error);
        var command = await app.GetAsync($"{model}/command");
        Assert.DoesNotContain(command.GetProperty("arguments").EnumerateArray(), word => word.GetString() == "--ctx-size-draft");
        Assert.Contains(command.GetProperty("warnings").EnumerateArray(), warning => warning.GetString()!.Contains(error));
        var started = await StartAsync("silent");
        Assert.True(started.IsSuccess, started.Failure?.Message);
    }

    [LinuxTheory]
    [InlineData(
        "error while loading shared libraries: libcudart.so.12: cannot open shared object file: No such file or directory",
        "LD_LIBRARY_PATH"
    )]
    [InlineData("/lib/libc.so.6: version `GLIBC_2.38' not found (required by llama-server)", "use a build made for this system")]
    public async Task MissingLibrary_IsToldInTheLoadersWords_AtTheProbeAndAtAStart(string words, string hint)
    {
        var path = EngineScript.WriteRaw(app.Folder, $"echo \"llama-server: {words.Replace("`", "\\`")}\" >&2; exit 127");
        var engine = await FindAsync(path, $"broken-{hint.Length}");
        Assert.Contains(words, engine.GetProperty("error").GetString());
        Assert.Contains(hint, engine.GetProperty("error").GetString());
        await File.WriteAllBytesAsync(app.Folder.File("broken.gguf"), [.. "GGUF"u8, 3, 0, 0, 0]);
        await app.SendAsync(
            HttpMethod.Patch,
            $"/api/models/broken-{hint.Length}/config/model",
            new { model_path = app.Folder.File("broken.gguf") },
            HttpStatusCode.OK
        );
        var detail = (await StartAsync($"broken-{hint.Length}")).Failure!.Message;
        Assert.Contains(words, detail);
        Assert.Contains(hint, detail);
    }

    [LinuxFact]
    public async Task EngineThatNeedsAVariable_IsUnderstoodWithThoseOfItsModel()
    {
        const string Words = "error while loading shared libraries: libggml-base.so: cannot open shared object file";
        var need = $"[ \"$LD_LIBRARY_PATH\" = /opt/llama/lib ] || {{ echo \"llama-server: {Words}\" >&2; exit 127; }}";
        var path = AgedEngine.Write(app.Folder, EngineHelpForms.Current, before: need);
        Assert.Contains(Words, (await FindAsync(path, "needy")).GetProperty("error").GetString());
        var environment = new Dictionary<string, string> { ["LD_LIBRARY_PATH"] = "/opt/llama/lib" };
        await app.SendAsync(HttpMethod.Patch, "/api/models/needy/config/server", new { environment }, HttpStatusCode.OK);
        var engines = (await app.GetAsync("/api/engines")).GetProperty("items").EnumerateArray();
        Assert.Equal(
            "b9921 (edad86bbe)",
            engines.Single(engine => engine.GetProperty("path").GetString() == path).GetProperty("version").GetString()
        );
        var warnings = (await app.GetAsync("/api/models/needy/command")).GetProperty("warnings").EnumerateArray();
        Assert.DoesNotContain(warnings, warning => warning.GetString()!.Contains(Words));
    }

    private async Task<Result<InstanceSnapshot>> StartAsync(string name)
    {
        var id = (await app.GetAsync($"/api/models/{name}")).GetProperty("id").GetInt64();
        return await app.Services.GetRequiredService<InstanceSupervisor>().EnsureReadyAsync(id, CancellationToken.None);
    }

    private async Task<JsonElement> FindAsync(string path, string? name = null)
    {
        await app.AddModelAsync(name ?? $"aged-{Guid.NewGuid():N}", path);
        return (await app.GetAsync("/api/engines"))
            .GetProperty("items")
            .EnumerateArray()
            .Single(engine => engine.GetProperty("path").GetString() == path);
    }
}
