using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Models.Library;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Memory;

public sealed class FitApiTests : AppFixture
{
    [Fact]
    public async Task Memory_FollowsTheQuery_AndTheSavedSettings()
    {
        await AddAsync();
        var saved = await GetAsync("/api/models/m/memory");
        Assert.Equal(2048 * 256, saved.GetProperty("kv_cache_bytes").GetInt64());
        Assert.Equal("Host", saved.GetProperty("devices").EnumerateArray().Last().GetProperty("name").GetString());
        Assert.Equal(512 * 256, (await GetAsync("/api/models/m/memory?ctx_size=512")).GetProperty("kv_cache_bytes").GetInt64());
        Assert.Equal(
            2048 * 128 * 34 / 32,
            (await GetAsync("/api/models/m/memory?cache_type_k=q8_0&cache_type_v=q8_0")).GetProperty("kv_cache_bytes").GetInt64()
        );
        await Http.PatchAsJsonAsync("/api/models/m/config/model", new { ctx_size = 1024 });
        Assert.Equal(1024 * 256, (await GetAsync("/api/models/m/memory")).GetProperty("kv_cache_bytes").GetInt64());
        var parts = new[] { "weights_bytes", "kv_cache_bytes", "compute_bytes", "projector_bytes", "draft_bytes" };
        Assert.Equal(saved.GetProperty("total_bytes").GetInt64(), parts.Sum(part => saved.GetProperty(part).GetInt64()));
    }

    [Fact]
    public async Task WrongSettings_AreNamed_AllAtOnce()
    {
        await AddAsync();
        var answer = await Http.GetAsync("/api/models/m/memory?ctx_size=-1&cache_type_k=x&n_parallel=0&swa_full=maybe&gpu_layers=many");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var errors = (await answer.Content.ReadFromJsonAsync<JsonElement>())
            .GetProperty("errors")
            .EnumerateObject()
            .Select(error => error.Name);
        Assert.Equal(["cache_type_k", "ctx_size", "gpu_layers", "n_parallel", "swa_full"], errors.Order());
    }

    [Fact]
    public async Task Projector_HasNoEstimateOfItsOwn()
    {
        await AddAsync();
        Assert.Equal(HttpStatusCode.Conflict, (await Http.GetAsync("/api/models/mmproj/memory")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Http.GetAsync("/api/models/nobody/memory")).StatusCode);
    }

    [Fact]
    public async Task Fit_WithoutTheProgram_TakesTheEstimate_AndKeepsIt()
    {
        await AddAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await Http.GetAsync("/api/models/m/fit")).StatusCode);
        var fit = await (await Http.PostAsync("/api/models/m/fit", null)).Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(fit.GetProperty("fit_params_success").GetBoolean(), fit.ToString());
        Assert.Equal(2048, fit.GetProperty("recommended_ctx_size").GetInt64());
        var kept = await GetAsync("/api/models/m/fit");
        Assert.Equal(
            (fit.GetProperty("fit_params_analyzed_at").GetInt64(), false),
            (kept.GetProperty("fit_params_analyzed_at").GetInt64(), kept.GetProperty("stale").GetBoolean())
        );
        Assert.True((await GetAsync("/api/models/m")).GetProperty("fit_params_available").GetBoolean());

        GgufSamples.Llama().Add("changed", 1).Save(Path.Combine(ModelFolder, "m.gguf"));
        await Services.GetRequiredService<LibraryService>().ScanAsync();
        Assert.True((await GetAsync("/api/models/m/fit")).GetProperty("stale").GetBoolean());
    }

    private async Task AddAsync()
    {
        GgufSamples.Llama().Save(Path.Combine(ModelFolder, "m.gguf"));
        GgufSamples.Projector().Save(Path.Combine(ModelFolder, "sub", "mmproj.gguf"));
        await Services.GetRequiredService<LibraryService>().ScanAsync();
    }
}
