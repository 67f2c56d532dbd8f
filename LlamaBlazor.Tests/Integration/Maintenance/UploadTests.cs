using System.Net;
using System.Text.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Downloads;
using LlamaBlazor.Web.Maintenance;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Maintenance;

/// <summary>A file that is sent goes to the disk as it comes, however large, and leaves nothing behind.</summary>
public sealed class UploadTests(AppFixture app) : IClassFixture<AppFixture>
{
    private const int Half = 32 * 1024 * 1024;

    private static readonly byte[] Head = "SQLite format 3\0"u8.ToArray();

    private string Backups => app.Services.GetRequiredService<DataFolder>().Backups;

    [Theory]
    [InlineData("/api/database/import")]
    [InlineData("/api/database/restore")]
    [InlineData("/api/database/import-legacy")]
    public async Task ALargeFile_IsOnTheDisk_BeforeItsEndIsSent(string path)
    {
        using var form = Form(async stream =>
        {
            await stream.WriteAsync(Head);
            await SendAsync(stream, Half);
            await stream.FlushAsync();
            // The body has not ended: whoever gathered it first would have written nothing yet. What is under way may be in buffers.
            await Until.TrueAsync(() => Stored() > Half - (8 * 1024 * 1024), "the first half on the disk");
            await SendAsync(stream, Half);
        });
        using var answer = await app.Http.PostAsync(path, form);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains("cannot be read as a database", await answer.Content.ReadAsStringAsync());
        Assert.Empty(Directory.EnumerateFiles(Backups, ".*"));
    }

    [Theory]
    [InlineData("/api/database/import", "not an SQLite database")]
    [InlineData("/api/database/import?mode=merge", "not an SQLite database")]
    [InlineData("/api/database/restore", "not an SQLite database")]
    [InlineData("/api/database/import-legacy", "not an SQLite database")]
    [InlineData("/api/database/load", "not text")]
    public async Task WhatIsNoDatabase_IsRefused_BeforeItIsStored(string path, string words)
    {
        var stored = 0L;
        using var form = Form(async stream =>
        {
            try
            {
                for (var sent = 0; sent < 64; sent++)
                {
                    await SendAsync(stream, 1024 * 1024);
                    stored = Math.Max(stored, Stored());
                }
            }
            catch (IOException)
            {
                // Nobody reads on: the answer is there.
            }
        });
        using var answer = await app.Http.PostAsync(path, form);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains(words, await answer.Content.ReadAsStringAsync());
        Assert.Equal(0, stored);
        Assert.Empty(Directory.EnumerateFiles(Backups, ".*"));
    }

    [Fact]
    public async Task FilesThatAreHere_AreBounded()
    {
        var waiting = Enumerable.Range(0, 4).Select(i => Path.Combine(Backups, $".upload-test{i}.part")).ToList();
        waiting.ForEach(path => File.WriteAllText(path, ""));
        try
        {
            using var form = Form(async stream => await stream.WriteAsync(Head));
            using var answer = await app.Http.PostAsync("/api/database/import", form);
            Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        }
        finally
        {
            waiting.ForEach(File.Delete);
        }
    }

    [Fact]
    public async Task Bytes_AreCounted_AndTheLastOfTheDiskIsKept()
    {
        var free = UploadSpace.LeastRoom + (20L << 20);
        await using var small = new SmallApp(() => Volatile.Read(ref free));
        await small.InitializeAsync();
        var space = small.Services.GetRequiredService<UploadSpace>();
        var backups = small.Services.GetRequiredService<DataFolder>().Backups;

        // One that says its length is refused before anything of it is stored.
        using var tooLarge = new MultipartFormDataContent { { new ByteArrayContent([.. Head, .. new byte[24 << 20]]), "file", "a.db" } };
        using var refused = await small.Http.PostAsync("/api/database/import", tooLarge);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("kept for the database", await refused.Content.ReadAsStringAsync());
        Assert.Empty(Directory.EnumerateFiles(backups, ".*"));

        // One that does not is ended when the disk has filled.
        using var unknown = Form(async stream =>
        {
            await stream.WriteAsync(Head);
            await SendAsync(stream, 2 << 20);
            await stream.FlushAsync();
            await Until.TrueAsync(() => space.Taken > 1 << 20, "what came is counted");
            Volatile.Write(ref free, UploadSpace.LeastRoom - 1);
            try
            {
                await SendAsync(stream, 16 << 20);
            }
            catch (IOException)
            {
                // Nobody reads on: the answer is there.
            }
        });
        using var ended = await small.Http.PostAsync("/api/database/import", unknown);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ended.StatusCode);
        Assert.Contains("kept for the database", await ended.Content.ReadAsStringAsync());
        await Until.TrueAsync(() => space.Taken == 0 && !Directory.EnumerateFiles(backups, ".*").Any(), "all of it is given back");
    }

    [Fact]
    public void AllUploadsTogether_HaveOneLimit()
    {
        var space = new UploadSpace(app.Services.GetRequiredService<DataFolder>(), _ => null);
        Assert.Null(space.Refuse(UploadSpace.Limit));
        Assert.Contains("in all", space.Refuse(UploadSpace.Limit + 1));
        space.Take(1 << 20);
        Assert.Contains("in all", space.Refuse(UploadSpace.Limit));
        for (var taken = 1L << 20; taken < UploadSpace.Limit; taken += 1 << 20)
            space.Take(1 << 20);
        Assert.Contains("in all", Assert.Throws<IOException>(() => space.Take(1)).Message);
        space.Return(UploadSpace.Limit + 1);
        Assert.Equal(0, space.Taken);
    }

    [Fact]
    public async Task ASenderThatGoesAway_LeavesNothing()
    {
        using var gone = new CancellationTokenSource();
        using var form = Form(async stream =>
        {
            await stream.WriteAsync(Head);
            await SendAsync(stream, 1024 * 1024);
            await stream.FlushAsync();
            await Until.TrueAsync(() => Stored() > 0, "the file");
            await gone.CancelAsync();
            await Task.Delay(Timeout.Infinite, gone.Token);
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => app.Http.PostAsync("/api/database/import", form, gone.Token));
        await Until.TrueAsync(() => !Directory.EnumerateFiles(Backups, ".upload-*").Any(), "the half file to be removed");
    }

    [Fact]
    public async Task WriteAheadLog_IsTakenAlong_AndNothingIsLeft()
    {
        using var folder = new TempFolder();
        var old = folder.File("old.db");
        using var writer = SqliteSetup.Open(old); // open, so that what it wrote stays in the log
        SqliteSetup.Execute(
            writer,
            "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; CREATE TABLE models (id TEXT PRIMARY KEY, name TEXT NOT NULL, "
                + "parameters TEXT, model_path TEXT); CREATE TABLE metrics (id INTEGER PRIMARY KEY, cpu_usage REAL, timestamp "
                + "INTEGER); CREATE TABLE server_config (key TEXT PRIMARY KEY, value TEXT);"
        );
        SqliteSetup.Execute(writer, "PRAGMA wal_checkpoint(TRUNCATE);");
        SqliteSetup.Execute(writer, "INSERT INTO models (id, name) VALUES ('model_1_a', 'written-last');");
        var (main, log) = (Shared(old), Shared(old + "-wal"));
        Assert.NotEmpty(log);
        Assert.Equal(0, await ReadAsync(new MultipartFormDataContent { { new ByteArrayContent(main), "file", "old.db" } }));
        Assert.Equal(
            1,
            await ReadAsync(
                new MultipartFormDataContent
                {
                    { new ByteArrayContent(main), "file", "old.db" },
                    { new ByteArrayContent(log), "wal", "old.db-wal" },
                }
            )
        );
        using var reversed = new MultipartFormDataContent { { new ByteArrayContent(log), "wal", "old.db-wal" } };
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await app.Http.PostAsync("/api/database/import-legacy", reversed)).StatusCode);
        Assert.Empty(Directory.EnumerateFiles(Backups, ".*"));
    }

    private static byte[] Shared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    // How many models the file has.
    private async Task<int> ReadAsync(MultipartFormDataContent form)
    {
        using (form)
        {
            using var answer = await app.Http.PostAsync("/api/database/import-legacy?dry_run=true", form);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.IsSuccessStatusCode, text);
            return JsonElement.Parse(text).GetProperty("tables").TryGetProperty("models", out var models)
                ? models.GetProperty("read").GetInt32()
                : 0;
        }
    }

    private static MultipartFormDataContent Form(Func<Stream, Task> write) => new() { { new Pushed(write), "file", "large.db" } };

    private static async Task SendAsync(Stream stream, int bytes)
    {
        var block = new byte[64 * 1024];
        for (var sent = 0; sent < bytes; sent += block.Length)
            await stream.WriteAsync(block);
    }

    private long Stored() => Directory.EnumerateFiles(Backups, ".upload-*").Sum(path => new FileInfo(path).Length);

    private sealed class SmallApp(Func<long> free) : AppFixture
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.ConfigureTestServices(services => services.AddSingleton<ReadFreeSpace>(_ => free()));
        }
    }

    /// <summary>A body that is made while it is sent, of a length nobody knows before.</summary>
    private sealed class Pushed(Func<Stream, Task> write) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => write(stream);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
