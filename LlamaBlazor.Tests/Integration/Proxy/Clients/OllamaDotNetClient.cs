using OllamaSharp;
using OllamaSharp.Models;
using OllamaSharp.Models.Chat;

namespace LlamaBlazor.Tests.Integration.Proxy.Clients;

/// <summary>What programs do with OllamaSharp.</summary>
internal sealed class OllamaDotNetClient(Uri endpoint, string model) : IDisposable
{
    private readonly OllamaApiClient _client = new(endpoint);

    public void Dispose() => _client.Dispose();

    public async Task ChatAsync(bool stream)
    {
        var parts = new List<ChatResponseStream?>();
        await foreach (var part in _client.ChatAsync(Request(model, stream)))
            parts.Add(part);
        Assert.True(parts[^1]!.Done);
        Assert.All(parts, part => Assert.Equal(model, part!.Model));
    }

    public async Task ListsAsync()
    {
        Assert.Contains(await _client.ListLocalModelsAsync(), known => known.Name == model);
        var running = Assert.Single(await _client.ListRunningModelsAsync(), known => known.Name == model);
        Assert.True(running.ExpiresAt > new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.InRange(running.SizeVram, 0, running.Size);
        Assert.NotEmpty(running.Details.Format!);
        Assert.NotEmpty(running.Digest);
        Assert.NotEmpty((await _client.ShowModelAsync(new ShowModelRequest { Model = model })).Details.Format!);
    }

    public async Task EmbedAsync() =>
        Assert.NotEmpty(Assert.Single((await _client.EmbedAsync(new EmbedRequest { Model = model, Input = ["Some words"] })).Embeddings));

    public async Task UnknownModelAsync()
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await foreach (var _ in _client.ChatAsync(Request(model + "-unknown", true)))
            {
                // none comes
            }
        });
        Assert.Contains("not", error.Message);
    }

    public Task ManyAsync(int count) => Task.WhenAll(Enumerable.Range(0, count).Select(i => ChatAsync(stream: i % 2 == 0)));

    private static ChatRequest Request(string model, bool stream) =>
        new()
        {
            Model = model,
            Stream = stream,
            Messages = [new Message(ChatRole.User, "Say hi")],
            Options = new RequestOptions { NumPredict = 4, Temperature = 0 },
        };
}
