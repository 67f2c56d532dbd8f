using System.Net.Http.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Maintenance;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Maintenance;

/// <summary>Whatever an administrator does to the database is in <c>audit_log</c>, also after the database was replaced.</summary>
public sealed class AuditTests : IAsyncLifetime
{
    private readonly AppFixture _app = new();

    private string Database => _app.Services.GetRequiredService<DataFolder>().Database;

    public ValueTask InitializeAsync() => _app.InitializeAsync();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task EachOperation_LeavesItsRow()
    {
        foreach (var operation in new[] { "backup", "vacuum", "analyze", "prune" })
            Assert.True((await _app.Http.PostAsync($"/api/database/{operation}", null)).IsSuccessStatusCode);
        await _app.Http.GetByteArrayAsync("/api/database/dump");
        await _app.Http.GetByteArrayAsync("/api/database/settings");
        Assert.True(
            (
                await _app.Http.PostAsJsonAsync("/api/database/settings/export", new { passphrase = "correct horse battery" })
            ).IsSuccessStatusCode
        );
        Assert.True(
            (
                await _app.Http.PostAsJsonAsync(
                    "/api/database/settings/import",
                    new { document = new { format = "llamablazor-settings", version = 1 } }
                )
            ).IsSuccessStatusCode
        );
        Assert.True((await _app.Http.PutAsJsonAsync("/api/database/retention/logs", new { days = 9 })).IsSuccessStatusCode);
        Assert.True((await _app.Http.DeleteAsync("/api/logs")).IsSuccessStatusCode);
        await UploadAsync("/api/database/import-legacy", LegacyFixtures.Write(_app.Folder.File("old.db"), LegacyFixtures.WideV1));
        await UploadAsync(
            "/api/database/import-legacy?dry_run=true",
            LegacyFixtures.Write(_app.Folder.File("other.db"), LegacyFixtures.V2)
        ); // changes nothing: no row
        await UploadAsync("/api/database/import?mode=merge", await ExportAsync());
        string[] expected =
        [
            "backup database llama-dashboard-manual-*",
            "vacuum database ",
            "analysis database ",
            "pruned database ",
            "dump database ",
            "settings_exported database ",
            "settings_exported database ",
            "settings_imported database ",
            "retention_changed table logs",
            "cleared logs ",
            "import of an old database database old.db",
            "export database ",
            "merge database *",
        ];
        await Until.TrueAsync(() => Rows().Count >= expected.Length, "all rows");
        Assert.Equal(expected, Rows());
        Assert.Equal(
            1L,
            Number("""SELECT count(*) FROM audit_log WHERE action = 'settings_exported' AND details LIKE '%"secrets":true%'""")
        );
    }

    [Fact]
    public async Task AReplacedDatabase_TellsWhatReplacedIt()
    {
        var file = await ExportAsync();
        await UploadAsync("/api/database/restore", file);
        await Until.TrueAsync(
            () => Number("SELECT count(*) FROM audit_log WHERE action = 'restore' AND details LIKE '%before-restore%'") == 1,
            "the restore"
        );
        var dump = _app.Folder.File("dump.sql");
        await File.WriteAllBytesAsync(dump, await _app.Http.GetByteArrayAsync("/api/database/dump"));
        await UploadAsync("/api/database/load", dump);
        await Until.TrueAsync(
            () => Number("SELECT count(*) FROM audit_log WHERE action = 'load' AND details LIKE '%before-restore%'") == 1,
            "the load"
        );
    }

    private async Task<string> ExportAsync()
    {
        var path = _app.Folder.File($"{Guid.NewGuid():N}.db");
        await File.WriteAllBytesAsync(path, await _app.Http.GetByteArrayAsync("/api/database/export"));
        return path;
    }

    private async Task UploadAsync(string path, string file)
    {
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(await File.ReadAllBytesAsync(file)), "file", Path.GetFileName(file) },
        };
        var answer = await _app.Http.PostAsync(path, form);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    // In their order; names of files without what chance and the clock put into them.
    private List<string> Rows()
    {
        using var connection = SqliteSetup.Open(Database);
        return
        [
            .. SqliteRead.Column(
                connection,
                """
                SELECT action || ' ' || resource_type || ' ' || CASE WHEN resource_id LIKE 'llama-dashboard-manual-%' THEN 'llama-dashboard-manual-*' WHEN action = 'merge' THEN '*' ELSE coalesce(resource_id, '') END
                FROM audit_log WHERE resource_type IN ('database', 'table', 'logs') ORDER BY id
                """
            ),
        ];
    }

    private long Number(string sql)
    {
        using var connection = SqliteSetup.Open(Database);
        return (long)SqliteSetup.Scalar(connection, sql)!;
    }
}
