using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Web.Engines.Processes;

/// <summary>One run of a tool.</summary>
/// <param name="Start">Program, arguments, folder and environment.</param>
/// <param name="Limit">How long it may take; <see cref="Timeout.InfiniteTimeSpan"/> for as long as it likes.</param>
internal sealed record ToolCall(ProcessStartInfo Start, TimeSpan Limit)
{
    /// <summary>Characters kept of each stream.</summary>
    public int OutputBound { get; init; } = 256 << 10;

    /// <summary>Whether the end of what it says is kept, where a reason stands, and not the beginning.</summary>
    public bool KeepsEnd { get; init; }

    /// <summary>Whether it must end with the dashboard, however that ends. Not for what itself starts something that stays.</summary>
    public bool IsWatched { get; init; }

    /// <summary>Name of the container that it runs in, or null.</summary>
    public string? Container { get; init; }
}

/// <summary>What a tool printed.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Standard output, as much as its call keeps.</param>
/// <param name="Error">Standard error, as much.</param>
internal sealed record ToolOutput(int ExitCode, string Output, string Error)
{
    /// <summary>Why the system's loader did not run it, with the next step; null where it ran.</summary>
    public string? LoaderTrouble => LoaderWords.Find(Output + Error, ExitCode) is var (line, hint) ? $"{line.TrimEnd('.')}. {hint}" : null;
}

/// <summary>Why a tool gave no output.</summary>
/// <param name="IsTimeout">It did not end in time, and was ended; else it could not be run.</param>
/// <param name="Reason">In words, without a full stop.</param>
internal sealed record ToolFailure(bool IsTimeout, string Reason);

/// <summary>
/// Runs every program of others that prints something and ends: engines' actions, llama-fit-params, container runtimes. Its input is empty,
/// its pipes are read to their end so that they never block, what is kept of them is bounded, and one that is given up is ended with all it
/// has started.
/// </summary>
internal sealed class ToolRunner(ProbeStarter probes, TimeProvider clock)
{
    /// <summary>Runs a tool to its end.</summary>
    /// <param name="call">The run.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>What it printed, or why it did not.</returns>
    public async Task<(ToolOutput? Output, ToolFailure? Failure)> RunAsync(ToolCall call, CancellationToken cancellation)
    {
        var (start, program) = (call.Start, call.Start.FileName);
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        (start.UseShellExecute, start.CreateNoWindow) = (false, true);
        using var timeout = new CancellationTokenSource(call.Limit, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        try
        {
            using var run = call.IsWatched ? probes.Start(start, call.Container) : ToolProcess.Start(start);
            var ended = await ReadAsync(run.Process, call, limit.Token).ConfigureAwait(false);
            run.Done();
            return call.IsWatched && ProbeStarter.WhyNotRun(ended.ExitCode, ended.Output + ended.Error) is { } reason
                ? (null, new ToolFailure(false, $"{program} cannot be run: {reason.TrimEnd('.')}"))
                : (ended, null);
        }
        catch (Win32Exception error)
        {
            return (null, new ToolFailure(false, $"{program} cannot be run: {error.Message.TrimEnd('.')}"));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, new ToolFailure(true, $"{program} did not answer within {Words(call.Limit)} and was ended"));
        }
    }

    private static string Words(TimeSpan limit) =>
        limit >= TimeSpan.FromMinutes(2) ? $"{limit.TotalMinutes:0.#} minutes" : $"{limit.TotalSeconds:0.#} seconds";

    private static async Task<ToolOutput> ReadAsync(Process process, ToolCall call, CancellationToken cancellation)
    {
        process.StandardInput.Close(); // who reads from it must not wait for us
        var output = ReadAsync(process.StandardOutput, call, cancellation);
        var error = ReadAsync(process.StandardError, call, cancellation);
        await Task.WhenAll(output, error).ConfigureAwait(false);
        await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
        return new ToolOutput(process.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false));
    }

    private static async Task<string> ReadAsync(StreamReader reader, ToolCall call, CancellationToken cancellation)
    {
        var buffer = new char[8192];
        var text = new StringBuilder();
        while (await reader.ReadAsync(buffer, cancellation).ConfigureAwait(false) is var count and > 0)
        {
            text.Append(buffer, 0, call.KeepsEnd ? count : Math.Min(count, call.OutputBound - text.Length));
            if (text.Length > 2 * call.OutputBound)
                text.Remove(0, text.Length - call.OutputBound);
        }

        return text.ToString(Math.Max(0, text.Length - call.OutputBound), Math.Min(text.Length, call.OutputBound));
    }
}
