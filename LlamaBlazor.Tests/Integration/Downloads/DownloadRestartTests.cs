using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Downloads;

public sealed class DownloadRestartTests
{
    [Fact]
    public async Task WhatRan_IsPausedAfterARestart_AndGoesOn()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("models"));
        var server = await FileServer.StartAsync();
        await using (server)
        {
            var file = server.Serve("/m.gguf", ServedFile.Held());
            var first = App(folder, server);
            await first.InitializeAsync();
            await first.Http.PostAsJsonAsync("/api/downloads", new { source = server.Url("/m.gguf") });
            await Until.TrueAsync(async () => (await ItemAsync(first)).GetProperty("received_bytes").GetInt64() > 0, "bytes come");
            await first.DisposeAsync();
            var second = App(folder, server);
            await using (second)
            {
                await second.InitializeAsync();
                await Until.TrueAsync(async () => (await ItemAsync(second)).GetProperty("status").GetString() == "paused", "it is paused");
                var paused = await ItemAsync(second);
                Assert.True(paused.GetProperty("received_bytes").GetInt64() > 0);
                file.Hold!.SetResult(true);
                await second.Http.PostAsync($"/api/downloads/{paused.GetProperty("id").GetInt64()}/resume", null);
                await Until.TrueAsync(async () => (await ItemAsync(second)).GetProperty("status").GetString() == "done", "it is done");
                Assert.Equal(file.Content, await File.ReadAllBytesAsync(folder.File("models/m.gguf")));
                Assert.Contains(server.Asked, asked => asked.Range == $"bytes={paused.GetProperty("received_bytes").GetInt64()}-");
            }
        }
    }

    private static AppFixture App(TempFolder folder, FileServer server) =>
        new AppFixture()
            .With("LlamaBlazor:DataDirectory", folder.File("data"))
            .With("LlamaBlazor:ModelDirectories:0", folder.File("models"))
            .With("LlamaBlazor:Downloads:TrustedHosts:0", server.Address.Authority);

    private static async Task<JsonElement> ItemAsync(AppFixture app) => (await app.GetAsync("/api/downloads")).GetProperty("items")[0];
}
