using System.Net;
using LlamaBlazor.Tests.Integration.Parameters;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Engines;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Engines;

/// <summary>Engines side by side, each asked what it can do.</summary>
public sealed class EngineProbeTests(EngineProbeTests.App app) : IClassFixture<EngineProbeTests.App>
{
    // An engine of some years ago: few flags, one of them by its old name.
    private const string Old = """
        case "$1" in
        --version) echo 'version: 3800 (0ld)' >&2 ;;
        --help) printf '%s\n' '-h, --help   print usage' '-m, --model FNAME   model' '-c, --ctx-size N   context' '--host HOST   address' '--port PORT   port' '--metrics   counters' '-td, --threads-draft N   threads' '--draft N   the argument has been removed' ;;
        --list-devices) printf '%s\n' 'Available devices:' '  CUDA0: Test Card (24080 MiB, 23500 MiB free)' ;;
        esac
        """;

    public sealed class App : AppFixture
    {
        public override async ValueTask InitializeAsync()
        {
            With("LlamaBlazor:EnginePath", EngineScript.Write(Folder));
            await base.InitializeAsync();
        }
    }

    [LinuxFact]
    public async Task Engines_AreListed_EachWithWhatItLacks()
    {
        var old = EngineScript.WriteRaw(app.Folder, Old);
        await app.AddModelAsync("listed", old);
        var engines = (await app.GetAsync("/api/engines")).GetProperty("items").EnumerateArray().ToList();
        Assert.True(engines[0].GetProperty("is_default").GetBoolean());
        Assert.Empty(engines[0].GetProperty("missing").EnumerateArray());
        var found = engines.Single(engine => engine.GetProperty("path").GetString() == old);
        Assert.Equal("b3800 (0ld)", found.GetProperty("version").GetString());
        Assert.Equal("CUDA0", Assert.Single(found.GetProperty("devices").EnumerateArray()).GetProperty("name").GetString());
        var missing = found.GetProperty("missing").EnumerateArray().Select(flag => flag.GetString()).ToList();
        Assert.Contains("--mlock", missing);
        Assert.DoesNotContain("--ctx-size", missing);
        Assert.DoesNotContain("--spec-draft-threads", missing); // known by an older name
    }

    [LinuxFact]
    public async Task Command_UsesTheOldName_AndLeavesOutWhatTheEngineLacks()
    {
        var model = await app.AddModelAsync("spelled", EngineScript.WriteRaw(app.Folder, Old));
        await app.SendAsync(HttpMethod.Patch, $"{model}/config/lora", new { threads_draft = 3 }, HttpStatusCode.OK);
        await app.SendAsync(HttpMethod.Patch, $"{model}/config/memory", new { mlock = 1 }, HttpStatusCode.OK);
        await app.SendAsync(
            HttpMethod.Patch,
            $"{model}/config/advanced",
            new { custom_params = new Dictionary<string, object> { ["--future"] = true } },
            HttpStatusCode.OK
        );
        var command = await app.GetAsync($"{model}/command");
        var arguments = command.GetProperty("arguments").EnumerateArray().Select(word => word.GetString()!).ToList();
        Assert.Equal("3", arguments[arguments.FindIndex(word => word is "--threads-draft" or "-td") + 1]);
        Assert.DoesNotContain("--mlock", arguments);
        Assert.DoesNotContain("--future", arguments);
        var warnings = string.Join('\n', command.GetProperty("warnings").EnumerateArray());
        Assert.Contains("--mlock", warnings);
        Assert.Contains("--future", warnings);
    }

    [LinuxFact]
    public async Task ReplacedEngine_IsAskedAgain_AndAnUnchangedOneIsNot()
    {
        var count = app.Folder.File("asked");
        var engine = EngineScript.WriteRaw(app.Folder, $"echo x >> '{count}'\n{Old}");
        var model = await app.AddModelAsync("replaced", engine);
        Assert.Equal("b3800 (0ld)", await VersionAsync(engine));
        var asked = File.ReadAllLines(count).Length;
        await app.GetAsync($"{model}/command");
        Assert.Equal(asked, File.ReadAllLines(count).Length);
        File.WriteAllText(engine, File.ReadAllText(engine).Replace("3800 (0ld)", "9921 (new)", StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(engine, File.GetLastWriteTimeUtc(engine).AddSeconds(5));
        Assert.Equal("b9921 (new)", await VersionAsync(engine));
    }

    [LinuxFact]
    public async Task ProgramThatIsNoEngine_SaysSo()
    {
        var program = EngineScript.WriteRaw(app.Folder, "echo hello");
        await app.AddModelAsync("no-engine", program);
        var engine = (await app.GetAsync("/api/engines"))
            .GetProperty("items")
            .EnumerateArray()
            .Single(engine => engine.GetProperty("path").GetString() == program);
        Assert.Contains("does not answer --version like llama-server", engine.GetProperty("error").GetString());
    }

    [LinuxFact]
    public async Task ImageThatIsNoEngine_IsNamedAsTheImage_WithTheStepForIt()
    {
        var runtime = new EngineCommand(EngineScript.WriteRaw(app.Folder, "echo 'no such command' >&2; exit 125"), [], Simulated: false)
        {
            Image = "localhost/some:1",
        };
        var probe = Probe(new HandClock { Now = DateTimeOffset.UnixEpoch });
        var words = (await probe.ProbeAsync(runtime, again: false, CancellationToken.None)).Failure!.Message;
        Assert.StartsWith("The image localhost/some:1, run by ", words);
        Assert.Contains("another image on the Server overrides tab", words);
        Assert.DoesNotContain("Settings page", words);
    }

    [LinuxFact]
    public async Task BrokenHelp_IsAskedAgain_AfterHalfAMinute()
    {
        var broken = app.Folder.File("broken");
        await File.WriteAllTextAsync(broken, "");
        var engine = new EngineCommand(
            EngineScript.WriteRaw(app.Folder, $"[ \"$1\" = --help ] && [ -e '{broken}' ] && exit 1\n{Old}"),
            [],
            Simulated: false
        );
        var clock = new HandClock { Now = DateTimeOffset.UnixEpoch };
        var probe = Probe(clock);
        Assert.Contains(
            "lists no --model and --port",
            (await probe.ProbeAsync(engine, again: false, CancellationToken.None)).Failure!.Message
        );
        File.Delete(broken);
        Assert.False((await probe.ProbeAsync(engine, again: false, CancellationToken.None)).IsSuccess);
        clock.Now += EngineProbe.FailureStands;
        var found = (await probe.ProbeAsync(engine, again: false, CancellationToken.None)).Value;
        Assert.Equal((1, 0, null), (found.Values("--port"), found.Values("--metrics"), found.Values("--no-such")));
        // of the table, as after a restart
        var stored = (await Probe(clock).ProbeAsync(engine, again: false, CancellationToken.None)).Value;
        Assert.Equal(1, stored.Values("--ctx-size"));
    }

    [LinuxFact]
    public async Task SeveralWhoAskAtOnce_ShareOneAnswer()
    {
        var (count, gate) = (app.Folder.File("asked-at-once"), app.Folder.File("gate"));
        var engine = new EngineCommand(
            EngineScript.WriteRaw(app.Folder, $"echo x >> '{count}'\nwhile [ ! -e '{gate}' ]; do sleep 0.02; done\n{Old}"),
            [],
            Simulated: false
        );
        var probe = Probe(TimeProvider.System);
        using var leaves = new CancellationTokenSource();
        var first = probe.ProbeAsync(engine, again: false, leaves.Token);
        var others = Enumerable.Range(0, 6).Select(_ => probe.ProbeAsync(engine, again: false, CancellationToken.None)).ToList();
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first); // who leaves does not take the answer with him
        await File.WriteAllTextAsync(gate, "");
        Assert.All(await Task.WhenAll(others), answer => Assert.True(answer.IsSuccess));
        Assert.Equal(3, File.ReadAllLines(count).Length);
    }

    [LinuxFact]
    public async Task EnginesBeyondTheBound_LeaveTheOldestOut_WhichIsFoundInTheTableAgain()
    {
        var count = app.Folder.File("asked-of-many");
        var engine = new EngineCommand(EngineScript.WriteRaw(app.Folder, $"echo x >> '{count}'\n{Old}"), [], Simulated: false);
        var clock = new HandClock { Now = DateTimeOffset.UnixEpoch };
        var probe = Probe(clock);
        Assert.True((await probe.ProbeAsync(engine, again: false, CancellationToken.None)).IsSuccess);
        for (var other = 0; other < EngineProbe.Bound + 5; other++)
        {
            clock.Now += TimeSpan.FromMilliseconds(1);
            var missing = new EngineCommand(app.Folder.File($"no-engine-{other}"), [], Simulated: false);
            Assert.False((await probe.ProbeAsync(missing, again: false, CancellationToken.None)).IsSuccess);
        }

        Assert.Equal(EngineProbe.Bound, probe.Remembered);
        var asked = File.ReadAllLines(count).Length;
        Assert.True((await probe.ProbeAsync(engine, again: false, CancellationToken.None)).IsSuccess);
        Assert.Equal((asked, EngineProbe.Bound), (File.ReadAllLines(count).Length, probe.Remembered));
    }

    [LinuxFact]
    public async Task Action_ShowsWhatTheEnginePrints()
    {
        var old = EngineScript.WriteRaw(app.Folder, Old);
        await app.AddModelAsync("asked", old);
        Assert.Contains(
            "CUDA0: Test Card",
            (await app.SendAsync(HttpMethod.Post, "/api/engines/ask", new { path = old, action = "--list-devices" }, HttpStatusCode.OK))
                .GetProperty("output")
                .GetString()
        );
        await app.SendAsync(HttpMethod.Post, "/api/engines/ask", new { action = "--mlock" }, HttpStatusCode.UnprocessableEntity);
        // only engines that are set up are run
        await app.SendAsync(HttpMethod.Post, "/api/engines/ask", new { path = "/bin/sh", action = "--help" }, HttpStatusCode.NotFound);
    }

    private EngineProbe Probe(TimeProvider clock) =>
        new(
            app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>(),
            app.Services.GetRequiredService<DatabaseWriter>(),
            app.Services.GetRequiredService<EngineTool>(),
            clock
        );

    private sealed class HandClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => Now.UtcTicks;
    }

    private async Task<string?> VersionAsync(string path) =>
        (await app.GetAsync("/api/engines"))
            .GetProperty("items")
            .EnumerateArray()
            .Single(engine => engine.GetProperty("path").GetString() == path)
            .GetProperty("version")
            .GetString();
}
