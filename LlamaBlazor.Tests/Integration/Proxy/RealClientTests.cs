using System.Diagnostics;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using LlamaBlazor.Tests.Architecture;
using LlamaBlazor.Tests.Integration.Instances;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Proxy;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Proxy;

/// <summary>Programs that people really use: OpenAI's client for Node.js and curl, against the simulated and the real engine.</summary>
public sealed class RealClientTests(GuardedApp app) : IClassFixture<GuardedApp>
{
    private const string PlentyOfTokens = "tps=100";

    [OpenAiClientTheory]
    [InlineData("chat")]
    [InlineData("stream")]
    [InlineData("completion")]
    [InlineData("embeddings")]
    [InlineData("models")]
    [InlineData("tools")]
    [InlineData("tools-stream")]
    [InlineData("unknown")]
    [InlineData("invalid")]
    [InlineData("abort")]
    public async Task OpenAiClient_Works_WithTheSimulatedEngine(string scenario)
    {
        var settings = new Dictionary<string, object?> { ["embeddings"] = scenario == "embeddings" ? 1 : null };
        await AskAsync(scenario, await app.AddGuardedAsync(EngineScript.Write(app.Folder, "load-ms=0", PlentyOfTokens), null, settings));
        await Until.TrueAsync(
            () => app.Services.GetRequiredService<InFlightRegistry>().Count == 0,
            "nothing is left under way, also of what was broken off"
        );
    }

    [OpenAiClientTheory(RealEngine = true)]
    [InlineData("chat")]
    [InlineData("stream")]
    [InlineData("completion")]
    [InlineData("models")]
    [InlineData("abort")]
    [InlineData("embeddings")]
    public async Task OpenAiClient_Works_WithTheRealEngine(string scenario)
    {
        var settings = new Dictionary<string, object?> { ["embeddings"] = scenario == "embeddings" ? 1 : null };
        var name = await app.AddGuardedAsync(RealEngineFactAttribute.Engine!, RealModelFactAttribute.Model, settings);
        using var pooled = await app.Http.PatchAsJsonAsync($"/api/models/{name}/config/advanced", new { pooling = "mean" });
        await AskAsync(scenario, name);
    }

    [LinuxFact]
    public async Task Curl_StreamsAndPrintsPlainAnswers()
    {
        var name = await app.AddGuardedAsync(EngineScript.Write(app.Folder, "load-ms=0", "tps=2000"), null, []);
        var url = new Uri(app.Address, "v1/chat/completions").ToString();
        var (code, plain, error) = await RunAsync(
            "curl",
            "-sS",
            "--fail-with-body",
            url,
            "-H",
            "Content-Type: application/json",
            "-d",
            $$"""{"model":"{{name}}","max_tokens":3,"messages":[{"role":"user","content":"hi"}]}"""
        );
        Assert.True(code == 0, plain + error);
        Assert.Contains("\"finish_reason\":\"length\"", plain);
        // Without a content type of its own and with chunks, as scripts do it.
        var (_, stream, _) = await RunAsync(
            "curl",
            "-sSN",
            url,
            "-H",
            "Transfer-Encoding: chunked",
            "-d",
            $$"""{"model":"{{name}}","max_tokens":3,"stream":true,"messages":[{"role":"user","content":"hi"}]}"""
        );
        Assert.EndsWith("data: [DONE]\n\n", stream);
    }

    private async Task AskAsync(string scenario, string model)
    {
        var (code, output, error) = await RunAsync(
            "node",
            OpenAiClientTheoryAttribute.Script,
            scenario,
            new Uri(app.Address, "v1").ToString(),
            model
        );
        Assert.True(code == 0, output + error);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token);
        return (process.ExitCode, await output, await error);
    }
}

/// <summary>A test with OpenAI's client: needs Node.js and the modules of <c>npm ci</c>, and the real engine where it says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OpenAiClientTheoryAttribute : TheoryAttribute
{
    /// <summary>The script, beside its sources: Node.js looks for modules upwards from there.</summary>
    public static string Script { get; } = Path.Combine(Source.Root, "LlamaBlazor.Tests", "Integration", "Proxy", "openai-client.mjs");

    /// <summary>Whether it needs a real engine and a real model.</summary>
    public bool RealEngine
    {
        get => false;
        set
        {
            if (value && (RealEngineFactAttribute.Engine is null || RealModelFactAttribute.Model is null))
                Skip = "LLAMA_SERVER and LLAMA_MODEL do not name a llama-server and a model";
        }
    }

    public OpenAiClientTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
    {
        if (!OperatingSystem.IsLinux())
            Skip = "Needs Linux: the engines are started by shell scripts";
        else if (
            !(Environment.GetEnvironmentVariable("PATH") ?? "")
                .Split(Path.PathSeparator)
                .Any(folder => File.Exists(Path.Combine(folder, "node")))
        )
            Skip = "Node.js is not installed";
        else if (!Directory.Exists(Path.Combine(Source.Root, "node_modules", "openai")))
            Skip = "The package openai is not installed: run npm ci";
    }
}
