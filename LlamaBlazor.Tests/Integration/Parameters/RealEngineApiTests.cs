using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Parameters;

namespace LlamaBlazor.Tests.Integration.Parameters;

/// <summary>Each setting through the API, one at a time, judged by the engine's own parser.</summary>
public sealed class RealEngineApiTests(RealEngineApiTests.App app) : IClassFixture<RealEngineApiTests.App>
{
    public sealed class App : AppFixture
    {
        public App() =>
            With("LlamaBlazor:EnginePath", RealEngineFactAttribute.Engine ?? "").With("LlamaBlazor:AllowedDirectories:0", Folder.Path);
    }

    [RealEngineFact]
    public async Task EachSetting_SavedByTheApi_MakesACommandTheEngineAccepts()
    {
        var made = await SendAsync(
            HttpMethod.Post,
            "/api/models/import-command",
            new { command = "llama-server -m /models/none.gguf", name = "judged" }
        );
        var model = $"/api/models/{made.GetProperty("model").GetProperty("id").GetInt64()}";
        var catalogue = ParameterCatalogue.Current;
        var refused = new List<string>();
        var judged = 0;
        foreach (var section in ConfigSection.OfModel.Append(""))
        {
            // rpc is only in builds with it; a path of one's own for the engine is no flag
            var definitions =
                section.Length > 0
                    ? catalogue.SectionOfModel(section)
                    : [.. catalogue.Section(ConfigSection.Server).Where(definition => !definition.PerModel)];
            foreach (
                var definition in definitions.Where(definition =>
                    definition.Flag is not null && definition.Column is not ("rpc" or "custom_params")
                )
            )
            {
                var path = section.Length > 0 ? $"{model}/config/{section}" : "/api/server-config";
                await SendAsync(
                    HttpMethod.Patch,
                    path,
                    Body(definition, ConfigJson.Write(definition with { Secret = false }, EngineSamples.Value(definition, app.Folder)))
                );
                var verdict = await SendAsync(HttpMethod.Post, model + "/check", new { });
                if (!verdict.GetProperty("ok").GetBoolean())
                    refused.Add($"{definition.Column}: {verdict.GetProperty("errors")}");
                await SendAsync(HttpMethod.Patch, path, Body(definition, definition.Column == "model_path" ? "/models/none.gguf" : null));
                judged++;
            }
        }

        Assert.Empty(refused);
        Assert.True(judged > 200, $"Only {judged} settings were judged.");
    }

    private static Dictionary<string, object?> Body(ParameterDefinition definition, object? value) =>
        definition.CanForce
            ? new() { [definition.Column] = value, ["forced"] = value is null ? Array.Empty<string>() : new[] { definition.Column } }
            : new() { [definition.Column] = value };

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, object body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        using var answer = await app.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{method} {path} {JsonSerializer.Serialize(body)}: {answer.StatusCode} {text}");
        return JsonElement.Parse(text);
    }
}
