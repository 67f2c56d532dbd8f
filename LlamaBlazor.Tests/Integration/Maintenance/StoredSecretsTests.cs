using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Cli;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Downloads;
using LlamaBlazor.Web.Maintenance;
using LlamaBlazor.Web.Maintenance.Jobs;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Parameters;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Maintenance;

/// <summary>A database restored in another data folder: the secrets whose keys stayed behind are named, never shown.</summary>
public sealed class StoredSecretsTests : IAsyncLifetime
{
    private static readonly string[] Unreadable =
    [
        "kept aside from old.db, table users",
        "metadata old_password",
        "model alpha: hf_token",
        "preference some_token",
        "server settings: api_key",
        "settings: hf_token",
    ];

    private readonly AppFixture _here = new();
    private readonly AppFixture _there = new();

    public async ValueTask InitializeAsync()
    {
        await _here.InitializeAsync();
        await _there.InitializeAsync();
        await FillAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _here.DisposeAsync();
        await _there.DisposeAsync();
    }

    [Fact]
    public async Task Restore_FromElsewhere_NamesWhatTheKeysHereDoNotOpen_WithTheNextStep()
    {
        var report = await RestoreAsync(_there, await ExportAsync());
        Assert.Equal(
            Unreadable,
            report.GetProperty("unreadable_secrets").EnumerateArray().Select(name => name.GetString()!).Order(StringComparer.Ordinal)
        );
        Assert.Contains("Enter them again", report.GetProperty("next_step").GetString());
        Assert.Contains("keys/", report.GetProperty("next_step").GetString());
        Assert.DoesNotContain("protected:", report.GetRawText());
        var job = _there.Services.GetRequiredService<DatabaseJobs>().List()[0];
        Assert.Contains("model alpha: hf_token", JobWords.Outcome(job));
        Assert.True(JobWords.IsWarning(job));
        await Until.TrueAsync(
            async () =>
                (await _there.GetAsync("/api/logs?level=warn")).GetRawText().Contains("server settings: api_key", StringComparison.Ordinal),
            "the names in the log"
        );
        await Until.TrueAsync(
            () =>
                ((string?)Scalar(_there, "SELECT details FROM audit_log WHERE action = 'restore'"))?.Contains(
                    "settings: hf_token",
                    StringComparison.Ordinal
                ) == true,
            "the names in the trail"
        );
    }

    [Fact]
    public async Task Restore_WhereTheKeysAre_HasNothingToSay()
    {
        var report = await RestoreAsync(_here, await ExportAsync());
        Assert.Empty(report.GetProperty("unreadable_secrets").EnumerateArray());
        Assert.Equal(JsonValueKind.Null, report.GetProperty("next_step").ValueKind);
        var job = _here.Services.GetRequiredService<DatabaseJobs>().List()[0];
        Assert.False(JobWords.IsWarning(job));
        Assert.DoesNotContain("secret", JobWords.Outcome(job));
    }

    [Fact]
    public async Task Restore_WithoutADashboard_NamesThem_UntilTheKeysCameAlong()
    {
        var file = await ExportAsync();
        using var folder = new TempFolder();
        var first = await RunAsync("db", "restore", file, "--data", folder.Path);
        Assert.All(Unreadable, name => Assert.Contains(name, first));
        Assert.Contains("Enter them again", first);
        foreach (var key in Directory.EnumerateFiles(_here.Services.GetRequiredService<DataFolder>().Keys))
            File.Copy(key, Path.Combine(folder.File("keys"), Path.GetFileName(key)));
        Assert.DoesNotContain("secret", await RunAsync("db", "restore", file, "--data", folder.Path));
    }

    [Fact]
    public async Task ManyOfThem_AreCounted_PastTheBound()
    {
        var path = await ExportAsync();
        using (var connection = SqliteSetup.Open(path))
            SqliteSetup.Execute(
                connection,
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO metadata (key, value, "
                    + "updated_at) SELECT 'k' || i, 'protected:x', 0 FROM n"
            );
        var names = StoredSecrets.FindUnreadable(path, _here.Services.GetRequiredService<SecretProtector>());
        Assert.Equal(StoredSecrets.Bound + 1, names.Count);
        Assert.Equal("and 400 more", names[^1]);
    }

    private async Task FillAsync()
    {
        var services = _here.Services;
        var id = await services
            .GetRequiredService<DatabaseWriter>()
            .ExecuteAsync(
                async (context, token) =>
                {
                    var model = ModelRows.New("alpha", 1);
                    await ModelRows.AddAsync(context, [model], token);
                    return model.Id;
                }
            );
        var store = services.GetRequiredService<ParameterStore>();
        Assert.True(
            (
                await store.SaveAsync(id, [new SectionChange("model", new Dictionary<string, object?> { ["hf_token"] = "hf_mine" })])
            ).IsSuccess
        );
        Assert.True(
            (
                await store.SaveAsync(null, [new SectionChange("server", new Dictionary<string, object?> { ["api_key"] = "sk-mine" })])
            ).IsSuccess
        );
        Assert.True((await services.GetRequiredService<HubToken>().SaveAsync("hf_hub")).IsSuccess);
        var secrets = services.GetRequiredService<SecretProtector>();
        using var connection = SqliteSetup.Open(services.GetRequiredService<DataFolder>().Database);
        SqliteSetup.Execute(
            connection,
            $$"""
            INSERT INTO config (key, value, value_type, created_at, updated_at) VALUES ('some_token', '"{{secrets.Protect(
                "t"
            )}}"', 'str', 1, 1), ('plain', '"open"', 'str', 1, 1);
            INSERT INTO metadata (key, value, updated_at) VALUES ('old_password', '{{secrets.Protect("p")}}', 1);
            INSERT INTO import_leftovers (source, table_name, row_json, reason, created_at) VALUES ('old.db', 'users', '{"id":1,"password":"{{secrets.Protect(
                "a"
            )}}"}', 'r', 1), ('old.db', 'users', '{"id":2,"password":"{{secrets.Protect("b")}}"}', 'r', 1);
            """
        );
    }

    private async Task<string> ExportAsync()
    {
        var path = _here.Folder.File($"{Guid.NewGuid():N}.db");
        await File.WriteAllBytesAsync(path, await _here.Http.GetByteArrayAsync("/api/database/export"));
        return path;
    }

    private static async Task<JsonElement> RestoreAsync(AppFixture app, string path)
    {
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(await File.ReadAllBytesAsync(path)), "file", "elsewhere.db" },
        };
        var answer = await app.Http.PostAsync("/api/database/restore", form);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task<string> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CliProgram.RunAsync(args, _ => throw new InvalidOperationException("No dashboard must be started"), output, error);
        Assert.True(code == 0, error.ToString());
        return output.ToString();
    }

    private static object? Scalar(AppFixture app, string sql)
    {
        using var connection = SqliteSetup.Open(app.Services.GetRequiredService<DataFolder>().Database);
        return SqliteSetup.Scalar(connection, sql) is var value and not DBNull ? value : null;
    }
}
