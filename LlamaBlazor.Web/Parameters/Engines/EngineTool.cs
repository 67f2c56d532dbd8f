using System.ComponentModel;
using System.Diagnostics;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances.Containers;
using LlamaBlazor.Web.Instances.Processes;

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
    /// <param name="folder">The data folder: its working folder, and written into its marker, so that the next run of a killed dashboard ends it. Null for neither.</param>
    /// <param name="clock">Measures the 15 seconds; null for the system's.</param>
    public static async Task<Result<ToolResult>> RunAsync(string executable, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, CancellationToken cancellation, string? folder = null, TimeProvider? clock = null)
    {
        using var timeout = new CancellationTokenSource(Limit, clock ?? TimeProvider.System);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        var words = arguments.ToList();
        var container = NameContainer(words, folder);
        Process? process = null;
        try
        {
            process = Process.Start(Describe(executable, words, environment, folder))!;
            process.StandardInput.Close();
            var output = ReadAsync(process.StandardOutput, limit.Token);
            var error = ReadAsync(process.StandardError, limit.Token);
            var text = await output.ConfigureAwait(false) + await error.ConfigureAwait(false);
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            container = null; // it has removed itself
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
            if (container is not null)
                _ = RunAsync(executable, ["rm", "--force", "--volumes", container], environment, CancellationToken.None); // the end of its client is not its own
        }
    }

    // An engine in a container gets a name by which it can be removed, and the label by which the next run of the dashboard finds it.
    private static string? NameContainer(List<string> words, string? folder)
    {
        if (words is not ["run", "--rm", ..])
            return null;
        var name = $"{ContainerKind.ProbePrefix}{Guid.NewGuid():N}";
        words.InsertRange(1, folder is null ? ["--name", name] : ["--name", name, "--label", $"{ContainerKind.DataLabel}={folder}"]);
        return name;
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
        EngineEnvironment.Clean(start, environment);
        if (folder is not null)
            start.Environment[ProcessTable.Marker] = ProcessTable.MarkerOf(folder, "probe");
        return start;
    }

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
