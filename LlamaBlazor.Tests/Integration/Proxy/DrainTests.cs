using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Proxy;

/// <summary>What is under way is finished, with engines that are processes.</summary>
public sealed class DrainTests(GuardedApp app) : IClassFixture<GuardedApp>
{
    [LinuxFact]
    public async Task Swap_WaitsForTheRunningStream()
    {
        var engine = EngineScript.Write(app.Folder, "load-ms=0", "tps=30");
        var first = await app.AddGuardedAsync(engine, null, new() { ["models_max"] = 1 });
        var second = await app.AddGuardedAsync(engine, null, []);
        using var stream = await app.Http.SendAsync(
            ProxyFixture.Post("/v1/chat/completions", Question(first, true)),
            HttpCompletionOption.ResponseHeadersRead
        );
        var reading = stream.Content.ReadAsStringAsync();
        using var other = await app.Http.SendAsync(ProxyFixture.Post("/v1/chat/completions", Question(second, false)));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.EndsWith("data: [DONE]\n\n", await reading);
        await app.WaitForAsync(app.Board.ByModel.Values.Single(instance => instance.Model == first).ModelId, "stopped"); // it made room
    }

    [LinuxFact]
    public async Task Stop_LetsTheRunningStreamEnd()
    {
        using var folder = new TempFolder();
        var models = folder.File("models");
        Directory.CreateDirectory(models);
        GgufSamples.Llama().Save(Path.Combine(models, "m.gguf"));
        using var program = new ProgramProcess(
            folder.File("data"),
            "--models",
            models,
            "--engine",
            EngineScript.Write(folder, "load-ms=0", "tps=30")
        );
        await program.WaitReadyAsync();
        using var scan = await program.Http.PostAsync("/api/models/scan", null);
        using var stream = await program.Http.SendAsync(
            ProxyFixture.Post("/v1/chat/completions", Question("m", true)),
            HttpCompletionOption.ResponseHeadersRead
        );
        Assert.Equal(HttpStatusCode.OK, stream.StatusCode);
        var reading = stream.Content.ReadAsStringAsync();
        Assert.Equal(0, Kill(program.Pid, 15));
        Assert.EndsWith("data: [DONE]\n\n", await reading);
        await program.WaitExitAsync(TimeSpan.FromSeconds(30));
    }

    private static string Question(string model, bool stream) =>
        JsonSerializer.Serialize(
            new
            {
                model,
                stream,
                max_tokens = 40,
                messages = new[] { new { role = "user", content = "hi" } },
            }
        );

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int pid, int signal);
}
