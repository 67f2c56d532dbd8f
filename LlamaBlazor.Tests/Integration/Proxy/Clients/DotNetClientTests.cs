using System.Net.Http.Json;
using LlamaBlazor.Tests.Integration.Instances;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Proxy;
using LlamaBlazor.Web.Proxy.Ollama;
using LlamaBlazor.Web.Security.Keys;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Proxy.Clients;

/// <summary>Libraries that programs in .NET really use, against the simulated and the real engine. Each with a dashboard of its own: keys
/// count for all of it.</summary>
public sealed class DotNetClientTests
{
    [LinuxFact]
    public async Task OpenAi_Works_WithTheSimulatedEngine()
    {
        await using var app = await ClientApp.StartAsync();
        await AskOpenAiAsync(app, await app.AddAsync(), await app.AddAsync());
    }

    [RealModelFact]
    public async Task OpenAi_Works_WithTheRealEngine()
    {
        await using var app = await ClientApp.StartAsync();
        await AskOpenAiAsync(app, await app.AddRealAsync(), await app.AddRealAsync());
    }

    [RealModelFact]
    public async Task OpenAi_ReadsEmbeddings_InBothForms()
    {
        await using var app = await ClientApp.StartAsync();
        var model = await app.AddRealAsync();
        using var embeds = await app.Http.PatchAsJsonAsync("/api/server-config", new { embeddings = 1 });
        using var pooled = await app.Http.PatchAsJsonAsync($"/api/models/{model}/config/advanced", new { pooling = "mean" });
        Assert.True(embeds.IsSuccessStatusCode && pooled.IsSuccessStatusCode);
        await new OpenAiDotNetClient(app.Endpoint, model).EmbeddingsAsync();
    }

    [LinuxFact]
    public async Task OllamaSharp_Works_WithTheSimulatedEngine()
    {
        await using var app = await ClientApp.StartAsync();
        await AskOllamaAsync(app, await app.AddAsync());
    }

    [RealModelFact]
    public async Task OllamaSharp_Works_WithTheRealEngine()
    {
        await using var app = await ClientApp.StartAsync();
        await AskOllamaAsync(app, await app.AddRealAsync());
    }

    [RealModelFact]
    public async Task Anthropic_Works_WithTheRealEngine()
    {
        await using var app = await ClientApp.StartAsync();
        var (one, two) = (await app.AddRealAsync(), await app.AddRealAsync());
        var key = await app.MakeKeyAsync();
        var (client, other) = (new AnthropicDotNetClient(app.Address, one, key), new AnthropicDotNetClient(app.Address, two, key));
        await client.ChatAsync();
        await client.StreamAsync();
        await client.CountAsync();
        await client.ManyAsync(50);
        await Task.WhenAll(client.ManyAsync(8), other.ManyAsync(8));
        await app.IsQuietAsync();
    }

    [LinuxFact]
    public async Task Anthropic_ReadsLists_AndTypedErrors()
    {
        await using var app = await ClientApp.StartAsync();
        var client = new AnthropicDotNetClient(app.Address, await app.AddAsync(), await app.MakeKeyAsync());
        await client.ModelsAsync();
        await client.UnknownModelAsync();
        await client.WrongKeyAsync();
    }

    private static async Task AskOpenAiAsync(ClientApp app, string one, string two)
    {
        var key = await app.MakeKeyAsync();
        var (client, other) = (new OpenAiDotNetClient(app.Endpoint, one, key), new OpenAiDotNetClient(app.Endpoint, two, key));
        await client.ChatAsync();
        await client.StreamAsync();
        await client.AbortAsync();
        await app.IsQuietAsync();
        await client.ModelsAsync();
        await client.UnknownModelAsync();
        await client.WrongKeyAsync();
        await client.ManyAsync(50);
        await Task.WhenAll(client.ManyAsync(8), other.ManyAsync(8));
        await app.IsQuietAsync();
    }

    private static async Task AskOllamaAsync(ClientApp app, string model)
    {
        using var client = new OllamaDotNetClient(app.Services.GetRequiredService<OllamaListener>().Address!, model);
        await client.ChatAsync(stream: false);
        await client.ChatAsync(stream: true);
        await client.ListsAsync();
        await client.UnknownModelAsync();
        await client.ManyAsync(50);
        await app.IsQuietAsync();
    }

    private sealed class ClientApp : InstanceHarness
    {
        private ClientApp() => With("LlamaBlazor:Ollama:Enabled", "true").With("LlamaBlazor:Ollama:Port", "0");

        public Uri Endpoint => new(Address, "v1");

        public static async Task<ClientApp> StartAsync()
        {
            var app = new ClientApp();
            await app.InitializeAsync();
            return app;
        }

        public Task<string> AddAsync() => NameAsync(AddModelAsync("load-ms=0", "tps=2000"));

        public Task<string> AddRealAsync() => NameAsync(AddModelWithAsync(RealEngineFactAttribute.Engine, RealModelFactAttribute.Model));

        public async Task<string> MakeKeyAsync() =>
            (await Services.GetRequiredService<KeyStore>().CreateAsync(new NewKey { Name = "client" }, CancellationToken.None))
                .Value
                .Secret!;

        public Task IsQuietAsync() =>
            Until.TrueAsync(
                () => Services.GetRequiredService<InFlightRegistry>().Count == 0,
                "nothing is left under way, also of what was broken off"
            );

        private async Task<string> NameAsync(Task<long> adding) =>
            (await GetAsync($"/api/models/{await adding}")).GetProperty("name").GetString()!;
    }
}
