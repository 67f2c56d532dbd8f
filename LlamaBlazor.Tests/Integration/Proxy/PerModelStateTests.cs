using System.Net;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Proxy;
using LlamaBlazor.Web.Proxy.Ollama;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Proxy;

/// <summary>What is kept in memory for each model that was asked for goes with the model.</summary>
public sealed class PerModelStateTests(ProxyFixture app) : IClassFixture<ProxyFixture>
{
    private static readonly string[] Known = ["EngineSlots", "InFlightRegistry", "OllamaKeepAlive", "RequestQueues", "RequestRecorder"];

    [Fact]
    public async Task DeletedModel_LeavesNoEntry_AndOthersKeepTheirs()
    {
        var deleted = await UseAsync("deleted");
        var other = await UseAsync("other");
        Assert.Equal(Known, Holding(deleted));
        Assert.Equal(Known, Holding(other));
        await DeleteAsync("deleted", deleted);
        await Until.TrueAsync(() => Holding(deleted).Length == 0, () => string.Join(", ", Holding(deleted)));
        Assert.Equal(Known, Holding(other));
    }

    [Fact]
    public async Task ModelsThatWentTogether_LeaveNoEntry()
    {
        long[] ids = [await UseAsync("one of two"), await UseAsync("two of two")];
        await using (var context = await app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>().CreateDbContextAsync())
            await context.Models.Where(model => ids.Contains(model.Id)).ExecuteDeleteAsync();
        app.Services.GetRequiredService<Broadcast<ModelChanged>>().Publish(new ModelChanged(0, ModelChanged.Library));
        await Until.TrueAsync(() => ids.All(id => Holding(id).Length == 0), "nothing is kept of them");
    }

    [Fact]
    public async Task ModelDeleted_WhileARequestIsUnderWay_LeavesItsEntries_WhenThatHasEnded()
    {
        var id = await UseAsync("held");
        var answer = await app.Http.SendAsync(
            ProxyFixture.Post("/v1/chat/completions", ProxyFixture.Chat("held", stream: true), "hold"),
            HttpCompletionOption.ResponseHeadersRead
        );
        Assert.Equal(1, app.Registry.Busy(id));
        app.Publish(id, "held", InstancePhase.Stopped);
        await DeleteAsync("held", id);
        await Until.TrueAsync(() => Holding(id) is ["InFlightRegistry", "RequestQueues"], () => string.Join(", ", Holding(id)));
        Assert.Equal(1, app.Registry.Busy(id));
        app.Engine.Release();
        Assert.EndsWith("data: [DONE]\n\n", await answer.Content.ReadAsStringAsync());
        answer.Dispose();
        await Until.TrueAsync(() => Holding(id).Length == 0, () => string.Join(", ", Holding(id)));
        Assert.Equal(0, app.Registry.Busy(id));
    }

    [Fact]
    public async Task QueueForgotten_BeforeItsRequestEntered_TakesThePlaceBack()
    {
        var id = await app.AddRunningAsync("early");
        var queues = app.Services.GetRequiredService<RequestQueues>();
        var queue = queues.Get(id, _ => ValueTask.FromResult<TimeSpan?>(null));
        ((IPerModelState)queues).Forget(id);
        Assert.True(queue.TryEnter(1, takesPlace: true));
        var next = queues.Get(id, _ => ValueTask.FromResult<TimeSpan?>(null));
        queue.Leave(tookPlace: true);
        Assert.NotSame(queue, next);
        Assert.Equal((0, 0, 0), (queue.Active, next.Active, app.Registry.Busy(id)));
    }

    // Asks for it in each way that leaves something behind.
    private async Task<long> UseAsync(string name)
    {
        var id = await app.AddRunningAsync(name);
        using var answer = await app.Http.SendAsync(ProxyFixture.Post("/v1/chat/completions", ProxyFixture.Chat(name)));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Until.TrueAsync(() => app.Registry.Busy(id) == 0, "it has ended");
        app.Services.GetRequiredService<OllamaKeepAlive>().Note(id, TimeSpan.FromDays(3));
        var engine = new InstanceSnapshot
        {
            Id = id,
            ModelId = id,
            Model = name,
            Phase = InstancePhase.Running,
            Command = new LaunchCommand("llama-server", ["--parallel", "2"], new Dictionary<string, string>()),
        };
        Assert.Equal(2, await app.Services.GetRequiredService<EngineSlots>().ReadAsync(engine));
        await Until.TrueAsync(() => Holding(id).Length == Known.Length, () => string.Join(", ", Holding(id)));
        return id;
    }

    private async Task DeleteAsync(string name, long id)
    {
        app.Publish(id, name, InstancePhase.Stopped);
        using var deleted = await app.Http.DeleteAsync($"/api/models/{id}");
        Assert.True(deleted.IsSuccessStatusCode, await deleted.Content.ReadAsStringAsync());
    }

    private string[] Holding(long id) =>
        [
            .. app
                .Services.GetServices<IPerModelState>()
                .Where(state => state.Models.Contains(id))
                .Select(state => state.GetType().Name)
                .Order(StringComparer.Ordinal),
        ];
}
