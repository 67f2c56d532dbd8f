using System.ComponentModel;
using System.Diagnostics;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Engines.Processes;

namespace LlamaBlazor.Web.Engines.Containers;

/// <summary>The command line of podman or docker: finds it, and runs its commands with argument vectors.</summary>
internal sealed class ContainerRuntime(ContainerOptions options)
{
    /// <summary>Characters kept of each stream.</summary>
    private const int OutputBound = 1024 * 1024;

    private static readonly string[] Usual = ["podman", "docker"];
    private static readonly Dictionary<string, string> NoVariables = [];

    /// <summary>Time an ordinary command may take.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Path of the program, or null when there is none.</summary>
    public string? Path =>
        options.Runtime is { } named
            ? (System.IO.Path.IsPathFullyQualified(named) ? (File.Exists(named) ? named : null) : Launcher.Find(named))
            : Usual.Select(Launcher.Find).FirstOrDefault(found => found is not null);

    /// <summary>True for podman.</summary>
    public bool IsPodman => System.IO.Path.GetFileName(Path)?.StartsWith("podman", StringComparison.Ordinal) == true;

    /// <summary>What the settings say.</summary>
    public ContainerOptions Options => options;

    /// <summary>Why there is none, with the next step.</summary>
    public Failure Missing =>
        Failure.Unavailable(
            options.Runtime is { } named
                ? $"The container runtime '{named}' of LlamaBlazor:Containers:Runtime was not found. Correct the path, or clear it to "
                    + "search PATH."
                : "No container runtime was found: neither podman nor docker is in PATH. Install one, or set "
                    + "LlamaBlazor:Containers:Runtime to its path."
        );

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
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stop.CancelAfter(limit ?? Limit);
        Process? process = null;
        try
        {
            process = Process.Start(Describe(path, arguments, environment ?? NoVariables))!;
            process.StandardInput.Close();
            var output = ReadAsync(process.StandardOutput, stop.Token);
            var error = ReadAsync(process.StandardError, stop.Token);
            await Task.WhenAll(output, error).ConfigureAwait(false);
            await process.WaitForExitAsync(stop.Token).ConfigureAwait(false);
            return process.ExitCode == 0
                ? await output.ConfigureAwait(false)
                : Refuse(path, arguments[0], await error.ConfigureAwait(false), process.ExitCode);
        }
        catch (Win32Exception error)
        {
            return Failure.Unavailable($"{path} cannot be run: {error.Message}. Check LlamaBlazor:Containers:Runtime.");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Failure.Unavailable(
                $"{path} {arguments[0]} did not end within {(limit ?? Limit).TotalSeconds:0} seconds. Is the container service of "
                    + "this machine running?"
            );
        }
        finally
        {
            End(process);
        }
    }

    private static Failure Refuse(string path, string command, string error, int code)
    {
        var line = error.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).LastOrDefault();
        return Failure.Unavailable($"{System.IO.Path.GetFileName(path)} {command} failed: {(line ?? $"exit code {code}").TrimEnd('.')}.");
    }

    private static ProcessStartInfo Describe(string path, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(path)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return start;
    }

    // To the end, so that the pipe never blocks; the beginning is kept.
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

        process?.DisposeWithPipes();
    }
}
