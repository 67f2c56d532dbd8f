using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Integration.Instances;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Engines;

/// <summary>The environment of an engine, by what the process itself finds in it: its own variables, its own key, and nothing of the
/// dashboard's.</summary>
public sealed class EngineEnvironmentTests(EngineEnvironmentTests.App app) : IClassFixture<EngineEnvironmentTests.App>
{
    public sealed class App : InstanceHarness
    {
        public App() => With("LlamaBlazor:Instances:StopGraceSeconds", "600").With("LlamaBlazor:Instances:StartAttempts", "1");

        public override async ValueTask DisposeAsync()
        {
            await Services.GetRequiredService<LlamaBlazor.Web.Instances.InstanceHost>().StopAsync(CancellationToken.None);
            await base.DisposeAsync();
        }
    }

    [LinuxFact]
    public async Task Variables_OfServerAndModel_ReachTheEngine_AndItsProbes()
    {
        var (engine, seen) = Engine();
        var model = await app.AddModelWithAsync(engine);
        await PatchAsync(
            "/api/server-config",
            new { environment = Of(("GGML_SHARED", "server"), ("GGML_GONE", "server"), ("GGML_BOTH", "server")) }
        );
        await PatchAsync(
            $"/api/models/{model}/config/server",
            new
            {
                environment = Of(
                    ("CUDA_VISIBLE_DEVICES", "0,1"),
                    ("GGML_BOTH", "model"),
                    ("GGML_GONE", null),
                    ("LD_LIBRARY_PATH", "/opt/a:/opt/b")
                ),
            }
        );
        await app.StartAsync(model);
        var probes = await Task.WhenAll(Probes(seen).Select(ReadAsync));
        foreach (
            var environment in new[]
            {
                Assert.Single(probes, probe => probe.GetValueOrDefault("GGML_BOTH") == "model"),
                await ReadAsync(seen),
            }
        )
        {
            Assert.Equal("server", environment["GGML_SHARED"]);
            Assert.Equal("model", environment["GGML_BOTH"]);
            Assert.Equal("0,1", environment["CUDA_VISIBLE_DEVICES"]);
            Assert.Equal("/opt/a:/opt/b", environment["LD_LIBRARY_PATH"]);
            Assert.DoesNotContain("GGML_GONE", environment.Keys);
        }

        var command = await app.GetAsync($"/api/models/{model}/command");
        Assert.Equal("0,1", command.GetProperty("environment").GetProperty("CUDA_VISIBLE_DEVICES").GetString());
        Assert.StartsWith("CUDA_VISIBLE_DEVICES='0,1' GGML_BOTH=model GGML_SHARED=server", command.GetProperty("display").GetString());
        Assert.False((await app.GetAsync($"/api/models/{model}/pending-changes")).GetProperty("restart_needed").GetBoolean());
        await PatchAsync($"/api/models/{model}/config/server", new { environment = Of(("CUDA_VISIBLE_DEVICES", "1")) });
        var pending = await app.GetAsync($"/api/models/{model}/pending-changes");
        Assert.Contains(
            pending.GetProperty("changes").EnumerateArray(),
            change => change.GetProperty("flag").GetString() == "CUDA_VISIBLE_DEVICES" && change.GetProperty("after").GetString() == "1"
        );
        await PatchAsync("/api/server-config", new { environment = (object?)null });
    }

    [LinuxFact]
    public async Task NothingOfTheDashboards_ReachesAnEngine()
    {
        string[] kept = ["LB_TEST_WRAPPER_HOME", "LB_TEST_TOKENS_PER_BATCH"];
        string[] dropped =
        [
            "LB_TEST__Certificates__Default__Password",
            "LB_TEST_HF_TOKEN",
            "ASPNETCORE_LB_TEST",
            "DOTNET_LB_TEST",
            "LLAMABLAZOR__LB_TEST",
            "LlamaBlazor__Lb_Test",
            "LLAMA_ARG_LB_TEST",
            "Kestrel__LbTest",
            "LB_TEST_PASSWORD",
            "LB_TEST_API_KEY",
        ];
        var (engine, seen) = Engine();
        var model = await app.AddModelWithAsync(engine);
        foreach (var name in kept.Concat(dropped))
            Environment.SetEnvironmentVariable(name, "here");
        try
        {
            await app.StartAsync(model);
        }
        finally
        {
            foreach (var name in kept.Concat(dropped))
                Environment.SetEnvironmentVariable(name, null);
        }

        foreach (var path in Probes(seen).Append(seen))
        {
            var environment = await ReadAsync(path);
            Assert.Empty(environment.Keys.Intersect(dropped));
            Assert.Empty(kept.Except(environment.Keys));
            Assert.DoesNotContain(
                environment.Keys,
                name => name.StartsWith("DOTNET_", StringComparison.Ordinal) || name.StartsWith("ASPNETCORE_", StringComparison.Ordinal)
            );
        }
    }

    [LinuxFact]
    public async Task SecretVariable_IsProtectedAtRest_MaskedForReaders_AndPlainForTheEngine()
    {
        var (engine, seen) = Engine();
        var model = await app.AddModelWithAsync(engine);
        await PatchAsync($"/api/models/{model}/config/server", new { environment = Of(("MY_TOKEN", "s3cret-variable"), ("GGML_X", "1")) });
        await PatchAsync($"/api/models/{model}/config/server", new { environment = Of(("MY_TOKEN", "***"), ("GGML_X", "2")) });
        await app.StartAsync(model);
        Assert.Equal(("s3cret-variable", "2"), ((await ReadAsync(seen))["MY_TOKEN"], (await ReadAsync(seen))["GGML_X"]));
        foreach (
            var path in new[]
            {
                $"/api/models/{model}/config/server",
                $"/api/models/{model}/config",
                $"/api/models/{model}/command",
                $"/api/models/{model}/config/server/revisions",
                $"/api/instances",
            }
        )
        {
            var text = await app.Http.GetStringAsync(new Uri(path, UriKind.Relative));
            Assert.DoesNotContain("s3cret-variable", text);
        }

        Assert.Equal(
            "***",
            (await app.GetAsync($"/api/models/{model}/config/server"))
                .GetProperty("values")
                .GetProperty("environment")
                .GetProperty("MY_TOKEN")
                .GetString()
        );
        AssertNotStored("s3cret-variable");
    }

    [LinuxFact]
    public async Task SecretOfAnUnknownFlag_IsProtectedLikeAKnownOne()
    {
        var model = await app.AddModelWithAsync(EngineScript.Write(app.Folder, "load-ms=0"));
        await PatchAsync(
            $"/api/models/{model}/config/advanced",
            new { custom_params = new Dictionary<string, string> { ["--foo-token"] = "s3cret-flag" } }
        );
        await PatchAsync(
            $"/api/models/{model}/config/advanced",
            new { custom_params = new Dictionary<string, string> { ["--foo-token"] = "s3cret-flag-2" } }
        );
        foreach (
            var path in new[]
            {
                $"/api/models/{model}/config/advanced",
                $"/api/models/{model}/command",
                $"/api/models/{model}/config/advanced/revisions",
            }
        )
            Assert.DoesNotContain("s3cret-flag", await app.Http.GetStringAsync(new Uri(path, UriKind.Relative)));
        AssertNotStored("s3cret-flag");
    }

    [LinuxFact]
    public async Task RefusedVariables_AreToldByName_AndNothingIsSaved()
    {
        var model = await app.AddModelWithAsync(EngineScript.Write(app.Folder, "load-ms=0"));
        using var answer = await app.Http.PatchAsJsonAsync(
            $"/api/models/{model}/config/server",
            new { environment = Of(("LD_PRELOAD", "/x.so"), ("GGML_X", "1"), ("LLAMA_ARG_PORT", "1")) }
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var words = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").GetProperty("environment")[0].GetString();
        Assert.Contains("LD_PRELOAD", words);
        Assert.Contains("LLAMA_ARG_PORT", words);
        Assert.DoesNotContain("GGML_X", words);
        Assert.Equal(
            JsonValueKind.Null,
            (await app.GetAsync($"/api/models/{model}/config/server")).GetProperty("values").GetProperty("environment").ValueKind
        );
    }

    [LinuxFact]
    public async Task PortOfAnEngine_IsNoWayRound_AndTheDashboardHasTheKey()
    {
        var (engine, seen) = Engine();
        var model = await app.AddModelWithAsync(engine);
        var first = await app.StartAsync(model);
        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(first.BaseUrl + "/health"))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(new Uri(first.BaseUrl + "/props"))).StatusCode);
        var key = (await ReadAsync(seen))["LLAMA_API_KEY"];
        Assert.Equal(48, key.Length);
        Assert.DoesNotContain(key, File.ReadAllText($"/proc/{first.Pid}/cmdline"));
        Assert.DoesNotContain(key, await app.Http.GetStringAsync(new Uri("/api/instances", UriKind.Relative)));
        using var chat = await app.Http.PostAsJsonAsync(
            "/v1/chat/completions",
            new
            {
                model = first.Model,
                messages = new[] { new { role = "user", content = "hi" } },
                max_tokens = 2,
            }
        );
        Assert.Equal(HttpStatusCode.OK, chat.StatusCode);
        await app.PostAsync($"/api/models/{model}/restart");
        await app.WaitForAnotherProcessAsync(model, first);
        Assert.NotEqual(key, (await ReadAsync(seen))["LLAMA_API_KEY"]);
    }

    [LinuxFact]
    public async Task KeysOfTheUser_StillOpenTheEngine()
    {
        var model = await app.AddModelWithAsync(EngineScript.Write(app.Folder, "load-ms=0"));
        await PatchAsync("/api/server-config", new { api_key = "mine,yours" });
        var running = await app.StartAsync(model);
        using var http = new HttpClient();
        async Task<HttpStatusCode> AskAsync(string? key)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, running.BaseUrl + "/props");
            if (key is not null)
                request.Headers.Authorization = new("Bearer", key);
            return (await http.SendAsync(request)).StatusCode;
        }

        await PatchAsync("/api/server-config", new { api_key = (string?)null });
        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Unauthorized),
            (await AskAsync("mine"), await AskAsync("yours"), await AskAsync(null))
        );
        Assert.Equal(HttpStatusCode.OK, (await app.Http.GetAsync(new Uri($"/props?model={running.Model}", UriKind.Relative))).StatusCode);
    }

    [LinuxFact]
    public async Task StartLimitAndTimeToStop_OfAModel_HoldForIt()
    {
        var slow = await app.AddModelAsync("never-ready");
        await PatchAsync($"/api/models/{slow}/config/runtime", new { start_limit_seconds = 1, stop_grace_seconds = 0 });
        var failure = (await app.Supervisor.EnsureReadyAsync(slow, CancellationToken.None)).Failure!;
        Assert.Contains("not ready within 1 seconds", failure.Message);
        Assert.Contains("Start limit", failure.Message);

        var stubborn = await app.AddModelAsync("load-ms=0", "ignore-term");
        await PatchAsync($"/api/models/{stubborn}/config/runtime", new { stop_grace_seconds = 0 });
        var running = await app.StartAsync(stubborn);
        await app.PostAsync($"/api/models/{stubborn}/stop");
        await app.WaitForAsync(stubborn, "stopped"); // the dashboard's own grace is ten minutes
        Assert.False(InstanceHarness.IsAlive(running.Pid!.Value));
    }

    // Not an anonymous object: JSON would write its names with small letters.
    private static Dictionary<string, string?> Of(params (string Name, string? Value)[] variables) =>
        variables.ToDictionary(pair => pair.Name, pair => pair.Value);

    // An engine that writes down its environment: of a start, and of each probe beside it.
    private (string Path, string Seen) Engine()
    {
        var seen = app.Folder.File($"environment-{Guid.NewGuid():N}");
        return (
            EngineScript.WriteRaw(
                app.Folder,
                $"""
                for last in "$@"; do :; done
                case "$last" in
                --version|--help|--list-devices) env -0 > '{seen}'".$last.$$" ;;
                *) env -0 > '{seen}' ;;
                esac
                exec '{EngineScript.Write(app.Folder, "load-ms=0")}' "$@"
                """
            ),
            seen
        );
    }

    private static string[] Probes(string seen) =>
        Directory.GetFiles(Path.GetDirectoryName(seen)!, Path.GetFileName(seen) + ".--version.*");

    private static async Task<Dictionary<string, string>> ReadAsync(string path) =>
        (await File.ReadAllTextAsync(path))
            .Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1]);

    private async Task PatchAsync(string path, object body)
    {
        using var answer = await app.Http.PatchAsJsonAsync(path, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private void AssertNotStored(string secret)
    {
        var folder = app.Services.GetRequiredService<DataFolder>();
        foreach (var file in Directory.GetFiles(folder.Root, "llama-dashboard.db*"))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
            Assert.DoesNotContain(secret, reader.ReadToEnd());
        }
    }
}
