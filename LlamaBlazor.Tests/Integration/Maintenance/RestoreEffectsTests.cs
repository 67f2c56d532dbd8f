using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Maintenance.Legacy;
using LlamaBlazor.Web.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Maintenance;

/// <summary>What a restore means for all that keeps rows in memory: keys, models, allocations, folders, the cache, the ids of
/// instances.</summary>
public sealed class RestoreEffectsTests : IAsyncLifetime
{
    private readonly AppFixture _app = new();

    private string Database => _app.Services.GetRequiredService<DataFolder>().Database;

    public ValueTask InitializeAsync() => _app.InitializeAsync();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Keys_AreThoseOfTheRestoredDatabase_AtOnce()
    {
        var admin = await MakeKeyAsync("admin");
        _app.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", admin.Secret);
        var kept = await MakeKeyAsync("kept");
        var backup = await BackupAsync();
        Assert.True((await _app.Http.DeleteAsync($"/api/keys/{kept.Id}")).IsSuccessStatusCode);
        var later = await MakeKeyAsync("later");
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (await StatusAsync(kept.Secret), await StatusAsync(later.Secret)));
        await RestoreAsync(backup);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (await StatusAsync(kept.Secret), await StatusAsync(later.Secret)));
    }

    [Fact]
    public async Task ABackupOfARunningModel_ComesBackAtRest_AndIdsGoOnAfterIt()
    {
        Execute(
            """
            INSERT INTO models (uid, name, type, status, runtime_status, role, favorite, file_missing, fit_params_available, created_at, updated_at, revision) VALUES ('u', 'busy', 'llama', 'running', 'ready', 'model', 0, 0, 0, 1, 1, 0);
            INSERT INTO container_instances (id, container_id, container_name, image_name, project_path, kind, status, pid, port, created_at) VALUES (7000, 'process:u:7000', 'busy', 'e', 'p', 'process', 'running', 99, 40000, 1);
            INSERT INTO gpu_allocations (id, gpu_id, container_name, mode, allocated_at) VALUES (51, 'CUDA0', 'busy', 'exclusive', 1), (52, 'CUDA1', 'reserved', 'exclusive', 1);
            INSERT OR REPLACE INTO metadata (key, value, updated_at) VALUES ('gpu_allocations_taken', '[51]', 1);
            """
        );
        var backup = await BackupAsync();
        Execute(
            "DELETE FROM models; DELETE FROM container_instances; DELETE FROM gpu_allocations; DELETE FROM metadata WHERE key = "
                + "'gpu_allocations_taken';"
        );
        await RestoreAsync(backup);
        Assert.Equal("stopped", Value("SELECT status || coalesce(runtime_status, '') FROM models"));
        Assert.Equal("deleted", Value("SELECT status || coalesce(pid, '') || coalesce(port, '') FROM container_instances WHERE id = 7000"));
        Assert.Equal("CUDA1", Value("SELECT group_concat(gpu_id) FROM gpu_allocations"));
        Assert.True(_app.Services.GetRequiredService<InstanceStore>().NextId() > 7000);
    }

    [Fact]
    public async Task FoldersAndTheCacheSwitch_Follow()
    {
        Assert.True((await _app.Http.PutAsJsonAsync("/api/cache/switch", new { enabled = true })).IsSuccessStatusCode);
        var backup = await BackupAsync();
        var settings = _app.Services.GetRequiredService<LaunchSettingsAccess>();
        var told = new List<LaunchSettings>();
        using var subscription = settings.Changes.Subscribe(told.Add);
        await RestoreAsync(backup);
        Assert.Single(told);
        await Until.TrueAsync(
            () => _app.Services.GetRequiredService<Web.Settings.CacheSwitchAccess>().IsOn,
            "the cache as the restored database says"
        );
    }

    [Fact]
    public async Task WhileItLasts_NoModelStarts_AndAStartThatCameFirstIsAConflict()
    {
        var pause = _app.Services.GetRequiredService<InstancePause>();
        var backup = await BackupAsync();
        var held = pause.Begin("Somebody else holds it.");
        Assert.True(held.IsSuccess);
        var refused = await _app.Http.PostAsJsonAsync("/api/database/restore", new { name = backup });
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Execute(
            "INSERT INTO models (uid, name, type, status, role, favorite, file_missing, fit_params_available, created_at, updated_at, "
                + "revision, model_path) VALUES ('u', 'idle', 'llama', 'stopped', 'model', 0, 0, 0, 1, 1, 0, '/nowhere.gguf')"
        );
        var started = await _app.Http.PostAsync($"/api/models/idle/start?wait=5", null);
        Assert.Contains("Somebody else holds it.", await started.Content.ReadAsStringAsync());
        held.Value.Dispose();
        Assert.DoesNotContain(
            "Somebody else",
            await (await _app.Http.PostAsync("/api/models/idle/start", null)).Content.ReadAsStringAsync()
        );
    }

    [Fact]
    public async Task AnImport_GivesIdsThatNoInstanceGetsAgain()
    {
        var ledger = _app.Services.GetRequiredService<InstanceStore>();
        var path = LegacyFixtures.Write(_app.Folder.File("old.db"), LegacyFixtures.Mlenv);
        Assert.True((await _app.Services.GetRequiredService<LegacyImport>().RunAsync(path, false)).IsSuccess);
        var imported = (long)Value("SELECT max(id) FROM container_instances")!;
        Assert.True(ledger.NextId() > imported);
    }

    private async Task<(long Id, string Secret)> MakeKeyAsync(string name)
    {
        var answer = await _app.Http.PostAsJsonAsync("/api/keys", new { name, scopes = new[] { "admin" } });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        var key = await answer.Content.ReadFromJsonAsync<JsonElement>();
        var item = key.TryGetProperty("key", out var nested) && nested.ValueKind == JsonValueKind.Object ? nested : key;
        return (
            item.GetProperty("id").GetInt64(),
            key.EnumerateObject()
                .First(property => property.Value.ValueKind == JsonValueKind.String && property.Name is "secret" or "key")
                .Value.GetString()!
        );
    }

    private async Task<HttpStatusCode> StatusAsync(string secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        return (await _app.Http.SendAsync(request)).StatusCode;
    }

    private async Task<string> BackupAsync() =>
        (await (await _app.Http.PostAsync("/api/database/backup", null)).Content.ReadFromJsonAsync<JsonElement>())
            .GetProperty("name")
            .GetString()!;

    private async Task RestoreAsync(string name)
    {
        var answer = await _app.Http.PostAsJsonAsync("/api/database/restore", new { name });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private void Execute(string sql)
    {
        using var connection = SqliteSetup.Open(Database);
        SqliteSetup.Execute(connection, sql);
    }

    private object? Value(string sql)
    {
        using var connection = SqliteSetup.Open(Database);
        return SqliteSetup.Scalar(connection, sql) is var value and not DBNull ? value : null;
    }
}
