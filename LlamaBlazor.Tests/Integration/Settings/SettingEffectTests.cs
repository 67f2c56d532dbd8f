using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Tests.Integration.Downloads;
using LlamaBlazor.Tests.Integration.Instances;
using LlamaBlazor.Tests.Integration.Proxy;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Telemetry;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlamaBlazor.Tests.Integration.Settings;

/// <summary>What settings do, set in the dashboard while it runs, where no other test shows it.</summary>
public sealed class SettingEffectTests
{
    [LinuxFact]
    [EffectOf("LlamaBlazor:Instances:TtlSeconds")]
    public async Task IdleTime_StopsAModel_ThatRunsAlready()
    {
        await using var app = new InstanceHarness();
        await app.InitializeAsync();
        var model = await app.AddModelAsync("load-ms=0");
        await app.StartAsync(model);
        await SetAsync(app, "Instances:TtlSeconds", 1);
        await app.WaitForAsync(model, "stopped");
    }

    [LinuxFact]
    [EffectOf("LlamaBlazor:Instances:StartAttempts")]
    public async Task Attempts_AreAsManyAsAreSet()
    {
        await using var app = new InstanceHarness();
        app.With("LlamaBlazor:Instances:StartAttempts", "1");
        await app.InitializeAsync();
        var count = app.Folder.File("launches");
        var model = await app.AddModelWithAsync(EngineScript.WriteRaw(app.Folder, $"echo x >> '{count}'; exit 3"));
        await app.PostAsync($"/api/models/{model}/start");
        await Until.TrueAsync(() => app.Board.Find(model)?.RuntimeStatus == "failed", "given up");
        var launches = (await File.ReadAllLinesAsync(count)).Length;
        await using var twice = new InstanceHarness(); // 2
        await twice.InitializeAsync();
        var other = await twice.AddModelWithAsync(EngineScript.WriteRaw(twice.Folder, $"echo x >> '{count}'; exit 3"));
        await twice.PostAsync($"/api/models/{other}/start");
        await Until.TrueAsync(() => twice.Board.Find(other)?.RuntimeStatus == "failed", "given up");
        Assert.True((await File.ReadAllLinesAsync(count)).Length - launches > launches, "more launches with more attempts");
    }

    [LinuxTheory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [EffectOf("LlamaBlazor:Instances:Preload")]
    public async Task Preload_StartsWhatIsMarked_OrNothing(string preload, bool isStarted)
    {
        using var folder = new TempFolder();
        long marked;
        await using (var first = new KeptApp(folder))
        {
            await first.InitializeAsync();
            var engine = EngineScript.Write(folder, "load-ms=0");
            var file = folder.File("kept.gguf");
            await File.WriteAllBytesAsync(file, [.. "GGUF"u8, 3, 0, 0, 0]);
            marked = await first.AddModelWithAsync(engine, file, runtime => runtime.Preload = true);
        }

        await using var app = new KeptApp(folder);
        app.With("LlamaBlazor:Instances:Preload", preload).With("LlamaBlazor:Instances:TtlSeconds", "1");
        await app.InitializeAsync();
        if (isStarted)
        {
            await Until.TrueAsync(() => app.Board.Find(marked)?.ReadyAt is not null, "started by itself");
            return;
        }

        // Idle models are looked for after the preload: one that is stopped shows that nothing was begun before.
        var other = await app.AddModelAsync("load-ms=0");
        await app.StartAsync(other);
        await app.WaitForAsync(other, "stopped");
        Assert.Null(app.Board.Find(marked)?.ReadyAt);
    }

    [LinuxTheory]
    [InlineData("MaxMemoryPercent", "1")]
    [InlineData("MaxCpuPercent", "50")]
    [InlineData("MaxLoadPerCore", "2")]
    [EffectOf("LlamaBlazor:Admission:MaxMemoryPercent")]
    [EffectOf("LlamaBlazor:Admission:MaxCpuPercent")]
    [EffectOf("LlamaBlazor:Admission:MaxLoadPerCore")]
    public async Task Threshold_RefusesAStart_OnABusyMachine(string name, string value)
    {
        await using var app = new InstanceHarness();
        app.With("LlamaBlazor:Telemetry:IntervalMs", "60000").With($"LlamaBlazor:Admission:{name}", value);
        await app.InitializeAsync();
        var window = app.Services.GetRequiredService<MetricWindow>();
        await Until.TrueAsync(() => window.Latest is not null, "the first sample; the next is a minute away");
        window.Add(
            window.Latest! with
            {
                Timestamp = window.Latest!.Timestamp + 1,
                CpuUsage = 95,
                Load1Min = 100 * Environment.ProcessorCount,
            }
        );
        var model = await app.AddModelAsync("load-ms=0");
        var (status, body) = await app.PostAsync($"/api/models/{model}/start");
        Assert.Equal(409, status);
        Assert.Contains(
            body.GetProperty("reasons").EnumerateArray(),
            reason => reason.GetProperty("message").GetString()!.Contains($"LlamaBlazor:Admission:{name}", StringComparison.Ordinal)
        );
    }

    [Fact]
    [EffectOf("LlamaBlazor:Proxy:BodyLimitMb")]
    public async Task LargestBody_IsTheOneThatIsSet_FromTheNextRequestOn()
    {
        await using var app = new ProxyFixture();
        await app.InitializeAsync();
        await app.AddRunningAsync("m");
        var body = "{\"model\":\"m\",\"prompt\":\"" + new string('x', 2 << 20) + "\"}";
        async Task<HttpStatusCode> AskAsync()
        {
            using var answer = await app.Http.SendAsync(ProxyFixture.Post("/v1/completions", body));
            return answer.StatusCode;
        }

        Assert.Equal(HttpStatusCode.OK, await AskAsync());
        await SetAsync(app, "Proxy:BodyLimitMb", 1);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await AskAsync());
        await SetAsync(app, "Proxy:BodyLimitMb", 3);
        Assert.Equal(HttpStatusCode.OK, await AskAsync());
    }

    [Fact]
    [EffectOf("LlamaBlazor:Ollama:Port")]
    public async Task OllamasApi_IsAtItsPort()
    {
        int port;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            port = ((IPEndPoint)free.LocalEndpoint).Port;
        }

        await using var app = new AppFixture().With("LlamaBlazor:Ollama:Enabled", "true").With("LlamaBlazor:Ollama:Port", $"{port}");
        await app.InitializeAsync();
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/api/version"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    [EffectOf("LlamaBlazor:Downloads:ReserveMb")]
    [EffectOf("LlamaBlazor:Downloads:StallSeconds")]
    public async Task Download_LeavesTheReserve_AndGivesAStalledServerUp()
    {
        await using var app = new DownloadFixture();
        await app.InitializeAsync();
        app.Mirror.Serve("/small.gguf", new ServedFile());
        app.SetFreeSpace(_ => 100 << 20);
        Assert.Contains("256 MiB stay free", (await app.RefusalAsync(new { source = app.Mirror.Url("/small.gguf") })).Text);
        await SetAsync(app, "Downloads:ReserveMb", 50);
        await app.UntilAsync((await app.AddAsync(new { source = app.Mirror.Url("/small.gguf") })).Single(), "done");
        await SetAsync(app, "Downloads:StallSeconds", 1);
        app.Mirror.Serve("/held.gguf", ServedFile.Held());
        var held = (await app.AddAsync(new { source = app.Mirror.Url("/held.gguf") })).Single();
        Assert.Contains("nothing for 1 second", (await app.UntilAsync(held, "failed")).GetProperty("error").GetString());
    }

    [Fact]
    [EffectOf("LlamaBlazor:Downloads:Parallel")]
    public async Task MoreAtOnce_BeginAtOnce_WhenMoreAreAllowed()
    {
        await using var app = new OneAtATime();
        await app.InitializeAsync();
        var hold = new TaskCompletionSource<bool>();
        foreach (var name in new[] { "a", "b" })
            app.Mirror.Serve($"/{name}.gguf", new ServedFile { Hold = hold });
        await SetAsync(app, "Downloads:Parallel", 1);
        var first = (await app.AddAsync(new { source = app.Mirror.Url("/a.gguf") })).Single();
        await app.UntilAsync(first, "running");
        var second = (await app.AddAsync(new { source = app.Mirror.Url("/b.gguf") })).Single();
        Assert.Equal("queued", (await app.FindAsync(second)).GetProperty("status").GetString());
        await SetAsync(app, "Downloads:Parallel", 2);
        await app.UntilAsync(second, "running");
        hold.SetResult(true);
        await app.UntilAsync(second, "done");
        await app.UntilAsync(first, "done");
    }

    [Fact]
    [EffectOf("LlamaBlazor:Telemetry:IntervalMs")]
    public async Task Interval_OfTheSampler_FollowsTheSetting()
    {
        await using var app = new AppFixture();
        await app.InitializeAsync();
        var clock = new HandTimers();
        using var sampler = ActivatorUtilities.CreateInstance<TelemetrySampler>(app.Services, clock);
        await sampler.StartAsync(CancellationToken.None);
        await Until.TrueAsync(() => clock.IsWaiting(TimeSpan.FromSeconds(1)), "a sample each second");
        await SetAsync(app, "Telemetry:IntervalMs", 60_000);
        await Until.TrueAsync(
            () => clock.IsWaiting(TimeSpan.FromMinutes(1)) && !clock.IsWaiting(TimeSpan.FromSeconds(1)),
            "a sample each minute"
        );
        await sampler.StopAsync(CancellationToken.None);
    }

    [Fact]
    [EffectOf("LlamaBlazor:Logs:Level")]
    public async Task Level_DecidesWhatIsKeptOfTheLog()
    {
        await using var app = new AppFixture();
        await app.InitializeAsync();
        var logger = app.Services.GetRequiredService<ILogger<SettingEffectTests>>();
        async Task<int> KeptAsync(string words) => (await app.GetAsync($"/api/logs?q={words}")).GetProperty("items").GetArrayLength();

        await SetAsync(app, "Logs:Level", "error");
        logger.LogWarning("words-before");
        logger.LogError("mark-one");
        await Until.TrueAsync(async () => await KeptAsync("mark-one") == 1, "the error");
        Assert.Equal(0, await KeptAsync("words-before"));
        await SetAsync(app, "Logs:Level", "warn");
        logger.LogWarning("words-after");
        await Until.TrueAsync(async () => await KeptAsync("words-after") == 1, "the warning");
    }

    [LinuxFact]
    [EffectOf("LlamaBlazor:Containers:Runtime")]
    [EffectOf("LlamaBlazor:Containers:OciRuntime")]
    [EffectOf("LlamaBlazor:Containers:ExtraArguments")]
    public async Task Containers_AreMadeByTheRuntime_WithItsArguments()
    {
        await using var app = new InstanceHarness();
        var words = app.Folder.File("words");
        var runtime = EngineScript.WriteRaw(
            app.Folder,
            $"echo \"$@\" >> '{words}'; case $1 in image) echo sha256:1 ;; ps) echo '[]' ;; *) exit 1 ;; esac"
        );
        app.With("LlamaBlazor:Containers:Runtime", runtime)
            .With("LlamaBlazor:Containers:OciRuntime", "other-runtime")
            .With("LlamaBlazor:Containers:ExtraArguments", "--ulimit 'nofile=1024:1024'");
        await app.InitializeAsync();
        var model = await app.AddModelWithAsync(
            null,
            configure: settings => (settings.InstanceKind, settings.ContainerImage) = ("container", "some/image:1")
        );
        await app.PostAsync($"/api/models/{model}/start");
        await Until.TrueAsync(
            async () =>
                File.Exists(words)
                && (await File.ReadAllLinesAsync(words)).Any(line =>
                    line.Contains("--runtime other-runtime", StringComparison.Ordinal)
                    && line.Contains("--ulimit nofile=1024:1024", StringComparison.Ordinal)
                ),
            "a container with the arguments"
        );
    }

    internal static async Task SetAsync(AppFixture app, string key, object? value)
    {
        using var answer = await app.Http.PutAsJsonAsync("/api/settings", new Dictionary<string, object?> { [key] = value });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private sealed class KeptApp(TempFolder folder) : InstanceHarness
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.UseSetting("LlamaBlazor:DataDirectory", folder.File("data"));
            builder.UseSetting("LlamaBlazor:EngineDirectories:1", folder.Path);
        }
    }

    // Whose number of downloads is not said outside.
    private sealed class OneAtATime : DownloadFixture
    {
        protected override bool SetsParallel => false;
    }
}
