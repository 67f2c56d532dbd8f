using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Models;

/// <summary>A deletion that is undone: everything is there again, in its own place.</summary>
public sealed class UndoTests : AppFixture
{
    [Fact]
    public async Task Undo_BringsBackTheModel_WithAllThatBelongsToIt()
    {
        var id = await AddAsync("m");
        await PatchAsync(
            $"/api/models/{id}",
            new
            {
                notes = "mine",
                favorite = true,
                tags = "a,b",
            }
        );
        foreach (
            var (section, values) in new (string, object)[]
            {
                ("sampling", new { temperature = 0.25 }),
                ("memory", new { cache_type_k = "q8_0" }),
                ("runtime", new { pinned = true, ttl_seconds = 60 }),
            }
        )
            await PatchAsync($"/api/models/{id}/config/{section}", values);
        (await Http.PostAsJsonAsync("/api/aliases", new { name = "other-name", model = "m" })).EnsureSuccessStatusCode();
        Execute(
            "INSERT INTO logs (level, message, source, timestamp, created_at, model_id) VALUES ('info', 'of it', 'server', 1, 1, "
                + $"{id}); INSERT INTO container_instances (container_id, container_name, image_name, project_path, kind, status, "
                + $"model_id, created_at) VALUES ('process:x', 'm', '/e', 'default', 'process', 'stopped', {id}, 1)"
        );
        var before = Everything();
        using var deleted = await Http.DeleteAsync($"/api/models/{id}?ignore=true");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Http.GetAsync($"/api/models/{id}")).StatusCode);
        Assert.Equal(
            "deleted|1",
            Text("SELECT status || '|' || (stopped_at > 0) FROM container_instances WHERE container_id = 'process:x'")
        );
        using var undone = await Http.PostAsync(deleted.Headers.GetValues("X-Undo").Single(), null);
        Assert.Equal(HttpStatusCode.OK, undone.StatusCode);
        Assert.Equal(before, Everything());
        Assert.Equal("1", Text($"SELECT count(*) FROM logs WHERE message = 'of it' AND model_id = {id}"));
        Assert.Equal("0", Text("SELECT count(*) FROM ignored_files"));
        Assert.Equal("[]", (await GetAsync("/api/models/deletions")).GetProperty("items").GetRawText());
        // once
        Assert.Equal(HttpStatusCode.NotFound, (await Http.PostAsync(deleted.Headers.GetValues("X-Undo").Single(), null)).StatusCode);
    }

    [Fact]
    public async Task AFileThatAScanFoundAgain_MakesRoom_AndAnotherOwnerOfTheName_DoesNot()
    {
        var path = GgufSamples.Llama().Save(Path.Combine(ModelFolder, "found.gguf"));
        (await Http.PostAsync("/api/models/scan", null)).EnsureSuccessStatusCode();
        var id = (await GetAsync("/api/models/found")).GetProperty("id").GetInt64();
        await PatchAsync($"/api/models/{id}", new { notes = "mine" });
        using var deleted = await Http.DeleteAsync($"/api/models/{id}");
        (await Http.PostAsync("/api/models/scan", null)).EnsureSuccessStatusCode();
        Assert.True((await Http.GetAsync("/api/models/found")).IsSuccessStatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Http.PostAsync(deleted.Headers.GetValues("X-Undo").Single(), null)).StatusCode);
        Assert.Equal(
            ("mine", id),
            (
                (await GetAsync("/api/models/found")).GetProperty("notes").GetString(),
                (await GetAsync("/api/models/found")).GetProperty("id").GetInt64()
            )
        );

        using var again = await Http.DeleteAsync($"/api/models/{id}?ignore=true");
        var other = await AddAsync("other");
        await PatchAsync($"/api/models/{other}", new { name = "found" });
        using var refused = await Http.PostAsync(again.Headers.GetValues("X-Undo").Single(), null);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("another owner", await refused.Content.ReadAsStringAsync());
        Assert.True(File.Exists(path));
    }

    private async Task<long> AddAsync(string name)
    {
        var path = GgufSamples.Llama().Save(Folder.File($"outside/{name}.gguf"));
        using var answer = await Http.PostAsJsonAsync("/api/models", new { path });
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetInt64();
    }

    private async Task PatchAsync(string path, object body)
    {
        using var answer = await Http.PatchAsJsonAsync(path, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    // Each cell of each table that knows models.
    private string Everything()
    {
        using var connection = SqliteSetup.Open(Services.GetRequiredService<DataFolder>().Database);
        var tables = Column(
                "SELECT DISTINCT t.name FROM sqlite_master t, pragma_foreign_key_list(t.name) k WHERE k.\"table\" = 'models' AND "
                    + "k.on_delete = 'CASCADE' ORDER BY 1"
            )
            .Append("models")
            .ToList();
        Assert.Contains("model_runtime", tables);
        Assert.Contains("config_revisions", tables);
        return string.Join(
            '\n',
            tables.SelectMany(table =>
            {
                var columns = Column($"SELECT name FROM pragma_table_info('{table}')").Select(name => $"quote(\"{name}\")");
                return Column($"SELECT {string.Join(" || '|' || ", columns)} FROM {table} ORDER BY 1").Select(row => $"{table} {row}");
            })
        );

        List<string> Column(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            var rows = new List<string>();
            while (reader.Read())
                rows.Add(reader.GetString(0));
            return rows;
        }
    }

    private void Execute(string sql)
    {
        using var connection = SqliteSetup.Open(Services.GetRequiredService<DataFolder>().Database);
        SqliteSetup.Execute(connection, sql);
    }

    private string? Text(string sql)
    {
        using var connection = SqliteSetup.Open(Services.GetRequiredService<DataFolder>().Database);
        return SqliteSetup.Scalar(connection, sql)?.ToString();
    }
}
