using System.Diagnostics;
using System.Text.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared.Configuration;

namespace LlamaBlazor.Tests.Integration.Cli;

/// <summary>A command that finds no dashboard brings one of its own, which does the command's work and nothing else.</summary>
public sealed class CliOwnServerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [LinuxFact]
    public async Task ACommandWithoutADashboard_Works_AndStartsNoPreloadedModel()
    {
        var started = _folder.File("engine-was-started");
        var engine = EngineScript.WriteRaw(_folder, $"touch '{started}'");
        var (code, _, error) = await RunAsync("config", "set", "made_by", "cli");
        Assert.True(code == 0, error);
        using (var connection = SqliteSetup.Open(_folder.File("data/llama-dashboard.db")))
        {
            var file = _folder.File("m.gguf");
            await File.WriteAllTextAsync(file, "GGUF");
            SqliteSetup.Execute(
                connection,
                $"""
                INSERT INTO models (id, uid, name, type, status, role, favorite, file_missing, fit_params_available, created_at, updated_at,
                    revision, model_path)
                VALUES (1, 'u', 'preloaded', 'llama', 'stopped', 'model', 0, 0, 0, 1, 1, 0, '{file}');
                INSERT INTO model_runtime (model_id, preload, engine_path, created_at, updated_at, revision) VALUES (1, 1, '{engine}', 1, 1, 0);
                PRAGMA wal_checkpoint(TRUNCATE);
                """
            );
        }

        var (get, output, _) = await RunAsync("config", "get", "made_by", "--json");
        Assert.Equal(0, get);
        Assert.Contains("cli", output);
        Assert.Equal(0, (await RunAsync("models", "list")).Code);
        Assert.False(File.Exists(started), "a command started an engine");
        Assert.False(File.Exists(_folder.File("data/server.json")));
    }

    [Fact]
    public async Task Settings_AreTheDashboardsOwn_NotThoseOfTheCommand()
    {
        foreach (var key in new[] { "WatchFolders", "Instances:Preload", "Ollama:Enabled" })
        {
            var (code, output, error) = await RunAsync("settings", "get", key, "--json");
            Assert.True(code == 0, error);
            var setting = JsonDocument.Parse(output).RootElement;
            Assert.Equal(("default", false), (setting.GetProperty("source").GetString(), setting.GetProperty("locked").GetBoolean()));
            Assert.True(JsonElement.DeepEquals(setting.GetProperty("default"), setting.GetProperty("value")));
        }

        Assert.Equal(0, (await RunAsync("settings", "set", "WatchFolders", "false")).Code);
        var (_, set, _) = await RunAsync("settings", "get", "WatchFolders", "--json");
        Assert.Equal("saved", JsonDocument.Parse(set).RootElement.GetProperty("source").GetString());
        Assert.Equal(0, (await RunAsync("settings", "reset", "WatchFolders")).Code);
        var (wrong, _, reason) = await RunAsync("settings", "set", "Proxy:QueueSize", "-1");
        Assert.Equal(1, wrong);
        Assert.Contains("QueueSize", reason);
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        var (program, prefix) = OwnProgram.Find();
        using var process = Process.Start(
            new ProcessStartInfo(program, [.. prefix, .. args, "--data", _folder.File("data")])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
