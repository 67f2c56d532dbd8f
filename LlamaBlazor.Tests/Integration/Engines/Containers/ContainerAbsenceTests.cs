using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Tests.Integration.Instances;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Tests.Integration.Engines.Containers;

/// <summary>A machine without a container runtime, and a dashboard that is killed while it has one.</summary>
public sealed class ContainerAbsenceTests
{
    [Fact]
    public async Task NoRuntime_IsAState_WithGuidance()
    {
        await using var app = new InstanceHarness();
        app.With("LlamaBlazor:Containers:Runtime", "/nowhere/podman");
        await app.InitializeAsync();
        var model = await app.AddModelWithAsync(
            null,
            configure: runtime => (runtime.InstanceKind, runtime.ContainerImage) = ("container", "localhost/x:1")
        );
        var (status, body) = await app.PostAsync($"/api/models/{model}/start");
        Assert.Equal(503, status);
        Assert.Contains("/nowhere/podman", body.GetProperty("detail").GetString());
        var answer = await app.GetAsync("/api/containers");
        Assert.Contains("/nowhere/podman", answer.GetProperty("problem").GetString());
        Assert.Equal(0, answer.GetProperty("items").GetArrayLength());
    }

    [PodmanFact]
    public async Task KilledDashboard_LeavesNoContainer()
    {
        using var folder = new TempFolder();
        var data = folder.File("data");
        using (
            var app = new ProgramProcess(
                data,
                "--LlamaBlazor:Containers:Runtime=podman",
                "--LlamaBlazor:Containers:OciRuntime=runc",
                $"--LlamaBlazor:Containers:ExtraArguments={TestImage.ExtraArguments}"
            )
        )
        {
            await app.WaitReadyAsync();
            await AddModelAsync(folder);
            await app.Http.PostAsync(new Uri("/api/models/boxed/start", UriKind.Relative), null);
            await Until.TrueAsync(
                async () => (await app.GetAsync("/api/instances?status=running")).GetProperty("items").GetArrayLength() == 1,
                "a running container"
            );
            Assert.NotEmpty(Names(data));
            await app.KillAsync();
        }

        await Until.TrueAsync(() => Names(data).Length == 0, "no container left");
    }

    private static async Task AddModelAsync(TempFolder folder)
    {
        var file = folder.File("model.gguf");
        await File.WriteAllTextAsync(file, "GGUF run");
        await using var context = new LlamaDbContext(
            (DbContextOptions<LlamaDbContext>)
                DataFeature
                    .Configure(new DbContextOptionsBuilder<LlamaDbContext>(), Path.Combine(folder.File("data"), "llama-dashboard.db"))
                    .Options
        );
        var model = new Model
        {
            Uid = "boxed",
            Name = "boxed",
            Type = "llama",
            ModelPath = file,
        };
        context.Models.Add(model);
        await context.SaveChangesAsync();
        context.Add(
            new RuntimeConfig
            {
                ModelId = model.Id,
                InstanceKind = "container",
                ContainerImage = TestImage.Name,
            }
        );
        await context.SaveChangesAsync();
    }

    private static string[] Names(string data) =>
        (TestImage.Run("ps", "--all", "--filter", $"label=llamablazor.data={data}", "--format", "{{.Names}}") ?? "").Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries
        );
}
