using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Engines.Processes;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Instances;

/// <summary>The program with engines that are real processes of the simulated llama-server. A short grace, so that faults are seen
/// soon.</summary>
public class InstanceHarness : AppFixture
{
    public InstanceHarness() => With("LlamaBlazor:Instances:StopGraceSeconds", "1").With("LlamaBlazor:Instances:StartAttempts", "2");

    internal InstanceRegistry Board => Services.GetRequiredService<InstanceRegistry>();

    internal InstanceSupervisor Supervisor => Services.GetRequiredService<InstanceSupervisor>();

    /// <summary>Adds a model that runs an engine with these faults; returns its id.</summary>
    public Task<long> AddModelAsync(params string[] faults) => AddModelWithAsync(EngineScript.Write(Folder, faults));

    /// <summary>Adds a model that runs this engine.</summary>
    public async Task<long> AddModelWithAsync(string? engine, string? path = null, Action<RuntimeConfig>? configure = null)
    {
        var name = $"model-{Guid.NewGuid():N}";
        var file = path ?? Path.Combine(ModelFolder, name + ".gguf");
        if (path is null)
            await File.WriteAllBytesAsync(file, [.. "GGUF"u8, 3, 0, 0, 0]);
        var id = await Services
            .GetRequiredService<DatabaseWriter>()
            .ExecuteAsync(
                async (context, token) =>
                {
                    var model = new Model
                    {
                        Uid = name,
                        Name = name,
                        Type = "llama",
                        ModelPath = file,
                    };
                    context.Models.Add(model);
                    await context.SaveChangesAsync(token);
                    var runtime = new RuntimeConfig { ModelId = model.Id, EnginePath = engine };
                    configure?.Invoke(runtime);
                    context.Add(runtime);
                    return model.Id;
                }
            );
        Services.GetRequiredService<Broadcast<ModelChanged>>().Publish(new ModelChanged(id, ModelChanged.Added));
        return id;
    }

    /// <summary>POSTs a command and returns status and body.</summary>
    public async Task<(int Status, JsonElement Body)> PostAsync(string path)
    {
        using var answer = await Http.PostAsync(new Uri(path, UriKind.Relative), null);
        return ((int)answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    /// <summary>Status of the model's row and of its instance's row.</summary>
    public async Task<(string Model, string? Instance)> StatusInDatabaseAsync(long model)
    {
        await using var context = await Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>().CreateDbContextAsync();
        var status = await context.Models.Where(row => row.Id == model).Select(row => row.Status).SingleAsync();
        return (status, await context.Instances.Where(row => row.ModelId == model).Select(row => row.Status).SingleOrDefaultAsync());
    }

    /// <summary>Waits for a status on the board.</summary>
    public async Task<InstanceSnapshot> WaitForAsync(long model, string status)
    {
        await Until.TrueAsync(
            () => Board.Find(model)?.Status == status,
            () =>
                $"{status} of model {model}, which is {Board.Find(model)?.RuntimeStatus}: {Board.Find(model)?.Reason}; active are "
                + $"{string.Join(", ", Board.Active.Select(one => $"{one.ModelId} ({one.RuntimeStatus})"))}"
        );
        return Board.Find(model)!;
    }

    /// <summary>Waits until a restarted model runs in another process.</summary>
    public Task WaitForAnotherProcessAsync(long model, InstanceSnapshot before) =>
        Until.TrueAsync(
            () => Board.Find(model) is { Status: "running" } now && now.Pid != before.Pid,
            () => $"another process than {before.Pid} of {before.Model}: {Board.Find(model)}"
        );

    /// <summary>Starts a model and waits until it is ready.</summary>
    public async Task<InstanceSnapshot> StartAsync(long model)
    {
        var started = await Supervisor.EnsureReadyAsync(model, CancellationToken.None);
        Assert.True(started.IsSuccess, started.Failure?.Message);
        return started.Value;
    }

    /// <summary>True while a process with this id exists that is not just a remembered exit code.</summary>
    public static bool IsAlive(int pid) =>
        ProcessTable.StartTime(pid) is not null && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
}

/// <summary>One that may use a single port.</summary>
public sealed class CrowdedApp : InstanceHarness
{
    public CrowdedApp(int port) => With("LlamaBlazor:PortRange", $"{port}-{port}");
}
