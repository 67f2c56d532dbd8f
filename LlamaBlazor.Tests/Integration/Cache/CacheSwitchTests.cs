using System.Net;
using System.Net.Http.Json;
using LlamaBlazor.Tests.Integration.Proxy;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Cache;

/// <summary>The global switch where nothing outside sets it.</summary>
public sealed class CacheSwitchTests(ProxyFixture app) : IClassFixture<ProxyFixture>
{
    [Fact]
    [EffectOf("LlamaBlazor:Cache:Enabled")]
    public async Task Switch_CountsAtOnce_AndAfterARestart()
    {
        await app.AddRunningAsync("plain");
        Assert.Null(await AskAsync(null));
        Assert.Equal("MISS", await AskAsync("on")); // this request only
        Assert.Null(await AskAsync(null));

        using var on = await app.Http.PutAsJsonAsync("/api/cache/switch", new { enabled = true });
        Assert.Equal(HttpStatusCode.OK, on.StatusCode);
        Assert.NotNull(await AskAsync(null));
        Assert.Equal("BYPASS", await AskAsync("off"));
        Assert.True((await app.GetAsync("/api/cache/stats")).GetProperty("enabled").GetBoolean());
        var next = new ConfigurationBuilder().Add(new SavedConfiguration()).Build(); // as the next run reads it
        Assert.Equal("false", new SettingValues(next)["LlamaBlazor:Cache:Enabled"].Text);
        SavedSettings.ReadEarly(app.Services.GetRequiredService<DataFolder>().Database, next);
        Assert.Equal("true", new SettingValues(next)["LlamaBlazor:Cache:Enabled"].Text);

        using var off = await app.Http.PutAsJsonAsync("/api/cache/switch", new { enabled = false });
        Assert.Null(await AskAsync(null));
        using var wrong = await app.Http.PutAsJsonAsync("/api/cache/switch", new { });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
    }

    private async Task<string?> AskAsync(string? wish)
    {
        using var request = ProxyFixture.Post("/v1/completions", """{"model":"plain","prompt":"q","temperature":0}""");
        if (wish is not null)
            request.Headers.Add("X-Llama-Cache", wish);
        using var answer = await app.Http.SendAsync(request);
        return answer.Headers.TryGetValues("X-Llama-Cache", out var values) ? values.Single() : null;
    }
}
