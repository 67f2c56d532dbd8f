using System.Diagnostics;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances.Containers;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Engines.Processes;

namespace LlamaBlazor.Web.Engines;

/// <summary>What a short run of an engine printed.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Both streams, standard output first; at most 256 Ki characters each.</param>
/// <param name="LoaderTrouble">Why the system's loader did not run it, with the next step; null where it ran.</param>
internal sealed record ToolResult(int ExitCode, string Output, string? LoaderTrouble);

/// <summary>Runs an engine for one of its actions, which print something and stop: help, version, devices, the check of a command
/// line.</summary>
internal sealed class EngineTool(ToolRunner tools, DataFolder folder)
{
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
        var words = arguments.ToList();
        var container = NameContainer(words);
        ToolOutput? ended = null;
        try
        {
            var call = new ToolCall(Describe(executable, words, environment), Limit) { IsWatched = true, Container = container };
            (ended, var failure) = await tools.RunAsync(call, cancellation).ConfigureAwait(false);
            return failure switch
            {
                null => new ToolResult(ended!.ExitCode, ended.Output + ended.Error, ended.LoaderTrouble),
                { IsTimeout: true } => Failure.Unavailable($"{failure.Reason}. Is it llama-server?"),
                _ => Failure.Unavailable($"{failure.Reason}."),
            };
        }
        finally
        {
            // One that has ended has removed itself; the end of its client alone is not its own.
            if (container is not null && ended is null)
                _ = RunAsync(executable, ["rm", "--force", "--volumes", container], environment, CancellationToken.None);
        }
    }

    // An engine in a container gets a name by which it can be removed, and the label by which the next run of the dashboard finds it.
    private string? NameContainer(List<string> words)
    {
        if (words is not ["run", "--rm", ..])
            return null;
        var name = $"{ContainerKind.ProbePrefix}{Guid.NewGuid():N}";
        words.InsertRange(1, ["--name", name, "--label", $"{ContainerKind.DataLabel}={folder.Root}"]);
        return name;
    }

    private ProcessStartInfo Describe(string executable, List<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(executable, arguments)
        {
            WorkingDirectory = Directory.Exists(folder.Root) ? folder.Root : Path.GetTempPath(), // doctor also looks before the first start
        };
        EngineEnvironment.Clean(start, environment);
        return start;
    }
}
