using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Resources;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Instances;

/// <summary>The memory of the machine the tests run on, beside a limit that no machine meets.</summary>
public sealed class MemoryAdmissionTests : IAsyncLifetime, IDisposable
{
    private InstanceHarness _app = null!;

    public async Task InitializeAsync()
    {
        _app = new InstanceHarness();
        _app.With("LlamaBlazor:Admission:MinFreeMemoryGb", "4096");
        await _app.InitializeAsync();
    }

    public async Task DisposeAsync() => await ((IAsyncLifetime)_app).DisposeAsync();

    public void Dispose() => _app.Dispose();

    [LinuxFact]
    public void Memory_IsMeasured()
    {
        var state = _app.Services.GetRequiredService<MachineMeter>().Read();
        Assert.InRange(state.FreeMemory ?? 0, 1, state.TotalMemory ?? 0);
    }

    [LinuxFact]
    public async Task StartThatLeavesTooLittleFree_IsRefused_UnlessItIsForced()
    {
        var model = await _app.AddModelAsync("load-ms=0");
        var (status, body) = await _app.PostAsync($"/api/models/{model}/start");
        Assert.Equal(409, status);
        var reason = Assert.Single(body.GetProperty("reasons").EnumerateArray());
        Assert.Equal("free_memory", reason.GetProperty("code").GetString());
        Assert.Contains("LlamaBlazor:Admission:MinFreeMemoryGb", reason.GetProperty("message").GetString());
        Assert.Equal(202, (await _app.PostAsync($"/api/models/{model}/start?force=true")).Status);
        await _app.WaitForAsync(model, "running");
    }
}
