using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Integration.Instances;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Proxy;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Proxy;

/// <summary>A client that was cut off goes on with its stream: whichever engine holds it, and without a model named.</summary>
public sealed class StreamResumeTests(InstanceHarness app) : IClassFixture<InstanceHarness>
{
    private const string Header = "X-Conversation-Id";

    private InFlightRegistry Registry => app.Services.GetRequiredService<InFlightRegistry>();

    [LinuxFact]
    public Task CutOff_AndGoneOnWith_Simulated() => CutOffAsync(EngineScript.Write(app.Folder, "load-ms=0", "tps=100"), null);

    [RealModelFact]
    public Task CutOff_AndGoneOnWith_RealEngine() => CutOffAsync(RealEngineFactAttribute.Engine!, RealModelFactAttribute.Model);

    [LinuxFact]
    public async Task EngineThatGoesOn_IsBusy_UntilTheStreamIsEnded()
    {
        var (model, name) = await StartAsync(EngineScript.Write(app.Folder, "load-ms=0", "tps=20"), null);
        var id = await CutAsync(name, 5000);
        await Until.TrueAsync(() => Registry.All.All(request => request.Target?.Model.Id != model), "the request is over");
        Assert.Equal(1, Registry.Busy(model)); // four minutes of tokens are to come
        using var ended = await app.Http.DeleteAsync($"/v1/stream/{id}");
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        await Until.TrueAsync(() => Registry.Busy(model) == 0, "the engine is free");
        Assert.Equal("stream_not_found", await CodeAsync(await app.Http.GetAsync($"/v1/stream/{id}")));
        Assert.Equal("[]", await LookUpAsync(id));
    }

    [LinuxFact]
    public async Task NewRequestOfAConversation_TakesThePlaceOfItsOldStream()
    {
        var model = await app.AddModelAsync("load-ms=0", "tps=20");
        using var saved = await app.Http.PatchAsJsonAsync($"/api/models/{model}/config/model", new { n_parallel = 1 });
        Assert.True(saved.IsSuccessStatusCode);
        var name = (await app.StartAsync(model)).Model;
        var id = await CutAsync(name, 5000);
        await Until.TrueAsync(() => Registry.All.All(request => request.Target?.Model.Id != model), "the request is over");
        var (_, answer) = await BeginAsync(name, 3, id);
        using (answer)
        using (var rest = new StreamReader(await answer.Content.ReadAsStreamAsync()))
            Assert.EndsWith("data: [DONE]\n\n", await rest.ReadToEndAsync());
        await Until.TrueAsync(() => Registry.Busy(model) == 0, "the engine is free");
    }

    [LinuxFact]
    public async Task RequestThatIsCancelledHere_EndsAtTheEngineToo()
    {
        var (model, name) = await StartAsync(EngineScript.Write(app.Folder, "load-ms=0", "tps=20"), null);
        var (id, answer) = await BeginAsync(name, 5000);
        using (answer)
        {
            var request = Assert.Single(Registry.All, request => request.Target?.Model.Id == model);
            using var cancelled = await app.Http.PostAsync($"/api/inflight/{request.Id}/cancel", null);
            Assert.True(cancelled.IsSuccessStatusCode);
            await Until.TrueAsync(() => Registry.Busy(model) == 0, "the engine is free");
        }

        Assert.Equal("[]", await LookUpAsync(id));
    }

    [LinuxFact]
    public async Task EngineThatEndsByItself_IsFree()
    {
        var (model, name) = await StartAsync(EngineScript.Write(app.Folder, "load-ms=0", "tps=50"), null);
        var id = await CutAsync(name, 20);
        await Until.TrueAsync(() => Registry.Busy(model) == 0, "the engine is free");
        Assert.True(JsonDocument.Parse(await LookUpAsync(id)).RootElement[0].GetProperty("is_done").GetBoolean());
    }

    [LinuxFact]
    public async Task StreamThatNobodyHolds_StartsNothing()
    {
        var stopped = await app.AddModelAsync("load-ms=0");
        var name = (await app.GetAsync($"/api/models/{stopped}")).GetProperty("name").GetString()!;
        foreach (var query in new[] { "", $"?model={name}", "?model=no-such-model" })
        {
            Assert.Equal("stream_not_found", await CodeAsync(await app.Http.GetAsync($"/v1/stream/nobody{query}")));
            using var ended = await app.Http.DeleteAsync($"/v1/stream/nobody{query}");
            Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
            Assert.Equal("[]", await LookUpAsync("nobody", query));
        }

        Assert.Null(app.Board.Find(stopped)?.Pid);
    }

    [LinuxFact]
    public async Task BodiesThatAreNoQuestions_AreRefused()
    {
        var forms = new[] { "[]", "\"a\"", "1", "null", """{"conversation_ids":"a"}""", """{"conversation_ids":{}}""" };
        foreach (var body in forms.Concat(["{", "x", JsonSerializer.Serialize(new { conversation_ids = new string[1001] })]))
        {
            using var answer = await app.Http.SendAsync(ProxyFixture.Post("/v1/streams/lookup", body));
            Assert.Equal((HttpStatusCode.BadRequest, "invalid_body"), (answer.StatusCode, await CodeAsync(answer)));
        }

        using var none = await app.Http.GetAsync("/v1/stream/");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    // Two engines run: the one that does not hold the stream is not asked for it.
    private async Task CutOffAsync(string engine, string? file)
    {
        var (_, other) = await StartAsync(engine, file);
        var (_, name) = await StartAsync(engine, file);
        var id = await CutAsync(name, 60);
        var entry = JsonDocument.Parse(await LookUpAsync(id)).RootElement[0];
        Assert.Equal(id, entry.GetProperty("conversation_id").GetString());
        using var again = await app.Http.GetAsync($"/v1/stream/{id}", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (again.StatusCode, again.Content.Headers.ContentType?.MediaType));
        var whole = await again.Content.ReadAsByteArrayAsync();
        var text = System.Text.Encoding.UTF8.GetString(whole);
        Assert.Contains("\"finish_reason\":\"length\"", text);
        Assert.EndsWith("data: [DONE]\n\n", text);
        var rest = await app.Http.GetByteArrayAsync($"/v1/stream/{id}?from={whole.Length - 14}");
        Assert.Equal(whole[^14..], rest);
        Assert.Equal(whole.Length, JsonDocument.Parse(await LookUpAsync(id)).RootElement[0].GetProperty("total_bytes").GetInt32());
        Assert.Equal("[]", await LookUpAsync(id, $"?model={other}"));
        Assert.Equal("stream_not_found", await CodeAsync(await app.Http.GetAsync($"/v1/stream/{id}?model={other}")));
        using var ended = await app.Http.DeleteAsync($"/v1/stream/{id}?model={name}");
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        Assert.Equal("stream_not_found", await CodeAsync(await app.Http.GetAsync($"/v1/stream/{id}")));
    }

    private async Task<(long Model, string Name)> StartAsync(string engine, string? file)
    {
        var model = await app.AddModelWithAsync(engine, file);
        return (model, (await app.StartAsync(model)).Model);
    }

    // Begins a stream and leaves after its first event.
    private async Task<string> CutAsync(string model, int tokens)
    {
        var (id, answer) = await BeginAsync(model, tokens);
        answer.Dispose();
        return id;
    }

    // The id has what clients add where there are several models.
    private async Task<(string Id, HttpResponseMessage Answer)> BeginAsync(string model, int tokens, string? id = null)
    {
        id ??= $"{Guid.NewGuid():N}::{model}";
        using var request = ProxyFixture.Post(
            "/v1/chat/completions",
            JsonSerializer.Serialize(
                new
                {
                    model,
                    stream = true,
                    max_tokens = tokens,
                    ignore_eos = true,
                    messages = new[] { new { role = "user", content = "hi" } },
                }
            )
        );
        request.Headers.Add(Header, id);
        var answer = await app.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var first = new byte[6];
        await (await answer.Content.ReadAsStreamAsync()).ReadExactlyAsync(first);
        Assert.Equal("data: "u8, first);
        return (id, answer);
    }

    private async Task<string> LookUpAsync(string id, string query = "")
    {
        // By the id alone, and by what stands before the model.
        using var answer = await app.Http.PostAsJsonAsync(
            "/v1/streams/lookup" + query,
            new { conversation_ids = new[] { "unknown", id.Split("::")[0], id } }
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task<string?> CodeAsync(HttpResponseMessage answer)
    {
        using (answer)
            return (await ProxyFixture.ErrorAsync(answer)).GetProperty("code").GetString();
    }
}
