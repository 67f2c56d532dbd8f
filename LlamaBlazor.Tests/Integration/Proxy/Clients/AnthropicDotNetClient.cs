using Anthropic;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;

namespace LlamaBlazor.Tests.Integration.Proxy.Clients;

/// <summary>What programs do with Anthropic's library for .NET.</summary>
internal sealed class AnthropicDotNetClient(Uri endpoint, string model, string key = "none")
{
    private AnthropicClient Client { get; } =
        new()
        {
            ApiKey = key,
            BaseUrl = endpoint.OriginalString.TrimEnd('/'),
            MaxRetries = 0,
            Timeout = TimeSpan.FromMinutes(5),
        };

    public async Task ChatAsync()
    {
        var answer = await Client.Messages.Create(Request(model));
        Assert.Equal(model, answer.Model.Raw());
        Assert.True(answer.Usage.OutputTokens is > 0 and <= 4);
    }

    public async Task StreamAsync()
    {
        var kinds = new List<System.Type>();
        await foreach (var part in Client.Messages.CreateStreaming(Request(model)))
            kinds.Add(part.Value!.GetType());
        Assert.Equal(nameof(RawMessageStopEvent), kinds[^1].Name);
    }

    public async Task CountAsync() =>
        Assert.True(
            (
                await Client.Messages.CountTokens(
                    new MessageCountTokensParams { Model = model, Messages = [new UserMessageParam("Say hi")] }
                )
            ).InputTokens > 0
        );

    public async Task ModelsAsync()
    {
        var page = await Client.Models.List();
        Assert.Contains(page.Items, known => known.ID == model && known.DisplayName == model);
        Assert.Equal(model, (await Client.Models.Retrieve(model)).ID);
    }

    public async Task UnknownModelAsync() =>
        await Assert.ThrowsAsync<AnthropicNotFoundException>(() => Client.Messages.Create(Request(model + "-unknown")));

    public async Task WrongKeyAsync() =>
        await Assert.ThrowsAsync<AnthropicUnauthorizedException>(() =>
            new AnthropicDotNetClient(endpoint, model, "lb-wrong").Client.Messages.Create(Request(model))
        );

    public Task ManyAsync(int count) => Task.WhenAll(Enumerable.Range(0, count).Select(i => i % 2 == 0 ? ChatAsync() : StreamAsync()));

    private static MessageCreateParams Request(string model) =>
        new()
        {
            Model = model,
            MaxTokens = 4,
            Messages = [new UserMessageParam("Say hi")],
        };
}
