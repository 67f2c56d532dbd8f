using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Tests.Integration.Instances;
using LlamaBlazor.Tests.Integration.Parameters;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Engines.Containers;
using LlamaBlazor.Web.Resources;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Engines.Containers;

/// <summary>The program with podman, on engines that run in real containers.</summary>
public sealed class ContainerHarness : InstanceHarness
{
    public ContainerHarness() =>
        With("LlamaBlazor:Containers:Runtime", "podman")
            .With("LlamaBlazor:Containers:OciRuntime", "runc")
            .With("LlamaBlazor:Containers:ExtraArguments", TestImage.ExtraArguments);

    internal ContainerReconciler Keeper => Services.GetRequiredService<ContainerReconciler>();

    /// <summary>Names of our containers, as podman lists them.</summary>
    public string[] Names =>
        (TestImage.Run("ps", "--all", "--filter", $"label=llamablazor.data={Folder.File("data")}", "--format", "{{.Names}}") ?? "").Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries
        );

    /// <summary>Adds a model that runs in a container; its file tells the engine what to do.</summary>
    public async Task<long> AddContainerAsync(string word = "run", Action<RuntimeConfig>? configure = null)
    {
        var path = Path.Combine(ModelFolder, $"{Guid.NewGuid():N}, part.gguf");
        await File.WriteAllTextAsync(path, "GGUF " + word);
        return await AddModelWithAsync(
            null,
            path,
            runtime =>
            {
                (runtime.InstanceKind, runtime.ContainerImage) = ("container", TestImage.Name);
                configure?.Invoke(runtime);
            }
        );
    }
}

public sealed class ContainerTests(ContainerHarness app) : IClassFixture<ContainerHarness>
{
    [PodmanFact]
    public async Task Container_IsMadeStartedMeasuredStopped_AndRemoved()
    {
        var model = await app.AddContainerAsync(configure: runtime => (runtime.CpuLimit, runtime.MemoryLimitGb) = (0.5, 0.25));
        var running = await app.StartAsync(model);
        Assert.Equal(("docker", "running"), (running.Kind, running.Status));
        Assert.True(running.Pid > 0 && running.ContainerId is { Length: 64 });
        var lines = app.Supervisor.Lines(model).Select(line => line.Text).ToList();
        Assert.Contains(
            lines,
            line => line.StartsWith("called with: ", StringComparison.Ordinal) && line.Contains($"--port {running.Port}")
        );
        Assert.DoesNotContain("the model can be written", lines);
        Assert.Equal(
            "500000000 268435456",
            TestImage.Run("inspect", "--format", "{{.HostConfig.NanoCpus}} {{.HostConfig.Memory}}", running.ContainerId!)!.Trim()
        );

        await app.Services.GetRequiredService<InstanceRecorder>().RecordAsync(CancellationToken.None);
        await using var context = await OpenAsync();
        Assert.True((await context.Set<ResourceMetricRow>().FirstAsync(row => row.ContainerId == running.ContainerId)).MemoryUsedGb > 0);
        var listed = (await app.GetAsync("/api/containers"))
            .GetProperty("items")
            .EnumerateArray()
            .Single(item => item.GetProperty("container_id").GetString() == running.ContainerId);
        Assert.Equal(("running", running.Model), (listed.GetProperty("state").GetString(), listed.GetProperty("model").GetString()));

        await app.PostAsync($"/api/models/{model}/stop");
        await app.WaitForAsync(model, "stopped");
        Assert.DoesNotContain(app.Names, name => name.EndsWith($"-{running.Id}", StringComparison.Ordinal));
        await Until.TrueAsync(async () => (await app.StatusInDatabaseAsync(model)).Instance == "stopped", "stopped in the database");
    }

    [PodmanFact]
    public async Task EachContainer_HasARow_AndTheLastOneStaysAsDeleted()
    {
        var model = await app.AddContainerAsync();
        var first = await app.StartAsync(model);
        await app.PostAsync($"/api/models/{model}/restart");
        await Until.TrueAsync(
            () => app.Board.Find(model) is { Status: "running" } now && now.ContainerId != first.ContainerId,
            "another container"
        );
        await using var context = await OpenAsync();
        await Until.TrueAsync(
            async () => await context.Instances.AnyAsync(row => row.ContainerId == first.ContainerId && row.Status == "deleted"),
            "the first one kept as deleted"
        );
        await app.PostAsync($"/api/models/{model}/stop");
        await app.WaitForAsync(model, "stopped");
    }

    [PodmanFact]
    public async Task EngineThatExits_IsInError_WithCodeAndWords()
    {
        var model = await app.AddContainerAsync("exit=3", runtime => runtime.RestartPolicy = RestartPolicy.Never);
        await app.PostAsync($"/api/models/{model}/start");
        var failed = await app.WaitForAsync(model, "error");
        Assert.Equal(3, failed.ExitCode);
        Assert.Contains("told to end", failed.Reason);
        Assert.DoesNotContain(app.Names, name => name.EndsWith($"-{failed.Id}", StringComparison.Ordinal));
    }

    [PodmanFact]
    public async Task ContainerRemovedByHand_IsSeen_AndStartedAgain()
    {
        var model = await app.AddContainerAsync();
        var first = await app.StartAsync(model);
        TestImage.Run("rm", "--force", "--time", "0", first.ContainerId!);
        await Until.TrueAsync(() => app.Board.Find(model)?.RuntimeStatus == "backoff", "a crash that is told");
        var second = await app.StartAsync(model);
        Assert.NotEqual(first.ContainerId, second.ContainerId);
        await app.PostAsync($"/api/models/{model}/stop");
        await app.WaitForAsync(model, "stopped");
    }

    [PodmanFact]
    public async Task MemoryLimit_EndsTheEngine_AndIsSaid()
    {
        var model = await app.AddContainerAsync(
            "eat",
            runtime => (runtime.MemoryLimitGb, runtime.RestartPolicy) = (0.02, RestartPolicy.Never)
        );
        await app.PostAsync($"/api/models/{model}/start");
        var failed = await app.WaitForAsync(model, "error");
        Assert.Contains("memory", failed.Reason);
    }

    [PodmanFact]
    public async Task StrayContainers_AreRemoved_AndTheirRowsKeptAsDeleted_OthersAreLeftAlone()
    {
        var stray = $"stray-{Guid.NewGuid():N}";
        var foreign = $"foreign-{Guid.NewGuid():N}";
        string[] extra = ["--runtime", "runc", .. TestImage.ExtraArguments.Split(' ')];
        var id = TestImage
            .Run(["create", "--name", stray, "--label", $"llamablazor.data={app.Folder.File("data")}", .. extra, TestImage.Name])!
            .Trim();
        Assert.NotNull(
            TestImage.Run(["create", "--name", foreign, "--label", "llamablazor.data=/somewhere/else", .. extra, TestImage.Name])
        );
        try
        {
            await app
                .Services.GetRequiredService<DatabaseWriter>()
                .ExecuteAsync(
                    (context, _) =>
                    {
                        context.Instances.Add(
                            new ContainerInstanceRow
                            {
                                Id = 1_000_000, // the ledger gives ids of its own, and may not have written its last one yet
                                ContainerId = id,
                                ContainerName = stray,
                                ImageName = TestImage.Name,
                                ProjectPath = "default",
                                Kind = "docker",
                                Status = "running",
                                CreatedAt = 1,
                            }
                        );
                        return Task.CompletedTask;
                    }
                );
            await app.Keeper.ReconcileAsync(CancellationToken.None);
            Assert.DoesNotContain(stray, app.Names);
            Assert.NotNull(TestImage.Run("inspect", foreign));
            await using var context = await OpenAsync();
            Assert.Equal("deleted", (await context.Instances.SingleAsync(row => row.ContainerId == id)).Status);
        }
        finally
        {
            TestImage.Run("rm", "--force", foreign);
        }
    }

    [PodmanFact]
    public async Task ImageThatIsNotHere_IsSaid_WithTheNextStep()
    {
        var model = await app.AddContainerAsync(configure: runtime => runtime.ContainerImage = "ghcr.io/nobody/nothing:server");
        var (status, body) = await app.PostAsync($"/api/models/{model}/start");
        Assert.Equal(503, status);
        Assert.Contains("Pull it", body.GetProperty("detail").GetString());
    }

    [PodmanFact]
    public async Task Command_IsShown_AsOneThatCanBeRun_AndTheEngineChecksIt()
    {
        var model = await app.AddContainerAsync();
        var command = await app.GetAsync($"/api/models/{model}/command");
        Assert.Contains(" run --rm ", command.GetProperty("display").GetString());
        Assert.True((await app.PostAsync($"/api/models/{model}/check")).Body.GetProperty("ok").GetBoolean());
    }

    [PodmanFact]
    public async Task EngineInAContainer_HasTheVariablesOfServerAndModel_AndAKeyOfItsOwn()
    {
        var model = await app.AddContainerAsync();
        await SetAsync("/api/server-config", ("LB_SHARED", "server"), ("LB_BOTH", "server"), ("LB_GONE", "server"));
        await SetAsync($"/api/models/{model}/config/server", ("LB_BOTH", "the model's, with = and space"), ("LB_GONE", null));
        Environment.SetEnvironmentVariable("LB_OF_THE_DASHBOARD", "here");
        try
        {
            var first = await app.StartAsync(model);
            var seen = await EnvironmentAsync(first);
            Assert.Equal(
                ("server", "the model's, with = and space", first.UpstreamKey),
                (seen["LB_SHARED"], seen["LB_BOTH"], seen["LLAMA_API_KEY"])
            );
            Assert.Equal(48, first.UpstreamKey!.Length);
            Assert.DoesNotContain("LB_GONE", seen.Keys);
            Assert.DoesNotContain("LB_OF_THE_DASHBOARD", seen.Keys);
            Assert.DoesNotContain(seen.Keys, name => name.StartsWith("LLAMABLAZOR", StringComparison.OrdinalIgnoreCase));
            await app.PostAsync($"/api/models/{model}/restart");
            await Until.TrueAsync(
                () => app.Board.Find(model) is { Status: "running" } now && now.ContainerId != first.ContainerId,
                "another container"
            );
            Assert.NotEqual(first.UpstreamKey, (await EnvironmentAsync(app.Board.Find(model)!))["LLAMA_API_KEY"]);
        }
        finally
        {
            Environment.SetEnvironmentVariable("LB_OF_THE_DASHBOARD", null);
            await SetAsync("/api/server-config");
        }

        await app.PostAsync($"/api/models/{model}/stop");
        await app.WaitForAsync(model, "stopped");
    }

    private async Task SetAsync(string path, params (string Name, string? Value)[] variables) =>
        await app.SendAsync(
            HttpMethod.Patch,
            path,
            new { environment = variables.Length == 0 ? null : variables.ToDictionary(pair => pair.Name, pair => pair.Value) },
            System.Net.HttpStatusCode.OK
        );

    private static async Task<Dictionary<string, string>> EnvironmentAsync(InstanceSnapshot engine)
    {
        using var http = new HttpClient();
        return (await http.GetStringAsync(new Uri(engine.BaseUrl + "/environment")))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1]);
    }

    private Task<LlamaDbContext> OpenAsync() => app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>().CreateDbContextAsync();
}
