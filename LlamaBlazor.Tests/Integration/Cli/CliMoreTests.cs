using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Cli;
using LlamaBlazor.Web.Data;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Cli;

/// <summary>Every verb runs, every help has an example, and the order of options does not matter.</summary>
public sealed class CliMoreTests(AppFixture app) : IClassFixture<AppFixture>
{
    public static TheoryData<string> Groups => [.. CliVerbs.All.Select(verb => $"{verb.Group} {verb.Name}")];

    private string Data => app.Services.GetRequiredService<DataFolder>().Root;

    [Theory]
    [MemberData(nameof(Groups))]
    public async Task EachVerb_HasAnExample_AndItsArguments(string words)
    {
        var (code, output, _) = await RunAsync([.. words.Split(' '), "--help"]);
        Assert.Equal(0, code);
        Assert.Contains($"Example: {words}", output.ReplaceLineEndings(" "));
    }

    [Theory]
    [InlineData("models list")]
    [InlineData("models scan")]
    [InlineData("models downloads")]
    [InlineData("models cleanup")]
    [InlineData("instances list")]
    [InlineData("images list")]
    [InlineData("images search --q llama")]
    [InlineData("db analyze")]
    [InlineData("db check")]
    [InlineData("db prune")]
    [InlineData("db leftovers")]
    [InlineData("cache stats")]
    [InlineData("cache clear --prompt hello")]
    [InlineData("cache cleanup")]
    [InlineData("stats summary")]
    [InlineData("config list")]
    [InlineData("keys list")]
    public async Task AVerb_Works(string words)
    {
        var (code, output, error) = await RunAsync([.. words.Split(' '), "--json"]);
        Assert.True(code == 0, error);
        using var json = JsonDocument.Parse(output);
    }

    [Theory]
    [InlineData("models start nobody --dry-run", "nobody")]
    [InlineData("models stop nobody", "nobody")]
    [InlineData("models check nobody", "nobody")]
    [InlineData("models command nobody", "nobody")]
    [InlineData("models fit nobody", "nobody")]
    [InlineData("models remove nobody", "nobody")]
    [InlineData("instances logs 99999", "99999")]
    [InlineData("db cancel 99999", "99999")]
    [InlineData("keys revoke 99999", "99999")]
    [InlineData("images remove 99999", "99999")]
    public async Task AVerb_ForWhatIsNotThere_SaysSo(string words, string named)
    {
        var (code, _, error) = await RunAsync(words.Split(' '));
        Assert.Equal(1, code);
        Assert.Contains(named, error);
    }

    [Fact]
    public async Task Keys_AreMade_WithLimits()
    {
        await using var own = new AppFixture();
        await own.InitializeAsync();
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CliProgram.RunAsync(
            [
                "keys",
                "create",
                "laptop",
                "--scopes",
                "inference",
                "--models",
                "a,b",
                "--requests-per-minute",
                "60",
                "--expires",
                "2035-01-31",
                "--json",
                "--data",
                own.Folder.File("data"),
            ],
            _ => throw new InvalidOperationException(),
            output,
            error
        );
        Assert.True(code == 0, error.ToString());
        using var key = JsonDocument.Parse(output.ToString());
        Assert.Equal(
            (60, "b", 2_053_814_400_000),
            (
                key.RootElement.GetProperty("requests_per_minute").GetInt32(),
                key.RootElement.GetProperty("models")[1].GetString(),
                key.RootElement.GetProperty("expires_at").GetInt64()
            )
        );
    }

    [Fact]
    public async Task Models_AreListed_PastAThousand()
    {
        using (var connection = SqliteSetup.Open(app.Services.GetRequiredService<DataFolder>().Database))
            SqliteSetup.Execute(
                connection,
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1205) INSERT INTO models (uid, name, type, "
                    + "status, role, favorite, file_missing, fit_params_available, created_at, updated_at, revision) SELECT 'u' || i, "
                    + "'many-' || i, 'llama', 'stopped', 'model', 0, 0, 0, i, i, 0 FROM n"
            );
        var (_, output, _) = await RunAsync("models", "list", "--json");
        using var json = JsonDocument.Parse(output);
        Assert.True(json.RootElement.GetProperty("items").GetArrayLength() >= 1205);
    }

    [Fact]
    public async Task Doctor_LooksAtThePorts_TheFolders_AndTheSettingsOfTheDashboard()
    {
        var saved = await app.Http.PutAsJsonAsync(
            "/api/settings",
            new { model_directories = new[] { app.Folder.File("gone") }, port_range = "40000-40999" }
        );
        var (_, output, _) = await RunAsync("doctor", "--json");
        using var json = JsonDocument.Parse(output);
        var checks = json
            .RootElement.EnumerateArray()
            .Select(item =>
                (
                    Check: item.GetProperty("check").GetString(),
                    Ok: item.GetProperty("ok").GetBoolean(),
                    Mend: item.GetProperty("mend").GetString()
                )
            )
            .ToList();
        Assert.Contains(checks, check => check is { Check: "Ports", Ok: true });
        Assert.All(checks.Where(check => !check.Ok), check => Assert.NotEmpty(check.Mend!));
        if (saved.IsSuccessStatusCode)
            Assert.DoesNotContain(checks, check => check is { Check: "Models", Ok: true });
    }

    [Fact]
    public async Task Doctor_WithoutADashboard_TellsOfATakenPort()
    {
        using var folder = new TempFolder();
        using var output = new StringWriter();
        await CliProgram.RunAsync(
            ["--data", folder.Path, "--json", "doctor"],
            _ => throw new InvalidOperationException(),
            output,
            TextWriter.Null
        );
        Assert.Contains("\"Port\"", output.ToString());
    }

    [Theory]
    [InlineData(true, "--data /x db backup")]
    [InlineData(true, "--json models list")]
    [InlineData(true, "serve --help")]
    [InlineData(false, "--data /x serve")]
    [InlineData(false, "--models serve --demo")]
    [InlineData(false, "--urls http://127.0.0.1:1")]
    public void Options_MayStandBeforeTheVerb(bool command, string words) => Assert.Equal(command, CliProgram.Wants(words.Split(' ')));

    [Fact]
    public void TheServer_GetsItsArguments_WithoutTheWord() =>
        Assert.Equal(["--data", "/x", "--demo"], CliProgram.ServerArguments(["--data", "/x", "serve", "--demo"]));

    [Fact]
    public async Task ServeHelp_NamesItsOptions()
    {
        var (code, output, _) = await RunAsync("serve", "--help");
        Assert.Equal(0, code);
        Assert.All(new[] { "--models", "--engine", "--urls", "--demo" }, option => Assert.Contains(option, output));
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CliProgram.RunAsync(
            [.. args, "--data", Data],
            _ => throw new InvalidOperationException("A dashboard runs; none must be started"),
            output,
            error
        );
        return (code, output.ToString(), error.ToString());
    }
}
