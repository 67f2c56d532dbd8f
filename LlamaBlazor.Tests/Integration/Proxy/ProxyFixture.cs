using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Proxy;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;
using LlamaBlazor.Web.Statistics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Proxy;

/// <summary>The real program with an engine of the tests: starting a model publishes that engine, when and how a test says.</summary>
public class ProxyFixture : AppFixture
{
    private readonly ConcurrentDictionary<long, int> _starts = new();

    internal StubEngine Engine { get; private set; } = null!;

    /// <summary>What a start does; the default publishes the engine at once.</summary>
    internal Func<long, CancellationToken, Task<Result<InstanceSnapshot>>>? Starting { get; set; }

    public override async ValueTask InitializeAsync()
    {
        Engine = await StubEngine.StartAsync();
        await base.InitializeAsync();
    }

    /// <summary>How often a model was asked to start.</summary>
    public int Starts(long modelId) => _starts.GetValueOrDefault(modelId);

    /// <summary>Adds a model that is not running.</summary>
    public async Task<long> AddModelAsync(string name, Action<RuntimeConfig>? runtime = null)
    {
        var id = await Services
            .GetRequiredService<DatabaseWriter>()
            .ExecuteAsync(
                async (context, token) =>
                {
                    var model = new Model
                    {
                        Name = name,
                        Uid = "model_" + Guid.NewGuid().ToString("N"),
                        Type = "llama",
                        ModelPath = $"/models/{name}.gguf",
                        CreatedAt = 1,
                        UpdatedAt = 1,
                        ContextLength = 4096,
                        ChatTemplateText = "x",
                    };
                    context.Models.Add(model);
                    await context.SaveChangesAsync(token);
                    var row = new RuntimeConfig { ModelId = model.Id };
                    runtime?.Invoke(row);
                    context.Add(row);
                    return model.Id;
                }
            );
        Services.GetRequiredService<Broadcast<ModelChanged>>().Publish(new ModelChanged(id, ModelChanged.Added));
        return id;
    }

    /// <summary>Adds a model whose engine runs.</summary>
    public async Task<long> AddRunningAsync(string name, Action<RuntimeConfig>? runtime = null)
    {
        var id = await AddModelAsync(name, runtime);
        Publish(id, name, InstancePhase.Running);
        return id;
    }

    internal InstanceSnapshot Publish(long id, string name, InstancePhase phase, int? port = null)
    {
        var snapshot = new InstanceSnapshot
        {
            Id = id,
            ModelId = id,
            Model = name,
            Phase = phase,
            Port = port ?? Engine.Port,
            BaseUrl = $"http://127.0.0.1:{port ?? Engine.Port}",
            ReadyAt = Now,
            ReadySince = Services.GetRequiredService<TimeProvider>().Monotonic(),
        };
        Services.GetRequiredService<InstanceRegistry>().Publish(snapshot);
        return snapshot;
    }

    public long Now => Services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>A request with a script for the engine.</summary>
    public static HttpRequestMessage Post(string path, string json, string? stub = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        };
        if (stub is not null)
            request.Headers.Add("X-Stub", stub);
        return request;
    }

    internal static string Chat(string model, bool stream = false) =>
        JsonSerializer.Serialize(
            new
            {
                model,
                stream,
                messages = new[] { new { role = "user", content = "Say hi" } },
            }
        );

    internal static async Task<JsonElement> ErrorAsync(HttpResponseMessage answer) =>
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("error");

    /// <summary>The recorded row of a request, once it is written.</summary>
    internal async Task<StatsRow> RowAsync(string requestId)
    {
        StatsRow? row = null;
        await Until.TrueAsync(
            async () =>
            {
                await using var context = await Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>().CreateDbContextAsync();
                row = await context.Set<StatsRow>().AsNoTracking().SingleOrDefaultAsync(stats => stats.RequestId == requestId);
                return row is not null;
            },
            "the request is recorded"
        );
        return row!;
    }

    internal InFlightRegistry Registry => Services.GetRequiredService<InFlightRegistry>();

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        base.ConfigureWebHost(builder);
        builder.ConfigureTestServices(services =>
            services.AddSingleton<EnsureReady>(
                async (modelId, cancellation) =>
                {
                    if (Services.GetRequiredService<InstanceRegistry>().Find(modelId) is { Status: "running" } running)
                        return running;
                    _starts.AddOrUpdate(modelId, 1, (_, count) => count + 1);
                    if (Starting is { } start)
                        return await start(modelId, cancellation);
                    return Publish(modelId, $"model {modelId}", InstancePhase.Running);
                }
            )
        );
    }
}
