using System.Net;
using System.Text.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Proxy;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Proxy;

/// <summary>Without a limit of its own a model gets as many requests at once as its engine has slots.</summary>
public sealed class SlotsTests(GuardedApp app) : IClassFixture<GuardedApp>
{
    [LinuxFact]
    public async Task RequestsOverTheSlots_WaitHere_AndQuestionsDoNot()
    {
        var name = await app.AddGuardedAsync(EngineScript.Write(app.Folder, "load-ms=0", "tps=20"), null, []);
        var id = (await app.GetAsync($"/api/models/{name}")).GetProperty("id").GetInt64();
        using var saved = await app.Http.PatchAsync(
            $"/api/models/{id}/config/model",
            new StringContent("""{"n_parallel":1}""", null, "application/json")
        );
        Assert.True(saved.IsSuccessStatusCode, await saved.Content.ReadAsStringAsync());
        await app.StartAsync(id);
        using var first = await app.Http.SendAsync(
            ProxyFixture.Post("/v1/chat/completions", Question(name, 5000)),
            HttpCompletionOption.ResponseHeadersRead
        );
        var second = app.Http.SendAsync(ProxyFixture.Post("/v1/chat/completions", Question(name, 3)));
        var registry = app.Services.GetRequiredService<InFlightRegistry>();
        await Until.TrueAsync(() => registry.All.Any(request => request.Place == 1), "the second waits in our line");
        using var slots = await app.Http.GetAsync($"/slots?model={name}");
        Assert.Equal(HttpStatusCode.OK, slots.StatusCode);
        Assert.Contains(registry.All, request => request.Place == 1); // it waits still
        var working = registry.All.Single(request => request.RequestId == first.Headers.GetValues("X-Request-Id").Single());
        var soFar = working.Tokens;
        await Until.TrueAsync(() => working.Tokens > soFar, "the first goes on");
        first.Dispose(); // it would take some minutes
        using var answer = await second;
        Assert.EndsWith("data: [DONE]\n\n", await answer.Content.ReadAsStringAsync());
    }

    [LinuxFact]
    public async Task EngineThatWasToldNothing_IsAsked()
    {
        var name = await app.AddGuardedAsync(EngineScript.Write(app.Folder, "load-ms=0"), null, []);
        var engine = await app.StartAsync((await app.GetAsync($"/api/models/{name}")).GetProperty("id").GetInt64());
        var props = await app.GetAsync($"/upstream/{name}/props");
        Assert.Equal(props.GetProperty("total_slots").GetInt32(), await app.Services.GetRequiredService<EngineSlots>().ReadAsync(engine));
    }

    private static string Question(string model, int tokens) =>
        JsonSerializer.Serialize(
            new
            {
                model,
                stream = true,
                max_tokens = tokens,
                messages = new[] { new { role = "user", content = "hi" } },
            }
        );
}
