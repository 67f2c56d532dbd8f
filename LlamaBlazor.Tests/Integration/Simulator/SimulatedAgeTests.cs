using System.Diagnostics;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Shared.Configuration;

namespace LlamaBlazor.Tests.Integration.Simulator;

/// <summary>The simulated engine is like llama-servers of several ages: their words for version and help, and their flags.</summary>
public sealed class SimulatedAgeTests
{
    [LinuxTheory]
    [InlineData("2024", "version: 3600 (51b0a7ed5)", "\n  -c,    --ctx-size N             ", "--spec-draft-n-max")]
    [InlineData("2025", "version: 5890 (51b0a7ed5)", "\n-c,    --ctx-size N                     ", "--spec-draft-n-max")]
    [InlineData("2026", "version: 9921 (simulated)", "\n-c,    --ctx-size N                     ", "--run-time-repack")]
    [InlineData("next", "version: 0.4.1-dev (build 11064, commit 51b0a7ed5)", "\n-c,    --ctx-size N        ", "--run-time-repack")]
    [InlineData("ik", "version: 3850 (51b0a7ed5)", "\n  -rtr,  --run-time-repack        ", "--spec-draft-n-max")]
    public async Task EachAge_HasItsForm(string age, string version, string entry, string unknown)
    {
        Assert.StartsWith(version + "\nbuilt with ", (await RunAsync(age, "--version")).Error);
        var (code, help, _) = await RunAsync(age, "--help");
        Assert.Equal(0, code);
        Assert.Contains(entry, help);
        Assert.DoesNotContain(unknown, help);
        var (end, _, error) = await RunAsync(age, unknown, "3");
        Assert.Equal((1, $"error: invalid argument: {unknown}\n"), (end, error));
    }

    [LinuxTheory]
    [InlineData("2025", true)]
    [InlineData("2026", false)]
    public async Task FlashAttention_WasASwitch(string age, bool isSwitch)
    {
        var (_, _, error) = await RunAsync(age, "-fa", "--frobnicate");
        Assert.StartsWith(isSwitch ? "error: invalid argument: --frobnicate" : "error while handling argument \"-fa\": ", error);
    }

    [LinuxTheory]
    [InlineData("2025", "error: invalid argument: --frobnicate")]
    [InlineData("2026", "error while handling argument \"--draft-max\": the argument has been removed.")]
    public async Task RemovedFlags_WorkedOnce(string age, string words) =>
        Assert.StartsWith(words, (await RunAsync(age, "--draft-max", "3", "--frobnicate")).Error);

    private static async Task<(int Code, string Output, string Error)> RunAsync(string age, params string[] arguments)
    {
        var (program, prefix) = OwnProgram.Find();
        string[] words = [.. prefix, OwnProgram.SimulatorWord, "--simulate", $"age={age}", .. arguments];
        using var process = Process.Start(
            new ProcessStartInfo(program, words) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
