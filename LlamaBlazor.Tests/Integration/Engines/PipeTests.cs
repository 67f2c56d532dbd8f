using System.Diagnostics;
using LlamaBlazor.Tests.Integration.Instances;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Engines.Processes;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Engines;

/// <summary>The pipes of ended processes are closed at once, not when the garbage collector comes by.</summary>
public sealed class PipeTests(InstanceHarness app) : IClassFixture<InstanceHarness>
{
    [LinuxFact]
    public async Task Engine_ThatHasEnded_HoldsNoPipe()
    {
        var process = Process.Start(Piped("/bin/sh", "-c", "echo one; echo two >&2"))!;
        var (output, error) = (process.StandardOutput.BaseStream, process.StandardError.BaseStream);
        var lines = new System.Collections.Concurrent.ConcurrentBag<string>();
        Assert.Equal(0, await new EngineProcess(process, null, lines.Add, TimeProvider.System).Exited.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(["one", "two"], lines.Order());
        Assert.Throws<ObjectDisposedException>(() => output.ReadByte());
        Assert.Throws<ObjectDisposedException>(() => error.ReadByte());
    }

    [LinuxFact]
    public async Task Probe_HoldsNoPipe_ReadOrNot()
    {
        var probe = app.Services.GetRequiredService<ProbeStarter>().Start(Piped("/bin/sh", "-c", "echo one"));
        var (output, error) = (probe.Process.StandardOutput, probe.Process.StandardError.BaseStream);
        var stream = output.BaseStream;
        Assert.Equal("one\n", await output.ReadToEndAsync());
        probe.Dispose();
        Assert.Throws<ObjectDisposedException>(() => stream.ReadByte());
        Assert.Throws<ObjectDisposedException>(() => error.ReadByte());
    }

    private static ProcessStartInfo Piped(string program, params string[] arguments) =>
        new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
}
