using System.Text.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Instances;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Instances;

/// <summary>Settings that are saved while the model runs.</summary>
public sealed class PendingTests(InstanceHarness app) : IClassFixture<InstanceHarness>
{
    [LinuxFact]
    public async Task ChangedArguments_AreShown_AndOnlyThenARestartFollows()
    {
        var model = await app.AddModelAsync("load-ms=0");
        Assert.False((await PendingAsync(model)).GetProperty("running").GetBoolean());
        var first = await app.StartAsync(model);
        Assert.False((await PendingAsync(model)).GetProperty("restart_needed").GetBoolean());
        var (same, _) = await app.PostAsync($"/api/models/{model}/apply");
        Assert.Equal((200, first.Pid), (same, app.Board.Find(model)!.Pid));

        await PatchAsync(model, "memory", """{"mlock":true}""");
        var change = Assert.Single((await PendingAsync(model)).GetProperty("changes").EnumerateArray());
        Assert.Equal(("added", "--mlock"), (change.GetProperty("kind").GetString(), change.GetProperty("flag").GetString()));
        var (applied, _) = await app.PostAsync($"/api/models/{model}/apply");
        Assert.Equal(202, applied);
        await app.WaitForAnotherProcessAsync(model, first);
        Assert.False((await PendingAsync(model)).GetProperty("restart_needed").GetBoolean());
    }

    [LinuxFact]
    public async Task PinAndIdleTime_AreTakenOver_WithoutARestart()
    {
        var model = await app.AddModelAsync("load-ms=0");
        var running = await app.StartAsync(model);
        var places = app.Services.GetRequiredService<Reservations>();
        await PatchAsync(model, "runtime", """{"pinned":true,"ttl_seconds":1}""");
        await Until.TrueAsync(
            () => places.Occupants().Single(other => other.ModelId == model).IsPinned && places.TtlOf(model) == 1,
            "pinned"
        );
        Assert.False((await PendingAsync(model)).GetProperty("restart_needed").GetBoolean());
        Assert.Equal(running.Pid, app.Board.Find(model)!.Pid);
        await PatchAsync(model, "runtime", """{"pinned":false}""");
        await app.WaitForAsync(model, "stopped"); // its second of idleness is over
    }

    [Fact]
    public async Task UnknownModel_IsNotFound()
    {
        using var answer = await app.Http.GetAsync("/api/models/nobody/pending-changes");
        Assert.Equal(404, (int)answer.StatusCode);
    }

    private Task<JsonElement> PendingAsync(long model) => app.GetAsync($"/api/models/{model}/pending-changes");

    private async Task PatchAsync(long model, string section, string body)
    {
        using var answer = await app.Http.PatchAsync(
            new Uri($"/api/models/{model}/config/{section}", UriKind.Relative),
            new StringContent(body, null, "application/json")
        );
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
