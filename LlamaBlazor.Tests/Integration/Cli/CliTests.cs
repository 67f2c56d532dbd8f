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
    public async Task Dump_Load_Merge_AndRecover_GoThroughTheDashboard()
    {
        var dump = app.Folder.File("whole.sql");
        Assert.Equal(0, (await RunAsync("db", "dump", dump)).Code);
        Assert.Equal(1, (await RunAsync("db", "dump", dump)).Code); // never over a file that is there
        Assert.Equal(0, (await RunAsync("config", "set", "after_dump", "1")).Code);
        var (code, output, _) = await RunAsync("db", "load", dump, "--json");
        Assert.Equal(0, code);
        Assert.Contains("before-restore", output);
        Assert.Equal(1, (await RunAsync("config", "get", "after_dump")).Code);

        var copy = app.Folder.File("merge.db");
        Assert.Equal(0, (await RunAsync("db", "export", copy)).Code);
        Assert.Contains("added", (await RunAsync("db", "merge", copy, "--json")).Output);
        Assert.Equal(0, (await RunAsync("db", "backup")).Code);
        Assert.Equal(0, (await RunAsync("db", "recover")).Code);
        Assert.Contains("recovery", (await RunAsync("db", "jobs")).Output);
        await File.WriteAllTextAsync(app.Folder.File("bad.sql"), "ATTACH '/tmp/stolen.db' AS x;\n");
        var (bad, _, error) = await RunAsync("db", "load", app.Folder.File("bad.sql"));
        Assert.Equal(1, bad);
        Assert.Contains("Line 1", error);
    }

    [Fact]
    public async Task Progress_GoesToTheErrorOutput_AndNotBesideJson()
    {
        Assert.NotEmpty((await RunAsync("db", "backup")).Error); // which step is seen depends on how fast it is
        Assert.Empty((await RunAsync("db", "backup", "--json")).Error);
    }

    [Fact]
    public async Task Settings_GoOutAndIn_SealedWhereAsked()
    {
        var (plain, sealedFile, phrase) = (app.Folder.File("plain.json"), app.Folder.File("sealed.json"), app.Folder.File("phrase"));
        await File.WriteAllTextAsync(phrase, "correct horse battery\n");
        Assert.Equal(0, (await RunAsync("db", "export-settings", plain)).Code);
        Assert.Equal(1, (await RunAsync("db", "export-settings", app.Folder.File("none.json"), "--secrets")).Code);
        Assert.Equal(0, (await RunAsync("db", "export-settings", sealedFile, "--secrets", "--passphrase-file", phrase)).Code);
        Assert.Contains("\"sealed\"", await File.ReadAllTextAsync(sealedFile));
        var (code, output, _) = await RunAsync("db", "import-settings", sealedFile, "--dry-run", "--passphrase-file", phrase, "--json");
        Assert.Equal(0, code);
        Assert.Contains("opened", output);
        Assert.Equal(1, (await RunAsync("db", "import-settings", phrase)).Code);
        Assert.Equal(2, (await RunAsync("db", "import-settings", plain, "--on-conflict", "guess")).Code);
    }

    [Fact]
    public async Task Migrate_TellsItsSteps()
    {
        var (code, output, _) = await RunAsync("db", "migrate", "--status");
        Assert.Equal(0, code);
        Assert.Contains("applied  20", output);
        Assert.DoesNotContain("pending", output);
    }

    [Fact]
    public async Task Presets_AreExported_AndTried()
    {
        var path = app.Folder.File("models.ini");
        Assert.Equal(0, (await RunAsync("presets", "export", path)).Code);
        Assert.True(File.Exists(path));
        await File.WriteAllTextAsync(app.Folder.File("one.ini"), "[one]\nmodel = /models/one.gguf\nctx-size = 4096\n");
        var (code, output, _) = await RunAsync("presets", "import", app.Folder.File("one.ini"), "--dry-run", "--json");
        Assert.Equal(0, code);
        Assert.Contains("\"ctx_size\": 4096", output);
    }

    [Theory]
    [InlineData("bash", "complete -o filenames -F _llamablazor")]
    [InlineData("zsh", "bashcompinit")]
    [InlineData("powershell", "Register-ArgumentCompleter")]
    public async Task Completion_KnowsTheCommands(string shell, string words)
    {
        var (code, script, _) = await RunAsync("completion", shell);
        Assert.Equal(0, code);
        Assert.Contains(words, script);
        foreach (var command in new[] { "import-legacy", "recover", "tail", "export-settings", "--dry-run" })
            Assert.Contains(command, script);
    }

    [Fact]
    public async Task Completion_WorksInBash()
    {
        if (!File.Exists("/bin/bash"))
            return;
        var script = app.Folder.File("completion.bash");
        await File.WriteAllTextAsync(
            script,
            (await RunAsync("completion", "bash")).Output
                + "COMP_WORDS=(llamablazor db import-leg); COMP_CWORD=2; _llamablazor; echo "
                + "\"${COMPREPLY[@]}\"\nCOMP_WORDS=(llamablazor --json logs tail --l); COMP_CWORD=4; _llamablazor; echo "
                + "\"${COMPREPLY[@]}\"\n"
        );
        using var bash = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("/bin/bash", [script]) { RedirectStandardOutput = true }
        )!;
        Assert.Equal("import-legacy\n--lines --level\n", await bash.StandardOutput.ReadToEndAsync());
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
        var checks = json
            .RootElement.EnumerateArray()
            .ToDictionary(item => item.GetProperty("check").GetString()!, item => item.GetProperty("detail").GetString()!);
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
        var code = await CliProgram.RunAsync(
            [.. args, .. args is ["--help"] ? (string[])[] : ["--data", Data]],
            _ => throw new InvalidOperationException("A dashboard runs; none must be started"),
            output,
            error
        );
        return (code, output.ToString(), error.ToString());
    }
}
