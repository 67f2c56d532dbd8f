using System.ComponentModel;
using System.Diagnostics;
using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Web.Parameters.Engines;

/// <summary>What a short run of an engine printed.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Both streams, standard output first; at most <see cref="EngineTool.OutputBound"/> characters each.</param>
internal sealed record ToolResult(int ExitCode, string Output);

/// <summary>Runs an engine for one of its actions, which print something and stop: help, version, devices, the check of a command line.</summary>
internal static class EngineTool
{
    /// <summary>Characters kept of each stream.</summary>
    public const int OutputBound = 256 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>Runs it to its end, or ends it after 15 seconds.</summary>
    /// <param name="executable">The engine.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables to add.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="folder">Its working folder, or null for that of the dashboard.</param>
    /// <param name="clock">Measures the 15 seconds; null for the system's.</param>
    public static async Task<Result<ToolResult>> RunAsync(string executable, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, CancellationToken cancellation, string? folder = null, TimeProvider? clock = null)
    {
        using var timeout = new CancellationTokenSource(Limit, clock ?? TimeProvider.System);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        Process? process = null;
        try
        {
            process = Process.Start(Describe(executable, arguments, environment, folder))!;
            process.StandardInput.Close();
            var output = ReadAsync(process.StandardOutput, limit.Token);
            var error = ReadAsync(process.StandardError, limit.Token);
            var text = await output.ConfigureAwait(false) + await error.ConfigureAwait(false);
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return new ToolResult(process.ExitCode, text);
        }
        catch (Win32Exception error)
        {
            return Failure.Unavailable($"{executable} cannot be run: {error.Message}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Failure.Unavailable($"{executable} did not answer within {Limit.TotalSeconds:0} seconds. Is it llama-server?");
        }
        finally
        {
            End(process);
        }
    }

    private static ProcessStartInfo Describe(string executable, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string? folder)
    {
        var start = new ProcessStartInfo(executable)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
            WorkingDirectory = folder ?? "",
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var name in start.Environment.Keys.Where(IsOurs).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return start;
    }

    // What llama-server would take as settings, and what is meant for the dashboard.
    private static bool IsOurs(string name) =>
        name.StartsWith("LLAMA_ARG_", StringComparison.Ordinal) || name.StartsWith("LLAMA_SERVER_", StringComparison.Ordinal) || name.StartsWith("ASPNETCORE_", StringComparison.Ordinal)
        || name.StartsWith("LLAMABLAZOR_", StringComparison.Ordinal) || name == "LLAMA_API_KEY";

    // Reads to the end so that the pipe never blocks, and keeps the beginning.
    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellation)
    {
        var buffer = new char[8192];
        var text = new System.Text.StringBuilder();
        while (await reader.ReadAsync(buffer, cancellation).ConfigureAwait(false) is var count and > 0)
            text.Append(buffer, 0, Math.Min(count, OutputBound - text.Length));
        return text.ToString();
    }

    private static void End(Process? process)
    {
        try
        {
            if (process is { HasExited: false })
                process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended meanwhile.
        }

        process?.Dispose();
    }
}
