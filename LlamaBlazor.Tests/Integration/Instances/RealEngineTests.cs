using System.Runtime.CompilerServices;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Instances;

/// <summary>The same with a real llama-server (LLAMA_SERVER) and a real little model (LLAMA_MODEL).</summary>
public sealed class RealEngineTests(InstanceHarness app) : IClassFixture<InstanceHarness>
{
    [RealModelFact]
    public async Task RealEngine_Starts_Answers_Stops()
    {
        var model = await app.AddModelWithAsync(RealEngineFactAttribute.Engine, RealModelFactAttribute.Model);
        var running = await app.StartAsync(model);
        using var http = EngineClient.Of(running);
        Assert.Contains("total_slots", await http.GetStringAsync(new Uri(running.BaseUrl + "/props")));
        await app.PostAsync($"/api/models/{model}/stop");
        var stopped = await app.WaitForAsync(model, "stopped");
        Assert.Equal(0, stopped.ExitCode);
        Assert.False(InstanceHarness.IsAlive(running.Pid!.Value));
    }

    [RealEngineFact]
    public async Task RealEngine_WithoutAModelFile_SaysSo()
    {
        var model = await app.AddModelWithAsync(RealEngineFactAttribute.Engine, "/nowhere/model.gguf");
        await app.PostAsync($"/api/models/{model}/start");
        await Until.TrueAsync(() => app.Board.Find(model)?.RuntimeStatus == "failed", "failed");
        Assert.Contains("failed to open GGUF file", app.Board.Find(model)!.Reason);
    }
}

/// <summary>A test that needs a real llama-server and a real model, named by LLAMA_SERVER and LLAMA_MODEL.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealModelFactAttribute : FactAttribute
{
    public RealModelFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
    {
        if (RealEngineFactAttribute.Engine is null)
            Skip = "LLAMA_SERVER does not name a llama-server";
        else if (Model is null)
            Skip = "LLAMA_MODEL does not name a GGUF file that it can run";
    }

    /// <summary>Path of the model, or null.</summary>
    public static string? Model { get; } =
        Environment.GetEnvironmentVariable("LLAMA_MODEL") is { Length: > 0 } path && File.Exists(path) ? path : null;
}
