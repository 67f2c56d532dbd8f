using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using System.Text.Json;
using OpenAI;
using OpenAI.Chat;

namespace LlamaBlazor.Tests.Integration.Proxy.Clients;

/// <summary>What programs do with OpenAI's library for .NET.</summary>
internal sealed class OpenAiDotNetClient(Uri endpoint, string model, string key = "none")
{
    private static readonly ChatCompletionOptions Few = new() { MaxOutputTokenCount = 4, Temperature = 0 };

    private OpenAIClient Client { get; } =
        new(new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = endpoint, RetryPolicy = new ClientRetryPolicy(0) });

    private ChatClient Chat => Client.GetChatClient(model);

    public async Task ChatAsync()
    {
        ChatCompletion answer = await Chat.CompleteChatAsync([new UserChatMessage("Say hi")], Few);
        Assert.Equal(model, answer.Model);
        Assert.Equal(ChatFinishReason.Length, answer.FinishReason);
        Assert.True(answer.Usage.OutputTokenCount is > 0 and <= 4);
    }

    public async Task StreamAsync()
    {
        var text = new StringBuilder();
        ChatFinishReason? end = null;
        await foreach (var update in Chat.CompleteChatStreamingAsync([new UserChatMessage("Say hi")], Few))
        {
            Assert.Equal(model, update.Model);
            text.AppendJoin("", update.ContentUpdate.Select(part => part.Text));
            end = update.FinishReason ?? end;
        }

        Assert.Equal(ChatFinishReason.Length, end);
    }

    public async Task AbortAsync()
    {
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (
                var _ in Chat.CompleteChatStreamingAsync(
                    [new UserChatMessage("Count to a million")],
                    new ChatCompletionOptions { MaxOutputTokenCount = 100_000 },
                    stop.Token
                )
            )
                await stop.CancelAsync();
        });
    }

    public async Task ModelsAsync()
    {
        var models = (await Client.GetOpenAIModelClient().GetModelsAsync()).Value;
        Assert.Contains(models, known => known.Id == model);
        Assert.Equal(model, (await Client.GetOpenAIModelClient().GetModelAsync(model)).Value.Id);
    }

    /// <summary>The library asks for base64; the same numbers as floats.</summary>
    public async Task EmbeddingsAsync()
    {
        var packed = (await Client.GetEmbeddingClient(model).GenerateEmbeddingAsync("Some words")).Value.ToFloats().ToArray();
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint + "/embeddings")
        {
            Content = new StringContent(
                JsonSerializer.Serialize(
                    new
                    {
                        model,
                        input = "Some words",
                        encoding_format = "float",
                    }
                ),
                Encoding.UTF8,
                "application/json"
            ),
        };
        request.Headers.Authorization = new("Bearer", key);
        using var answer = await http.SendAsync(request);
        using var plain = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        var floats = plain
            .RootElement.GetProperty("data")[0]
            .GetProperty("embedding")
            .EnumerateArray()
            .Select(number => number.GetSingle())
            .ToArray();
        Assert.Equal(floats.Length, packed.Length);
        Assert.All(floats.Zip(packed), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    public async Task UnknownModelAsync() =>
        Assert.Equal(
            404,
            (
                await Assert.ThrowsAsync<ClientResultException>(() =>
                    Client.GetChatClient(model + "-unknown").CompleteChatAsync([new UserChatMessage("hi")])
                )
            ).Status
        );

    public async Task WrongKeyAsync() =>
        Assert.Equal(
            401,
            (
                await Assert.ThrowsAsync<ClientResultException>(() =>
                    new OpenAiDotNetClient(endpoint, model, "lb-wrong").Chat.CompleteChatAsync([new UserChatMessage("hi")])
                )
            ).Status
        );

    public Task ManyAsync(int count) => Task.WhenAll(Enumerable.Range(0, count).Select(i => i % 2 == 0 ? ChatAsync() : StreamAsync()));
}
