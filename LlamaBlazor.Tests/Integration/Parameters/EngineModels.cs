using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Parameters;

/// <summary>Models with engines of their own, made through the API.</summary>
internal static class EngineModels
{
    /// <summary>Makes a model that runs an engine, and returns its address.</summary>
    public static async Task<string> AddModelAsync(this AppFixture app, string name, string engine)
    {
        var made = await app.SendAsync(
            HttpMethod.Post,
            "/api/models/import-command",
            new { command = $"llama-server -m /nowhere/{name}.gguf", name },
            HttpStatusCode.Created
        );
        var model = $"/api/models/{made.GetProperty("model").GetProperty("id").GetInt64()}";
        await app.SendAsync(HttpMethod.Patch, $"{model}/config/runtime", new { engine_path = engine }, HttpStatusCode.OK);
        return model;
    }

    /// <summary>Sends JSON and returns the answer, whose status must be this one.</summary>
    public static async Task<JsonElement> SendAsync(
        this AppFixture app,
        HttpMethod method,
        string path,
        object body,
        HttpStatusCode expected
    )
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        using var answer = await app.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(expected == answer.StatusCode, $"{path}: {answer.StatusCode}: {text}");
        return JsonElement.Parse(text);
    }
}
