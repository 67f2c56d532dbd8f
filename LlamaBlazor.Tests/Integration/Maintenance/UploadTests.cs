using System.Net;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Maintenance;

/// <summary>A file that is sent goes to the disk as it comes, however large, and leaves nothing behind.</summary>
public sealed class UploadTests(AppFixture app) : IClassFixture<AppFixture>
{
    private const int Half = 32 * 1024 * 1024;

    private string Backups => app.Services.GetRequiredService<DataFolder>().Backups;

    [Theory]
    [InlineData("/api/database/import")]
    [InlineData("/api/database/restore")]
    [InlineData("/api/database/import-legacy")]
    public async Task ALargeFile_IsOnTheDisk_BeforeItsEndIsSent(string path)
    {
        using var form = Form(async stream =>
        {
            await SendAsync(stream, Half);
            await stream.FlushAsync();
            // The body has not ended: whoever gathered it first would have written nothing yet. What is under way may be in buffers.
            await Until.TrueAsync(() => Stored() > Half - (8 * 1024 * 1024), "the first half on the disk");
            await SendAsync(stream, Half);
        });
        using var answer = await app.Http.PostAsync(path, form);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains("not an SQLite database", await answer.Content.ReadAsStringAsync());
        Assert.Empty(Directory.EnumerateFiles(Backups, ".*"));
    }

    [Fact]
    public async Task ASenderThatGoesAway_LeavesNothing()
    {
        using var gone = new CancellationTokenSource();
        using var form = Form(async stream =>
        {
            await SendAsync(stream, 1024 * 1024);
            await stream.FlushAsync();
            await Until.TrueAsync(() => Stored() > 0, "the file");
            await gone.CancelAsync();
            await Task.Delay(Timeout.Infinite, gone.Token);
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => app.Http.PostAsync("/api/database/import", form, gone.Token));
        await Until.TrueAsync(() => !Directory.EnumerateFiles(Backups, ".upload-*").Any(), "the half file to be removed");
    }

    private static MultipartFormDataContent Form(Func<Stream, Task> write) => new() { { new Pushed(write), "file", "large.db" } };

    private static async Task SendAsync(Stream stream, int bytes)
    {
        var block = new byte[64 * 1024];
        for (var sent = 0; sent < bytes; sent += block.Length)
            await stream.WriteAsync(block);
    }

    private long Stored() => Directory.EnumerateFiles(Backups, ".upload-*").Sum(path => new FileInfo(path).Length);

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
