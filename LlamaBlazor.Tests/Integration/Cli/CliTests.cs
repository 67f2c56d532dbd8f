using System.Text.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Cli;
using LlamaBlazor.Web.Data;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Cli;

/// <summary>Commands against a dashboard that runs: they find it by its data folder.</summary>
public sealed class CliTests(AppFixture app) : IClassFixture<AppFixture>
{
    private string Data => app.Services.GetRequiredService<DataFolder>().Root;

    [Fact]
    public async Task Stats_AsJson_IsTheApisAnswer()
    {
        var (code, output, _) = await RunAsync("db", "stats", "--json");
        Assert.Equal(0, code);
        using var json = JsonDocument.Parse(output);
        Assert.Equal("wal", json.RootElement.GetProperty("journal_mode").GetString());
    }

    [Fact]
    public async Task Backup_ThenRestore_ByName()
    {
        var (code, output, _) = await RunAsync("db", "backup", "--json");
        Assert.Equal(0, code);
        using var json = JsonDocument.Parse(output);
        var name = json.RootElement.GetProperty("name").GetString()!;
        Assert.Contains(name, (await RunAsync("db", "backups")).Output);
        Assert.Equal(0, (await RunAsync("db", "restore", name)).Code);
    }

    [Fact]
    public async Task Export_Dump_AndTail_Write()
    {
        var copy = app.Folder.File("copy.db");
        Assert.Equal(0, (await RunAsync("db", "export", copy)).Code);
        using (var connection = SqliteSetup.Open(copy))
            Assert.Equal("ok", SqliteSetup.Scalar(connection, "PRAGMA integrity_check"));
        Assert.Equal(1, (await RunAsync("db", "export", copy)).Code); // never over a file that is there

        var (code, sql, _) = await RunAsync("db", "dump", "-");
        Assert.Equal(0, code);
        using var anew = SqliteSetup.Open(app.Folder.File("anew.db"));
        SqliteSetup.Execute(anew, sql);
        Assert.Equal("2.0", SqliteSetup.Scalar(anew, "SELECT value FROM metadata WHERE key = 'db_version'"));
        Assert.Equal(0, (await RunAsync("logs", "tail", "-n", "5")).Code);
    }

    [Fact]
    public async Task Preference_IsSet_AndRead()
    {
        Assert.Equal(0, (await RunAsync("config", "set", "cli_test", "{\"a\":1}")).Code);
        Assert.Contains("\"a\": 1", (await RunAsync("config", "get", "cli_test", "--json")).Output);
        var (code, _, error) = await RunAsync("config", "get", "missing_key");
        Assert.Equal(1, code);
        Assert.Contains("missing_key", error);
    }

    [Theory]
    [InlineData("db", "explode")]
    [InlineData("models", "start")]
    [InlineData("logs", "tail", "-n", "0")]
    [InlineData("nonsense")]
    [InlineData("db", "reset")]
    public async Task WrongUse_IsExitCode2_WithWords(params string[] args)
    {
        var (code, _, error) = await RunAsync(args);
        Assert.Equal(2, code);
        Assert.NotEmpty(error);
    }

    [Fact]
    public async Task Reset_WhileTheDashboardRuns_IsRefused()
    {
        var (code, _, error) = await RunAsync("db", "reset", "--yes");
        Assert.Equal(1, code);
        Assert.Contains("in use by another dashboard", error);
    }

    [Fact]
    public async Task Help_NamesEveryGroup()
    {
        var (code, output, _) = await RunAsync("--help");
        Assert.Equal(0, code);
        Assert.All(CliVerbs.All.Select(verb => verb.Group).Distinct().Append("doctor"), group => Assert.Contains(group, output));
    }

    [Fact]
    public async Task Doctor_ChecksTheDatabase_AndSaysWhereTheServerIs()
    {
        var (_, output, _) = await RunAsync("doctor", "--json");
        using var json = JsonDocument.Parse(output);
        var checks = json.RootElement.EnumerateArray().ToDictionary(item => item.GetProperty("check").GetString()!, item => item.GetProperty("detail").GetString()!);
        Assert.Contains("sound", checks["Database"]);
        Assert.Contains("running at", checks["Server"]);
    }

    [Theory]
    [InlineData(true, "db")]
    [InlineData(true, "--help")]
    [InlineData(false, "serve")]
    [InlineData(false, "--demo")]
    [InlineData(false, "--data")]
    public void Arguments_AreACommandOrTheServers(bool command, string first) => Assert.Equal(command, CliProgram.Wants([first]));

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CliProgram.RunAsync([.. args, .. args is ["--help"] ? (string[])[] : ["--data", Data]], _ => throw new InvalidOperationException("A dashboard runs; none must be started"), output, error);
        return (code, output.ToString(), error.ToString());
    }
}
