using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Integration.Downloads;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Maintenance;

/// <summary>Every route that changes something leaves a row in <c>audit_log</c>. A route that is in none of the lists here fails the test:
/// it is decided for each one.</summary>
public sealed class AuditRouteTests : IAsyncLifetime
{
    /// <summary>Routes with a method that changes, and which change nothing that anybody decided.</summary>
    private static readonly Dictionary<string, string> ChangeNothing = new()
    {
        ["POST /api/admission"] = "only answers",
        ["POST /api/engines/probe"] = "asks the engines again",
        ["POST /api/engines/ask"] = "asks one engine",
        ["POST /api/models/{id}/check"] = "dry run",
        ["POST /api/models/{id}/fit"] = "measures",
        ["POST /api/models/fit"] = "measures",
        ["DELETE /api/models/fit"] = "ends a measurement",
        ["POST /api/models/scan"] = "reads folders: models it finds have rows of their own",
        ["POST /api/database/check"] = "reads",
    };

    /// <summary>Routes whose rows another test looks for.</summary>
    private static readonly Dictionary<string, string> Elsewhere = new()
    {
        ["POST /api/database/restore"] = nameof(AuditTests),
        ["POST /api/database/import"] = nameof(AuditTests),
        ["POST /api/database/load"] = nameof(AuditTests),
        ["POST /api/database/import-legacy"] = nameof(AuditTests),
        ["POST /api/database/recover"] = nameof(AuditTests), // as restore
        ["POST /api/database/settings/export"] = nameof(AuditTests),
        ["POST /api/database/settings/import"] = nameof(AuditTests),
        ["POST /api/database/jobs/{id:long}/cancel"] = "needs a job under way; noted in JobEndpoints",
        ["POST /api/inflight/{id:long}/cancel"] = "needs a request under way; noted in InFlightEndpoints",
        ["POST /api/images/sync"] = "needs a registry; noted in ImageStore.ReplaceTagsAsync",
        ["POST /api/images/pull"] = "needs a runtime; noted in ImagePuller",
        ["POST /api/images/pull/cancel"] = "needs a runtime; noted in ImagePuller",
        ["POST /api/models/{id}/apply"] = "needs a running engine; restarts, which is noted",
    };

    private readonly DownloadFixture _app = new();
    private readonly List<string> _seen = [];

    private HttpClient Http => _app.Http;

    public async ValueTask InitializeAsync() => await _app.InitializeAsync();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task EachRouteThatChanges_LeavesARow()
    {
        await ModelsAsync();
        await SettingsAsync();
        await ResourcesAsync();
        await DownloadsAsync();
        await RequestsAndDatabaseAsync();
        var routes = _app
            .Services.GetServices<EndpointDataSource>()
            .SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("api/", StringComparison.Ordinal))
            .SelectMany(endpoint =>
                (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []).Select(method =>
                    $"{method} /{endpoint.RoutePattern.RawText!.Trim('/')}"
                )
            )
            .Where(route => !route.StartsWith("GET ", StringComparison.Ordinal))
            .Distinct()
            .Order()
            .ToList();
        Assert.Equal(routes, _seen.Concat(ChangeNothing.Keys).Concat(Elsewhere.Keys).Distinct().Order());
    }

    private async Task ModelsAsync()
    {
        var path = GgufSamples.Llama().Save(_app.Folder.File("outside/first.gguf"));
        var id = (await ChangesAsync("POST /api/models", "/api/models", new { path })).GetProperty("id").GetInt64();
        await ChangesAsync(
            "PATCH /api/models/{id}",
            $"/api/models/{id}",
            new { notes = "kept" },
            """model.update.*"notes":\{"before":null,"after":"kept"\}"""
        );
        await ChangesAsync(
            "POST /api/models/{id}/favorite",
            $"/api/models/{id}/favorite",
            new { favorite = true },
            "model.update.*favorite"
        );
        await ChangesAsync(
            "POST /api/models/{id}/duplicate",
            $"/api/models/{id}/duplicate",
            new { name = "second" },
            "model.create second"
        );
        await ChangesAsync(
            "PATCH /api/models/{id}/config/{section}",
            $"/api/models/{id}/config/sampling",
            new { temperature = 0.5 },
            """model_config.update.*"temperature":\{"before":null,"after":0.5\}"""
        );
        await ChangesAsync(
            "PATCH /api/models/{id}/config/{section}",
            $"/api/models/{id}/config/model",
            new { hf_token = "hf_abcdefghijklmnopqrstuvwxyz" },
            """model.update.*"hf_token":\{"before":null,"after":"\*\*\*"\}"""
        );
        var revision = (await _app.GetAsync($"/api/models/{id}/config/sampling/revisions"))
            .GetProperty("items")[0]
            .GetProperty("number")
            .GetInt64();
        await ChangesAsync(
            "POST /api/models/{id}/config/{section}/revisions/{revision:long}/undo",
            $"/api/models/{id}/config/sampling/revisions/{revision}/undo",
            null,
            "model_config.update"
        );
        var template = (
            await ChangesAsync(
                "POST /api/templates",
                "/api/templates",
                new { name = "mine", values = new { sampling = new { top_k = 7 } } },
                "template.create mine"
            )
        )
            .GetProperty("id")
            .GetInt64();
        await ChangesAsync("POST /api/models/{id}/apply-template", $"/api/models/{id}/apply-template", new { template = "mine" });
        await ChangesAsync("DELETE /api/templates/{id:long}", $"/api/templates/{template}", null, "template.delete mine");
        var alias = (
            await ChangesAsync("POST /api/aliases", "/api/aliases", new { name = "other-name", model = "first" }, "alias.create other-name")
        )
            .GetProperty("id")
            .GetInt64();
        await ChangesAsync("DELETE /api/aliases/{id:long}", $"/api/aliases/{alias}", null, "alias.delete other-name");
        await ChangesAsync(
            "POST /api/models/import-command",
            "/api/models/import-command",
            new { command = "llama-server -hf a/b-GGUF -c 4096", name = "by-command" },
            "model.create by-command"
        );
        await ChangesAsync(
            "POST /api/presets/import",
            "/api/presets/import",
            new { text = "[by-preset]\nhf-repo = a/c-GGUF\n" },
            "model.create by-preset"
        );
        await ChangesAsync("POST /api/models/{id}/start", $"/api/models/{id}/start", null, "instance.start", refused: true);
        await ChangesAsync("POST /api/models/{id}/restart", $"/api/models/{id}/restart", null, "instance.restart", refused: true);
        await ChangesAsync("POST /api/models/{id}/stop", $"/api/models/{id}/stop", null, "instance.stop");
        await ChangesAsync("DELETE /api/models/{id}", "/api/models/second", null, "model.delete second");
        var deletion = (await _app.GetAsync("/api/models/deletions")).GetProperty("items")[0].GetProperty("id").GetInt64();
        await ChangesAsync(
            "POST /api/models/deletions/{deletion:long}/undo",
            $"/api/models/deletions/{deletion}/undo",
            null,
            "model.undelete second"
        );
        File.Delete(path);
        (await Http.PostAsync("/api/models/scan", null)).EnsureSuccessStatusCode();
        await ChangesAsync("POST /api/models/cleanup", "/api/models/cleanup", null, "model.delete");
    }

    private async Task SettingsAsync()
    {
        await ChangesAsync(
            "PATCH /api/server-config",
            "/api/server-config",
            new { timeout = 77 },
            """server_config.(create|update).*"timeout":\{"before":null,"after":77\}"""
        );
        var revision = (await _app.GetAsync("/api/server-config/revisions")).GetProperty("items")[0].GetProperty("number").GetInt64();
        await ChangesAsync(
            "POST /api/server-config/revisions/{revision:long}/undo",
            $"/api/server-config/revisions/{revision}/undo",
            null,
            "server_config.update"
        );
        await ChangesAsync("PUT /api/metadata/{key}", "/api/metadata/note", new { value = "x" }, "metadata.create note");
        await ChangesAsync("DELETE /api/metadata/{key}", "/api/metadata/note", null, "metadata.delete note");
        await ChangesAsync(
            "PUT /api/config/{key}",
            "/api/config/my_password",
            new { value = "hunter2" },
            """config.create my_password.*"value":\{"before":null,"after":"\*\*\*"\}"""
        );
        await ChangesAsync("DELETE /api/config/{key}", "/api/config/my_password", null, "config.delete my_password");
        await ChangesAsync(
            "PUT /api/launch-settings",
            "/api/launch-settings",
            new { model_directories = new[] { _app.ModelFolder }, port_range = "41000-41999" },
            "launch_settings.create config"
        );
        await ChangesAsync(
            "PATCH /api/request-settings",
            "/api/request-settings",
            new { cache_ttl_seconds = 60 },
            "request_settings_changed"
        );
        await ChangesAsync("PUT /api/cache/switch", "/api/cache/switch", new { enabled = true }, "config.create cache.enabled");
        await ChangesAsync(
            "PUT /api/database/retention/{table}",
            "/api/database/retention/logs",
            new { days = 9 },
            "retention_changed logs"
        );
        await ChangesAsync(
            "PUT /api/settings",
            "/api/settings",
            new Dictionary<string, object> { ["Proxy:QueueSize"] = 9 },
            """setting.change LlamaBlazor:Proxy:QueueSize.*"before":64,"after":9"""
        );
        await ChangesAsync(
            "DELETE /api/settings/{key}",
            "/api/settings/Proxy:QueueSize",
            null,
            """setting.reset LlamaBlazor:Proxy:QueueSize.*"before":9,"after":64"""
        );
        var key = (await ChangesAsync("POST /api/keys", "/api/keys", new { name = "k", scopes = new[] { "admin" } }, "key.create"))
            .GetProperty("id")
            .GetInt64();
        await ChangesAsync("DELETE /api/keys/{id:long}", $"/api/keys/{key}", null, "key.revoke");
        await ChangesAsync("POST /api/keys/open", "/api/keys/open", null, "key.open +endpoint");
    }

    private async Task ResourcesAsync()
    {
        var project = (await ChangesAsync("POST /api/projects", "/api/projects", new { project_path = "p" }, "project.create p"))
            .GetProperty("id")
            .GetInt64();
        await ChangesAsync(
            "PATCH /api/projects/{id:long}",
            $"/api/projects/{project}",
            new { max_gpus = 2 },
            """project.update p.*"max_gpus":\{"before":null,"after":2\}"""
        );
        await ChangesAsync("DELETE /api/projects/{id:long}", $"/api/projects/{project}", null, "project.delete p");
        var image = (
            await ChangesAsync(
                "POST /api/images",
                "/api/images",
                new { reference = "example.org/team/engine:7" },
                "image.create example.org/team/engine"
            )
        )
            .GetProperty("id")
            .GetInt64();
        await ChangesAsync("DELETE /api/images/{id:long}", $"/api/images/{image}", null, "image.delete example.org/team/engine");
        await ChangesAsync("POST /api/images/import", "/api/images/import", await _app.GetAsync("/api/images/export"), "image.create");
        // On this machine there may be no GPU to reserve: the store is what the route calls.
        var store = _app.Services.GetRequiredService<LlamaBlazor.Web.Instances.Admission.AllocationStore>();
        var made = await RowsAfterAsync(
            "POST /api/allocations",
            "allocation.create",
            async () => (await store.CreateAsync(new("CUDA0", "first", null, null), null, CancellationToken.None)).Value
        );
        await ChangesAsync("DELETE /api/allocations/{id:long}", $"/api/allocations/{made.Id}", null, "allocation.delete");
    }

    private async Task DownloadsAsync()
    {
        await ChangesAsync(
            "PUT /api/downloads/token",
            "/api/downloads/token",
            new { token = "hf_abcdefghijklmnopqrstuvwxyz" },
            """launch_settings.create hf_token.*"after":"\*\*\*".*"""
        );
        _app.Mirror.Serve("/d/slow.gguf", ServedFile.Held());
        var id = (
            await ChangesAsync(
                "POST /api/downloads",
                "/api/downloads",
                new { source = _app.Mirror.Url("/d/slow.gguf?signature=secret") },
                "download.create slow.gguf"
            )
        )
            .GetProperty("items")[0]
            .GetProperty("id")
            .GetInt64();
        await ChangesAsync("POST /api/downloads/{id:long}/cancel", $"/api/downloads/{id}/cancel", null, "download");
        await ChangesAsync("POST /api/downloads/{id:long}/resume", $"/api/downloads/{id}/resume", null, "download.resume slow.gguf");
        await ChangesAsync("DELETE /api/downloads/{id:long}", $"/api/downloads/{id}", null, "download.delete slow.gguf");
        await ChangesAsync("DELETE /api/downloads", "/api/downloads", null, "download.clear");
        Assert.DoesNotContain(
            Rows(0),
            row =>
                row.Contains("secret", StringComparison.Ordinal)
                || row.Contains("hf_abc", StringComparison.Ordinal)
                || row.Contains("hunter2", StringComparison.Ordinal)
        );
    }

    private async Task RequestsAndDatabaseAsync()
    {
        using (var connection = SqliteSetup.Open(_app.Services.GetRequiredService<DataFolder>().Database))
            SqliteSetup.Execute(
                connection,
                "INSERT INTO cache (id, cache_key, prompt, prompt_hash, model_path, config_json, response_text, created_at, "
                    + "hit_count) VALUES (77, 'k', '', 'h', 'm', '', '', 1, 0)"
            );
        await ChangesAsync("DELETE /api/cache/{id:long}", "/api/cache/77", null, "cache.delete 77");
        await ChangesAsync("DELETE /api/cache", "/api/cache?model=m", null, "cache.clear m");
        await ChangesAsync("POST /api/cache/cleanup", "/api/cache/cleanup", null, "cache.cleanup");
        await ChangesAsync("DELETE /api/stats", "/api/stats?model=nobody", null, "requests.purge nobody");
        await ChangesAsync("DELETE /api/logs", "/api/logs", null, "cleared");
        foreach (var (verb, word) in new[] { ("backup", "backup"), ("vacuum", "vacuum"), ("analyze", "analysis"), ("prune", "pruned") })
            await ChangesAsync($"POST /api/database/{verb}", $"/api/database/{verb}", null, word);
    }

    private async Task<JsonElement> ChangesAsync(string route, string path, object? body, string pattern = ".", bool refused = false) =>
        await RowsAfterAsync(
            route,
            pattern,
            async () =>
            {
                using var request = new HttpRequestMessage(new HttpMethod(route.Split(' ')[0]), new Uri(path, UriKind.Relative))
                {
                    Content = body is null ? null : JsonContent.Create(body),
                };
                using var answer = await Http.SendAsync(request);
                var text = await answer.Content.ReadAsStringAsync();
                Assert.True(refused || answer.IsSuccessStatusCode, $"{route}: {answer.StatusCode} {text}");
                return text.Length > 0 && answer.IsSuccessStatusCode ? JsonElement.Parse(text) : default;
            }
        );

    private async Task<T> RowsAfterAsync<T>(string route, string pattern, Func<Task<T>> act)
    {
        _seen.Add(route);
        var last = LastId();
        var result = await act();
        await Until.TrueAsync(
            () => Rows(last).Exists(row => System.Text.RegularExpressions.Regex.IsMatch(row, pattern)),
            () => $"{route}: {pattern} in {string.Join('\n', Rows(last))}"
        );
        return result;
    }

    private long LastId()
    {
        using var connection = SqliteSetup.Open(_app.Services.GetRequiredService<DataFolder>().Database);
        return (long)SqliteSetup.Scalar(connection, "SELECT coalesce(max(id), 0) FROM audit_log")!;
    }

    private List<string> Rows(long after)
    {
        using var connection = SqliteSetup.Open(_app.Services.GetRequiredService<DataFolder>().Database);
        using var command = connection.CreateCommand();
        command.CommandText =
            $"SELECT action || ' ' || coalesce(resource_id, '') || ' ' || coalesce(details, '') FROM audit_log WHERE id > {after} "
            + "ORDER BY id";
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add(reader.GetString(0));
        return rows;
    }
}
