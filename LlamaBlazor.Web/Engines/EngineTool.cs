using System.ComponentModel;
using System.Diagnostics;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances.Containers;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Engines.Processes;

namespace LlamaBlazor.Web.Engines;

/// <summary>What a short run of an engine printed.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Both streams, standard output first; at most <see cref="EngineTool.OutputBound"/> characters each.</param>
internal sealed record ToolResult(int ExitCode, string Output);

/// <summary>Runs an engine for one of its actions, which print something and stop: help, version, devices, the check of a command
/// line.</summary>
internal sealed class EngineTool(ProbeStarter probes, DataFolder folder, TimeProvider clock)
{
    /// <summary>Characters kept of each stream.</summary>
    public const int OutputBound = 256 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>Runs it to its end in the data folder, or ends it after 15 seconds.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="action">The flag of the action.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<Result<ToolResult>> RunAsync(EngineCommand engine, string action, CancellationToken cancellation) =>
        RunAsync(engine.Path, engine.Prefix.Append(action), engine.Variables, cancellation);

    /// <summary>Runs it to its end in the data folder, or ends it after 15 seconds.</summary>
    /// <param name="executable">The engine.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables to add.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<Result<ToolResult>> RunAsync(
        string executable,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        CancellationToken cancellation
    )
    {
        using var timeout = new CancellationTokenSource(Limit, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        var words = arguments.ToList();
        var container = NameContainer(words);
        try
        {
            using var probe = probes.Start(Describe(executable, words, environment), container);
            var process = probe.Process;
            process.StandardInput.Close();
            var output = ReadAsync(process.StandardOutput, limit.Token);
            var error = ReadAsync(process.StandardError, limit.Token);
            var text = await output.ConfigureAwait(false) + await error.ConfigureAwait(false);
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            probe.Done();
            container = null; // it has removed itself
            return ProbeStarter.WhyNotRun(process.ExitCode, text) is { } reason
                ? Unrunnable(executable, reason)
                : new ToolResult(process.ExitCode, text);
        }
        catch (Win32Exception error)
        {
            return Unrunnable(executable, error.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Failure.Unavailable($"{executable} did not answer within {Limit.TotalSeconds:0} seconds. Is it llama-server?");
        }
        finally
        {
            if (container is not null)
                // the end of its client is not its own
                _ = RunAsync(executable, ["rm", "--force", "--volumes", container], environment, CancellationToken.None);
        }
    }

    private static Failure Unrunnable(string executable, string reason) => Failure.Unavailable($"{executable} cannot be run: {reason}");

    // An engine in a container gets a name by which it can be removed, and the label by which the next run of the dashboard finds it.
    private string? NameContainer(List<string> words)
    {
        if (words is not ["run", "--rm", ..])
            return null;
        var name = $"{ContainerKind.ProbePrefix}{Guid.NewGuid():N}";
        words.InsertRange(1, ["--name", name, "--label", $"{ContainerKind.DataLabel}={folder.Root}"]);
        return name;
    }

    private ProcessStartInfo Describe(string executable, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(executable)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
            WorkingDirectory = Directory.Exists(folder.Root) ? folder.Root : Path.GetTempPath(), // doctor also looks before the first start
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        EngineEnvironment.Clean(start, environment);
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
}
