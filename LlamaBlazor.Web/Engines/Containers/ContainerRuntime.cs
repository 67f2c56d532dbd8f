using System.Diagnostics;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Engines.Processes;

namespace LlamaBlazor.Web.Engines.Containers;

/// <summary>Runs the commands of podman or docker, with argument vectors.</summary>
internal sealed class ContainerRuntime(ContainerProgram program, ToolRunner tools)
{
    private const int OutputBound = 1024 * 1024; // characters kept of each stream

    private static readonly Dictionary<string, string> NoVariables = [];

    /// <summary>Time an ordinary command may take.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Path of the program, or null when there is none.</summary>
    public string? Path => program.Path;

    /// <summary>True for podman.</summary>
    public bool IsPodman => System.IO.Path.GetFileName(Path)?.StartsWith("podman", StringComparison.Ordinal) == true;

    /// <summary>What the settings say.</summary>
    public ContainerOptions Options => program.Options;

    /// <summary>Why there is none, with the next step.</summary>
    public Failure Missing => program.Missing;

    /// <summary>Runs a command to its end; its standard output, or why it failed in the runtime's own words.</summary>
    /// <param name="arguments">Without the program.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="limit">How long it may take; <see cref="Timeout.InfiniteTimeSpan"/> for as long as it likes, null for
    /// <see cref="Limit"/>.</param>
    /// <param name="environment">Variables for it; secrets travel here.</param>
    public async Task<Result<string>> RunAsync(
        IReadOnlyList<string> arguments,
        CancellationToken cancellation,
        TimeSpan? limit = null,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        if (Path is not { } path)
            return Missing;
        var start = new ProcessStartInfo(path, arguments);
        foreach (var (name, value) in environment ?? NoVariables)
            start.Environment[name] = value;
        // Nobody watches it: what a runtime starts, such as the monitor of a container, may outlive its command.
        var call = new ToolCall(start, limit ?? Limit) { OutputBound = OutputBound };
        var (ended, failure) = await tools.RunAsync(call, cancellation).ConfigureAwait(false);
        return failure switch
        {
            null when ended!.ExitCode == 0 => ended.Output,
            null => Refuse(path, arguments[0], ended!),
            { IsTimeout: true } => Failure.Unavailable(
                $"{failure.Reason} ({arguments[0]}). Is the container service of this machine running?"
            ),
            _ => Failure.Unavailable($"{failure.Reason}. Check LlamaBlazor:Containers:Runtime."),
        };
    }

    private static Failure Refuse(string path, string command, ToolOutput ended)
    {
        var line = ended.Error.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).LastOrDefault();
        var words = ended.LoaderTrouble ?? line ?? $"exit code {ended.ExitCode}";
        return Failure.Unavailable($"{System.IO.Path.GetFileName(path)} {command} failed: {words.TrimEnd('.')}.");
    }
}
