using System.Net;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Tests.Integration.Parameters;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Engines;
using LlamaBlazor.Web.Engines.Processes;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Engines;

/// <summary>The check of a command by its engine, with scripts for engines.</summary>
public sealed class CommandCheckTests(AppFixture app) : IClassFixture<AppFixture>
{
    private const string Help =
        "printf '%s\\n' '-m, --model FNAME   model' '--port PORT   port' '--host HOST   address' '--log-file FNAME   log' '--x N   new'";

    [LinuxFact]
    public async Task Refusal_IsTheEnginesOwnWords_WithoutSecrets()
    {
        var model = await AddAsync("refused", "echo \"error: invalid argument: $HF_TOKEN\" >&2; exit 1");
        await app.SendAsync(HttpMethod.Patch, $"{model}/config/model", new { hf_token = "hf_hidden" }, HttpStatusCode.OK);
        var verdict = await app.SendAsync(HttpMethod.Post, $"{model}/check", new { }, HttpStatusCode.OK);
        Assert.False(verdict.GetProperty("ok").GetBoolean());
        Assert.Equal("error: invalid argument: ***", Assert.Single(verdict.GetProperty("errors").EnumerateArray()).GetString());
    }

    [LinuxFact]
    public async Task Engine_IsAskedInTheFolderOfAStart_WithoutItsLogFile_AndStopsInAnyCase()
    {
        var seen = app.Folder.File("seen");
        var model = await AddAsync("accepted", $"{{ pwd; printf '%s\\n' \"$@\"; }} > '{seen}'");
        await app.SendAsync(HttpMethod.Patch, "/api/server-config", new { log_file = "/nowhere/engine.log" }, HttpStatusCode.OK);
        var verdict = await app.SendAsync(HttpMethod.Post, $"{model}/check", new { }, HttpStatusCode.OK);
        await app.SendAsync(HttpMethod.Patch, "/api/server-config", new { log_file = (string?)null }, HttpStatusCode.OK);
        Assert.True(verdict.GetProperty("ok").GetBoolean());
        var lines = await File.ReadAllLinesAsync(seen);
        Assert.Equal(app.Services.GetRequiredService<DataFolder>().Root, lines[0]);
        Assert.DoesNotContain("--log-file", lines);
        Assert.DoesNotContain("/nowhere/engine.log", lines);
        Assert.Equal(["--version", "--version"], lines[^2..]); // a flag of the user's own may swallow the first
    }

    [LinuxFact]
    public async Task SilentRefusal_SaysSo()
    {
        var model = await AddAsync("silent", "exit 3");
        var verdict = await app.SendAsync(HttpMethod.Post, $"{model}/check", new { }, HttpStatusCode.OK);
        Assert.Contains("code 3", verdict.GetProperty("errors")[0].GetString());
    }

    [LinuxFact]
    public async Task Engine_ThatDoesNotEnd_IsEnded()
    {
        var check = new CommandCheck(
            new EngineTool(
                new ToolRunner(app.Services.GetRequiredService<ProbeStarter>(), new FastClock()),
                app.Services.GetRequiredService<DataFolder>()
            )
        );
        var engine = EngineScript.WriteRaw(app.Folder, "exec sleep 600");
        var verdict = await check.RunAsync(new LaunchCommand(engine, [], new Dictionary<string, string>()), CancellationToken.None);
        Assert.Contains("did not answer within 15 seconds", verdict.Failure!.Message);
    }

    [LinuxFact]
    public async Task Rules_BetweenFields_AreSaidWithTheCommand()
    {
        var model = await AddAsync("conflict", "exit 0");
        await app.SendAsync(HttpMethod.Patch, $"{model}/config/model", new { batch_size = 256, ubatch_size = 1024 }, HttpStatusCode.OK);
        var check = await app.SendAsync(HttpMethod.Post, $"{model}/check", new { }, HttpStatusCode.OK);
        Assert.All(
            [await app.GetAsync($"{model}/command"), check],
            answer =>
                Assert.Contains(answer.GetProperty("warnings").EnumerateArray(), warning => warning.GetString()!.Contains("micro-batch"))
        );
    }

    [LinuxFact]
    public async Task RelativePath_IsAWarning()
    {
        var model = await AddAsync("relative", "exit 0");
        await app.SendAsync(HttpMethod.Patch, $"{model}/config/lora", new { lora = "a.gguf" }, HttpStatusCode.OK);
        await app.SendAsync(HttpMethod.Patch, $"{model}/config/sampling", new { grammar_file = "/nowhere/a.gbnf" }, HttpStatusCode.OK);
        var warnings = (await app.GetAsync($"{model}/command"))
            .GetProperty("warnings")
            .EnumerateArray()
            .Select(warning => warning.GetString()!)
            .ToList();
        Assert.Contains(warnings, warning => warning.Contains("a.gguf is relative") && warning.Contains("absolute path"));
        Assert.Contains(warnings, warning => warning.Contains("There is no /nowhere/a.gbnf"));
    }

    [LinuxFact]
    public async Task MoreGpusThanTheEngineSees_IsAWarningOfTheApi()
    {
        var model = await AddAsync("gpus", "exit 0");
        var answer = await app.SendAsync(HttpMethod.Patch, $"{model}/config/gpu", new { tensor_split = "3,1" }, HttpStatusCode.OK);
        Assert.Contains(
            "sees 1",
            Assert
                .Single(
                    answer.GetProperty("warnings").EnumerateArray(),
                    warning => warning.GetProperty("field").GetString() == "tensor_split"
                )
                .GetProperty("message")
                .GetString()
        );
    }

    private async Task<string> AddAsync(string name, string otherwise)
    {
        var engine = EngineScript.WriteRaw(
            app.Folder,
            $"""
            case "$1" in
            --version) echo 'version: 9000 (abc)' ;;
            --help) {Help} ;;
            --list-devices) printf '%s\n' '  CUDA0: Test Card (24080 MiB, 23500 MiB free)' ;;
            *) {otherwise} ;;
            esac
            """
        );
        return await app.AddModelAsync(name, engine);
    }

    // Fifteen seconds are over at once.
    private sealed class FastClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime / 100, period);
    }
}
