using System.Diagnostics;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Engines.Processes;
using LlamaBlazor.Web.Instances;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Instances;

/// <summary>What the sweep takes for a leftover, and what not.</summary>
public sealed class OrphanReaperTests(InstanceHarness app) : IClassFixture<InstanceHarness>
{
    [LinuxFact]
    public async Task ProbeOfThisRun_IsNoLeftover_OneOfAnEarlierRunIs()
    {
        var root = app.Services.GetRequiredService<DataFolder>().Root;
        using var ours = app.Services.GetRequiredService<ProbeStarter>().Start(new ProcessStartInfo("/bin/sleep", ["300"]));
        using var earlier = Process.Start(
            new ProcessStartInfo("/bin/sleep", ["300"])
            {
                Environment = { [ProcessTable.Marker] = ProcessTable.MarkerOf(root, "probe-0123-4567") },
            }
        )!;
        await app.Services.GetRequiredService<OrphanReaper>().RunAsync(CancellationToken.None);
        await earlier.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.False(ours.Process.HasExited);
    }
}
