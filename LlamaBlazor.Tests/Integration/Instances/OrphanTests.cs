using System.Net.Http.Json;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Engines.Processes;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Tests.Integration.Instances;

/// <summary>kill -9 of the dashboard: nothing of it may go on.</summary>
public sealed class OrphanTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Data => _folder.File("data");

    public void Dispose() => _folder.Dispose();

    [LinuxFact]
    public async Task KilledDashboard_LeavesNoEngine_AndNoGrandchild_AndStartsClean()
    {
        using (var first = new ProgramProcess(Data))
        {
            await first.WaitReadyAsync();
            var model = await AddModelAsync(EngineScript.Write(_folder, "load-ms=0", "ignore-term", "grandchild"));
            await first.Http.PostAsync(new Uri($"/api/models/{model}/start", UriKind.Relative), null);
            await Until.TrueAsync(
                async () => (await first.GetAsync("/api/instances?status=running")).GetProperty("items").GetArrayLength() == 1,
                "a running instance"
            );
            await Until.TrueAsync(() => Marked().Count == 2, "the engine and its child");
            await first.KillAsync();
        }

        await Until.TrueAsync(() => Marked().Count == 0, "no process left");
        using var second = new ProgramProcess(Data);
        await second.WaitReadyAsync();
        await Until.TrueAsync(async () => await StatusAsync() == "stopped", "stopped in the database");
    }

    [LinuxFact]
    public async Task KilledDashboard_LeavesNothing_ThatItsGuardWasNotToldOf()
    {
        using var app = new ProgramProcess(Data);
        await app.WaitReadyAsync();
        var model = await AddModelAsync(EngineScript.Write(_folder, "load-ms=0"));
        await app.Http.PostAsync(new Uri($"/api/models/{model}/start", UriKind.Relative), null);
        await Until.TrueAsync(
            async () => (await app.GetAsync("/api/instances?status=running")).GetProperty("items").GetArrayLength() == 1,
            "a running instance"
        );
        var marker = (await File.ReadAllTextAsync($"/proc/{Marked().Single()}/environ"))
            .Split('\0')
            .Single(variable => variable.StartsWith(ProcessTable.Marker + "=", StringComparison.Ordinal));
        // As if it were killed between making a process and saying so.
        using var untold = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("sleep", ["300"])
            {
                Environment = { [ProcessTable.Marker] = marker[(ProcessTable.Marker.Length + 1)..] },
            }
        )!;
        await app.KillAsync();
        await untold.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        await Until.TrueAsync(() => Marked().Count == 0, "no process left");
    }

    [LinuxFact]
    public async Task KilledDashboard_LeavesNoProbe_ThatHangs()
    {
        using var app = new ProgramProcess(Data);
        await app.WaitReadyAsync();
        // Asked for its version, it starts a child and never answers.
        var model = await AddModelAsync(EngineScript.WriteRaw(_folder, "sleep 300 &\nsleep 300"));
        var command = app.Http.GetAsync(new Uri($"/api/models/{model}/command", UriKind.Relative));
        await Until.TrueAsync(() => Marked().Count >= 2, "the probe and its children");
        await app.KillAsync();
        await Until.TrueAsync(() => Marked().Count == 0, "no process left, though nothing was started anew");
        await Assert.ThrowsAsync<HttpRequestException>(() => command);
    }

    [LinuxFact]
    public async Task Leftovers_AreEnded_AtTheNextStart_ByTheirMarker()
    {
        using var leftover = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("sleep", ["300"])
            {
                Environment = { [ProcessTable.Marker] = ProcessTable.MarkerOf(Path.GetFullPath(Data), "gone") },
            }
        )!;
        using var stranger = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("sleep", ["300"])
            {
                Environment = { [ProcessTable.Marker] = ProcessTable.MarkerOf(_folder.File("other"), "alive") },
            }
        )!;
        using var app = new ProgramProcess(Data);
        await app.WaitReadyAsync();
        await leftover.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.False(stranger.HasExited);
        stranger.Kill();
    }

    [LinuxFact]
    public async Task RecordedProcess_IsEnded_ByIdAndStartTime_ButNotAnotherWithItsId()
    {
        using (var first = new ProgramProcess(Data))
            await first.WaitReadyAsync();
        using var leftover = System.Diagnostics.Process.Start("sleep", ["300"]);
        using var stranger = System.Diagnostics.Process.Start("sleep", ["300"]);
        await using (var context = Open())
        {
            context.AddRange(
                Row(1, leftover.Id, ProcessTable.StartTime(leftover.Id)),
                Row(2, stranger.Id, ProcessTable.StartTime(stranger.Id) - 1)
            );
            await context.SaveChangesAsync();
        }

        using var second = new ProgramProcess(Data);
        await second.WaitReadyAsync();
        await leftover.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
        await Until.TrueAsync(async () => await EndedAsync() == 2, "both rows told as ended");
        Assert.False(stranger.HasExited);
        stranger.Kill();
    }

    [LinuxFact]
    public async Task PreloadedModel_StartsWithTheDashboard()
    {
        using (var first = new ProgramProcess(Data))
            await first.WaitReadyAsync();
        await AddModelAsync(EngineScript.Write(_folder, "load-ms=0"), runtime => runtime.Preload = true);
        using var second = new ProgramProcess(Data);
        await second.WaitReadyAsync();
        await Until.TrueAsync(
            async () => (await second.GetAsync("/api/instances?status=running")).GetProperty("items").GetArrayLength() == 1,
            "a running instance that nobody asked for"
        );
    }

    [LinuxFact]
    public async Task PreloadedModel_WaitsForItsFolderAndItsEngine()
    {
        using (var first = new ProgramProcess(Data))
            await first.WaitReadyAsync();
        var engine = EngineScript.Write(_folder, "load-ms=0");
        await AddModelAsync(engine, runtime => runtime.Preload = true);
        var (file, away) = (_folder.File("model.gguf"), _folder.File("away"));
        File.Move(file, away); // as on a drive that is mounted later
        File.Move(engine, engine + ".later");
        using var second = new ProgramProcess(Data);
        await second.WaitReadyAsync();
        await Until.TrueAsync(() => second.Said("is waited for"), "a word about it in the log");
        Assert.Equal(0, await InstancesAsync(second));
        File.Move(away, file);
        File.Move(engine + ".later", engine);
        await Until.TrueAsync(
            async () => (await second.GetAsync("/api/instances?status=running")).GetProperty("items").GetArrayLength() == 1,
            "a running instance that nobody asked for"
        );
    }

    [LinuxFact]
    public async Task Shutdown_DuringALongAnswer_EndsSoon_AndLeavesNothing()
    {
        using var app = new ProgramProcess(Data);
        await app.WaitReadyAsync();
        await AddModelAsync(EngineScript.Write(_folder, "load-ms=0", "tps=5"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions")
        {
            Content = JsonContent.Create(
                new
                {
                    model = "model",
                    prompt = "Hello",
                    max_tokens = 5000,
                    stream = true,
                }
            ),
        };
        using var answer = await app.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        Signals.Send(app.Pid, Signals.Terminate);
        // the answer would take a quarter of an hour, and the web server waits 30 s for it
        await app.WaitExitAsync(TimeSpan.FromSeconds(25));
        Assert.Empty(Marked());
    }

    private static async Task<int> InstancesAsync(ProgramProcess app) =>
        (await app.GetAsync("/api/instances")).GetProperty("items").GetArrayLength();

    private IReadOnlyList<int> Marked() => ProcessTable.FindMarked(ProcessTable.MarkerOf(Data, ""));

    private LlamaDbContext Open() =>
        new(
            (DbContextOptions<LlamaDbContext>)
                DataFeature.Configure(new DbContextOptionsBuilder<LlamaDbContext>(), Path.Combine(Data, "llama-dashboard.db")).Options
        );

    private static ContainerInstanceRow Row(long id, int pid, long? started) =>
        new()
        {
            Id = id,
            ContainerId = $"process:{id}",
            ContainerName = "m",
            Kind = "process",
            Status = "running",
            Pid = pid,
            ProcessStartTime = started,
        };

    private async Task<int> EndedAsync()
    {
        await using var context = Open();
        return await context.Instances.CountAsync(row => row.Status == "deleted" && row.StoppedAt != null && row.Pid == null);
    }

    private async Task<long> AddModelAsync(string engine, Action<RuntimeConfig>? configure = null)
    {
        await using var context = Open();
        var file = _folder.File("model.gguf");
        await File.WriteAllBytesAsync(file, [.. "GGUF"u8, 3, 0, 0, 0]);
        var model = new Model
        {
            Uid = "m",
            Name = "model",
            Type = "llama",
            ModelPath = file,
        };
        context.Models.Add(model);
        await context.SaveChangesAsync();
        var runtime = new RuntimeConfig { ModelId = model.Id, EnginePath = engine };
        configure?.Invoke(runtime);
        context.Add(runtime);
        await context.SaveChangesAsync();
        return model.Id;
    }

    private async Task<string> StatusAsync()
    {
        await using var context = Open();
        return await context.Models.Select(model => model.Status).SingleAsync();
    }
}
