using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Resources.Images;

/// <summary>Whoever adds an image does not make the dashboard ask what is in the own network.</summary>
public sealed class RegistryGuardTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task RegistryOfThisMachine_IsNotAsked_UnlessItIsTrusted(string name)
    {
        await using var registry = await RegistryDouble.StartAsync();
        var host = $"{name}:{registry.Host.Split(':')[1]}";
        using var made = await app.Http.PostAsJsonAsync("/api/images", new { reference = $"{host}/evil/img:1" });
        var id = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetInt64();
        using var answer = await app.Http.PostAsync($"/api/images/sync?id={id}", null);
        Assert.Contains("private network", await answer.Content.ReadAsStringAsync());
        Assert.Empty(registry.Asked);
    }
}
