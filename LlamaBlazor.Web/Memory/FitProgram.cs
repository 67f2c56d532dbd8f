using System.Diagnostics;
using System.Text;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Engines;
using LlamaBlazor.Web.Engines.Processes;

namespace LlamaBlazor.Web.Memory;

/// <summary>Runs llama-fit-params, which lies beside llama-server. It loads no weights and ends within seconds.</summary>
internal sealed class FitProgram(EngineLocator engines, ProbeStarter probes, TimeProvider clock)
{
    private const int OutputBound = 64 << 10;
    private static readonly string FileName = OperatingSystem.IsWindows() ? "llama-fit-params.exe" : "llama-fit-params";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    // a failure would otherwise start a debugger
    private static readonly Dictionary<string, string> Own = new() { ["GGML_NO_BACKTRACE"] = "1" };

    /// <summary>Its path for a model's engine, or null where there is none.</summary>
    public async Task<string?> FindAsync(string? enginePath, CancellationToken cancellation)
    {
        var engine = await engines.FindAsync(enginePath, cancellation).ConfigureAwait(false);
        if (!engine.IsSuccess || engine.Value.Simulated)
            return null;
        var real = new FileInfo(engine.Value.Path);
        var folders = new[] { real.DirectoryName, (real.ResolveLinkTarget(returnFinalTarget: true) as FileInfo)?.DirectoryName };
        return folders.OfType<string>().Select(folder => Path.Combine(folder, FileName)).FirstOrDefault(File.Exists);
    }

    /// <summary>Runs it once.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="variables">Environment variables of the model's engine.</param>
    /// <returns>What it printed and how it ended; unavailable when it could not be started or did not end in time.</returns>
    public async Task<Result<FitRun>> RunAsync(
        string path,
        IReadOnlyList<string> arguments,
        CancellationToken cancellation,
        IReadOnlyDictionary<string, string>? variables = null
    )
    {
        using var limit = new CancellationTokenSource(Limit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            using var probe = probes.Start(Describe(path, arguments, variables ?? Own));
            var process = probe.Process;
            process.StandardInput.Close(); // who reads from it must not wait for us
            var output = ReadAsync(process.StandardOutput, both.Token);
            var log = ReadAsync(process.StandardError, both.Token);
            await process.WaitForExitAsync(both.Token).ConfigureAwait(false);
            var run = new FitRun(process.ExitCode, await output.ConfigureAwait(false), await log.ConfigureAwait(false));
            probe.Done();
            return ProbeStarter.WhyNotRun(run.ExitCode, run.Log) is { } reason
                ? Failure.Unavailable($"{path} could not be started: {reason}")
                : run;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return Failure.Unavailable($"{path} could not be started: {error.Message}");
        }
        catch (OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            return Failure.Unavailable($"{path} did not answer within {Limit.TotalMinutes:0} minutes and was ended.");
        }
    }

    private static ProcessStartInfo Describe(string path, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables)
    {
        var start = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        EngineEnvironment.Clean(start, new Dictionary<string, string>([.. Own, .. variables.Where(pair => !Own.ContainsKey(pair.Key))]));
        return start;
    }

    // Reads everything, keeps the last 64 KiB: the reason of a failure comes last.
    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellation)
    {
        var kept = new StringBuilder();
        var buffer = new char[4096];
        for (int read; (read = await reader.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0; )
        {
            kept.Append(buffer, 0, read);
            if (kept.Length > 2 * OutputBound)
                kept.Remove(0, kept.Length - OutputBound);
        }

        return kept.ToString(Math.Max(0, kept.Length - OutputBound), Math.Min(kept.Length, OutputBound));
    }
}

/// <summary>How one run ended.</summary>
/// <param name="ExitCode">0 is success.</param>
/// <param name="Output">Standard output, its last 64 KiB.</param>
/// <param name="Log">Standard error, its last 64 KiB.</param>
internal sealed record FitRun(int ExitCode, string Output, string Log);
