using System.Diagnostics;
using LlamaBlazor.Tests.Integration.Instances;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Engines.Processes;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Engines;

/// <summary>Every tool that is run: what is kept of it, how it is ended, and what is said where it cannot be run.</summary>
public sealed class ToolRunnerTests(InstanceHarness app) : IClassFixture<InstanceHarness>
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly HandTimers _timers = new();

    [LinuxTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Output_IsBounded_AndReadToItsEnd(bool keepsEnd)
    {
        // More than a pipe holds on both at once: a reader of one after the other would stand still.
        const string Flood = "i=0; while [ $i -lt 20000 ]; do echo out$i; echo err$i >&2; i=$((i+1)); done; exit 7";
        var (output, failure) = await RunAsync(Shell(Flood) with { OutputBound = 1000, KeepsEnd = keepsEnd });
        Assert.Null(failure);
        Assert.Equal((7, 1000, 1000), (output!.ExitCode, output.Output.Length, output.Error.Length));
        Assert.Equal(keepsEnd, output.Output.EndsWith("out19999\n", StringComparison.Ordinal));
        Assert.Equal(!keepsEnd, output.Error.StartsWith("err0\n", StringComparison.Ordinal));
    }

    [LinuxFact]
    public async Task Input_IsEmpty()
    {
        var (output, _) = await RunAsync(Shell("cat; echo end"));
        Assert.Equal("end\n", output!.Output);
    }

    [LinuxTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OneThatDoesNotEnd_IsEndedWithItsChildren_AtItsLimitOrWhenGivenUp(bool isLimit)
    {
        var pids = app.Folder.File($"pids-{isLimit}");
        using var patience = new CancellationTokenSource();
        var run = RunAsync(
            Shell($"sleep 600 & echo $! $$ > '{pids}.new'; mv '{pids}.new' '{pids}'; wait") with
            {
                IsWatched = true,
            },
            patience.Token
        );
        await Until.TrueAsync(() => File.Exists(pids), "it runs");
        if (isLimit)
        {
            Assert.True(_timers.Fire(Limit));
            var (output, failure) = await run;
            Assert.Equal((null, true), (output, failure!.IsTimeout));
            Assert.Contains("/bin/sh did not answer within 3 minutes and was ended", failure.Reason);
        }
        else
        {
            await patience.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        }

        foreach (var pid in File.ReadAllText(pids).Split(' ', StringSplitOptions.TrimEntries))
            await Until.TrueAsync(() => !InstanceHarness.IsAlive(int.Parse(pid)), $"{pid} is ended");
    }

    [LinuxTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OneThatCannotBeRun_SaysWhy(bool isWatched)
    {
        var file = app.Folder.File($"no-program-{isWatched}");
        File.WriteAllText(file, "nothing that could be run");
        var (output, failure) = await RunAsync(new ToolCall(new ProcessStartInfo(file), Limit) { IsWatched = isWatched });
        Assert.Equal((null, false), (output, failure!.IsTimeout));
        Assert.StartsWith($"{file} cannot be run: ", failure.Reason);
    }

    [LinuxFact]
    public async Task LoadersWords_AreTheReason()
    {
        const string Words = "tool: error while loading shared libraries: libggml.so: cannot open shared object file";
        var (output, _) = await RunAsync(Shell($"echo '{Words}' >&2; exit 127"));
        Assert.StartsWith(Words, output!.LoaderTrouble);
        Assert.Contains("LD_LIBRARY_PATH", output.LoaderTrouble);
        (output, _) = await RunAsync(Shell($"echo '{Words}'; exit 0")); // it ran
        Assert.Null(output!.LoaderTrouble);
    }

    private static ToolCall Shell(string script) => new(new ProcessStartInfo("/bin/sh", ["-c", script]), Limit);

    private async Task<(ToolOutput? Output, ToolFailure? Failure)> RunAsync(ToolCall call, CancellationToken cancellation = default) =>
        await new ToolRunner(app.Services.GetRequiredService<ProbeStarter>(), _timers)
            .RunAsync(call, cancellation)
            .WaitAsync(TimeSpan.FromMinutes(1), CancellationToken.None);
}
