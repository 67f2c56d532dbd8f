using System.Net.Http.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Maintenance;

namespace LlamaBlazor.Tests.Integration.Maintenance;

/// <summary>The program killed without a word, in the middle of writing and of every long operation.</summary>
public sealed class CrashTests
{
    [Theory]
    [InlineData("/api/database/backup")]
    [InlineData("/api/database/vacuum")]
    [InlineData("/api/database/restore")]
    [InlineData("/api/database/check")]
    [InlineData("/api/database/import?mode=merge")]
    [InlineData("/api/database/load")]
    [InlineData("/api/database/import-legacy")]
    public async Task Kill_DuringAnOperation_LosesNothingCommitted(string operation)
    {
        using var folder = new TempFolder();
        var database = folder.File("llama-dashboard.db");
        var committed = new List<string>();
        using (var program = new ProgramProcess(folder.Path))
        {
            await program.WaitReadyAsync();
            await PutAsync(program, "first");
            Assert.True((await program.Http.PostAsync("/api/database/backup", null)).IsSuccessStatusCode);
            var work =
                operation.Contains("/import", StringComparison.Ordinal) || operation.EndsWith("/load", StringComparison.Ordinal)
                    ? UploadAsync(program, operation, await FileForAsync(program, folder, operation))
                    : WorkAsync(program, operation);
            for (var i = 0; i < 20; i++)
            {
                await PutAsync(program, $"key{i}");
                committed.Add($"key{i}");
            }

            await program.KillAsync();
            await work;
            Assert.NotEmpty(Directory.EnumerateFiles(folder.File("backups"), "llama-dashboard-manual-*.db"));
        }

        using (var connection = SqliteSetup.Open(database))
        {
            Assert.Equal("ok", SqliteSetup.Scalar(connection, "PRAGMA integrity_check"));
            var keys = SqliteRead.Column(connection, "SELECT key FROM metadata");
            Assert.Contains("first", keys);
            // those go back to before them, whenever they get there
            if (!operation.EndsWith("restore", StringComparison.Ordinal) && !operation.EndsWith("load", StringComparison.Ordinal))
                Assert.All(committed, key => Assert.Contains(key, keys));
        }

        foreach (var finished in Directory.EnumerateFiles(folder.File("backups"), "llama-dashboard-*.db"))
        {
            using var connection = SqliteSetup.Open(finished);
            Assert.Equal("ok", SqliteSetup.Scalar(connection, "PRAGMA integrity_check")); // what bears a backup's name is one
        }

        using var again = new ProgramProcess(folder.Path);
        await again.WaitReadyAsync();
        await PutAsync(again, "after");
        await Until.TrueAsync(
            async () => (await again.GetAsync("/api/metrics/history")).GetProperty("items").GetArrayLength() > 0,
            "samples again"
        );
    }

    private static async Task PutAsync(ProgramProcess program, string key) =>
        Assert.True((await program.Http.PutAsJsonAsync($"/api/metadata/{key}", new { value = "x" })).IsSuccessStatusCode);

    // Over and over until the program is gone.
    private static async Task WorkAsync(ProgramProcess program, string operation)
    {
        try
        {
            while (true)
            {
                var name =
                    Path.GetFileName(operation) == "restore"
                        ? (await program.GetAsync("/api/database/backups"))
                            .GetProperty("items")
                            .EnumerateArray()
                            .First(item => item.GetProperty("kind").GetString() == "manual")
                            .GetProperty("name")
                            .GetString()
                        : null;
                (await program.Http.PostAsJsonAsync(operation, new { name })).Dispose();
            }
        }
        catch (HttpRequestException)
        {
            // Killed.
        }
    }

    private static async Task<string> FileForAsync(ProgramProcess program, TempFolder folder, string operation)
    {
        var path = folder.File("sent" + (operation.EndsWith("load", StringComparison.Ordinal) ? ".sql" : ".db"));
        if (operation.EndsWith("legacy", StringComparison.Ordinal))
            return LegacyFixtures.Write(path, LegacyFixtures.WideV1);
        await File.WriteAllBytesAsync(
            path,
            await program.Http.GetByteArrayAsync(
                operation.EndsWith("load", StringComparison.Ordinal) ? "/api/database/dump" : "/api/database/export"
            )
        );
        return path;
    }

    private static async Task UploadAsync(ProgramProcess program, string operation, string path)
    {
        try
        {
            while (true)
            {
                using var form = new MultipartFormDataContent
                {
                    { new ByteArrayContent(await File.ReadAllBytesAsync(path)), "file", Path.GetFileName(path) },
                };
                (await program.Http.PostAsync(operation, form)).Dispose();
            }
        }
        catch (HttpRequestException)
        {
            // Killed.
        }
    }
}
