using System.Collections.Concurrent;
using System.Globalization;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances.Containers;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Engines.Processes;

namespace LlamaBlazor.Web.Engines.Containers;

/// <summary>Makes and starts containers. What was begun is undone where a later step fails.</summary>
internal sealed class ContainerLauncher(
    ContainerRuntime runtime,
    Launcher launcher,
    ProcessGuard guard,
    DataFolder folder,
    TimeProvider clock
)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<string, bool> _names = new(); // one a container of this run; removed with it

    /// <summary>Value of <see cref="ContainerKind.DataLabel"/> on containers of ours.</summary>
    public string Label => folder.Root;

    /// <summary>True for a container that a launch of this run made or is making.</summary>
    public bool Knows(string name) => _names.ContainsKey(name);

    /// <summary>Starts the container of a launch.</summary>
    /// <param name="command">With its <see cref="LaunchCommand.Container"/>.</param>
    /// <param name="name">Its name, unique on this machine.</param>
    /// <param name="model">Name of the model.</param>
    /// <param name="onLine">Takes each line of output; must be quick.</param>
    public async Task<Result<RunningEngine>> StartAsync(LaunchCommand command, string name, string model, Action<string> onLine)
    {
        _names[name] = true;
        guard.Add(name);
        var isStarted = false;
        try
        {
            var engine = await TryStartAsync(command, name, model, onLine).ConfigureAwait(false);
            isStarted = engine.IsSuccess;
            if (isStarted)
                _ = ForgetAsync(engine.Value, name);
            return engine;
        }
        finally
        {
            if (!isStarted)
                _ = UndoAsync(name); // also where its client could not be run: the container was made by then
        }
    }

    private async Task<Result<RunningEngine>> TryStartAsync(LaunchCommand command, string name, string model, Action<string> onLine)
    {
        var launch = command.Container!;
        var labels = new Dictionary<string, string> { [ContainerKind.DataLabel] = Label, [ContainerKind.ModelLabel] = model };
        var created = await runtime
            .RunAsync(launch.Create(name, labels), CancellationToken.None, environment: SecretsOf(command))
            .ConfigureAwait(false);
        if (created.Failure is { } failure)
            return failure;
        var client = await launcher.StartHelperAsync(command.Executable, ["start", "--attach", name], onLine).ConfigureAwait(false);
        var id = created.Value.Trim().Split('\n')[^1];
        return new ContainerEngine(
            runtime,
            guard,
            (id, name, await PidAsync(name, client).ConfigureAwait(false), launch.Plan.IsOnHostNetwork),
            client,
            onLine
        );
    }

    private static Dictionary<string, string> SecretsOf(LaunchCommand command) =>
        command.StartEnvironment.Where(pair => !command.PublicVariables.Contains(pair.Key)).ToDictionary();

    // Until the container runs, or its client has ended because it never will.
    private async Task<int?> PidAsync(string name, EngineProcess client)
    {
        for (var pause = ShortestPause; !client.Exited.IsCompleted; pause = pause < LongestPause ? pause * 2 : LongestPause)
        {
            var told = await runtime
                .RunAsync(["inspect", "--format", "{{.State.Pid}}", name], CancellationToken.None)
                .ConfigureAwait(false);
            if (told.IsSuccess && int.TryParse(told.Value.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && pid > 0)
                return ProcessTable.StartTime(pid) is null ? null : pid; // a runtime in a machine of its own counts processes of its own
            await Task.WhenAny(client.Exited, Task.Delay(pause, clock)).ConfigureAwait(false);
        }

        return null;
    }

    private async Task ForgetAsync(RunningEngine engine, string name)
    {
        await engine.Exited.ConfigureAwait(false);
        _names.TryRemove(name, out _);
    }

    private async Task UndoAsync(string name)
    {
        await runtime.RunAsync(["rm", "--force", "--volumes", name], CancellationToken.None).ConfigureAwait(false);
        guard.Remove(name);
        _names.TryRemove(name, out _);
    }
}
