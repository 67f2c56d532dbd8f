using System.Text.RegularExpressions;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances.Containers;
using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;

namespace LlamaBlazor.Web.Engines.Containers;

/// <summary>Turns the command of an engine into that of a container: what it may use, and which of this machine's files it sees.</summary>
internal sealed partial class ContainerCommands(ContainerRuntime runtime, DataFolder folder)
{
    // What the engine writes itself; everything else it only reads.
    private static readonly string[] Written = ["--slot-save-path", "--log-file", "--lookup-cache-dynamic"];

    /// <summary>The plan of a model's container: unavailable without a runtime or without the image.</summary>
    /// <param name="settings">How the dashboard runs the model.</param>
    /// <param name="variables">Environment variables of its engine.</param>
    /// <param name="cancellation">Gives up asking the runtime.</param>
    public async Task<Result<(ContainerPlan Plan, EngineCommand Engine)>> PlanAsync(
        RuntimeConfig settings,
        IReadOnlyDictionary<string, string> variables,
        CancellationToken cancellation
    )
    {
        if (runtime.Path is not { } path)
            return runtime.Missing;
        if (ImageReference.Parse(settings.ContainerImage) is not { } image)
            return Failure.Invalid(
                "container_image",
                "This model is to run as a container, but names no image. Set one on the Server overrides tab, such as "
                    + "ghcr.io/ggml-org/llama.cpp:server."
            );
        var found = await runtime
            .RunAsync(["image", "inspect", "--format", "{{.Id}}", settings.ContainerImage!.Trim()], cancellation)
            .ConfigureAwait(false);
        if (!found.IsSuccess)
            return Failure.Unavailable(
                $"The image {settings.ContainerImage} is not on this machine. Pull it on the Resources page first, or with: images "
                    + $"pull {settings.ContainerImage}"
            );
        var plan = new ContainerPlan(settings.ContainerImage.Trim(), image.Backend)
        {
            IsPodman = runtime.IsPodman,
            Cpus = settings.CpuLimit,
            MemoryGb = settings.MemoryLimitGb,
            OciRuntime = runtime.Options.OciRuntime,
            ExtraArguments = runtime.Options.ExtraArguments,
        };
        var open = variables
            .Where(pair => !SecretEntries.IsSecret(pair.Key))
            .Select(pair => $"{pair.Key}={pair.Value}")
            .Order(StringComparer.Ordinal);
        // The engine is asked what it can do in a container of its own; the id tells a newer image of the same tag.
        var probed = plan with
        {
            Cpus = null,
            MemoryGb = null,
            Variables = [.. open],
        };
        return (plan, new EngineCommand(path, [.. probed.ProbeWords(), found.Value.Trim()], Simulated: false) { Image = plan.Image });
    }

    /// <summary>The command that runs an engine's arguments in a container.</summary>
    /// <param name="plan">What it is made of.</param>
    /// <param name="engine">How its image is run.</param>
    /// <param name="command">The engine's own command.</param>
    /// <param name="port">Port on loopback.</param>
    /// <param name="downloads">Folder for what the engine downloads itself, or null when it downloads nothing.</param>
    public static LaunchCommand Wrap(ContainerPlan plan, EngineCommand engine, LaunchCommand command, int port, string? downloads)
    {
        var mounts = Mounts(command.Arguments)
            .Where(mount => downloads is null || !mount.Path.StartsWith(downloads, StringComparison.Ordinal));
        var full = plan with
        {
            Downloads = downloads,
            Mounts = [.. mounts.DistinctBy(mount => mount.Path)],
            Variables = [.. Variables(command)],
        };
        var launch = new ContainerLaunch(full, engine.Prefix[^1], command.Arguments, port);
        return command with { Executable = engine.Path, Arguments = launch.Run(), Container = launch };
    }

    // The key of a start comes by the environment of the command, as secrets do; others would change what runs the container.
    private static IEnumerable<string> Variables(LaunchCommand command) =>
        command
            .Environment.Keys.Append(LaunchCommand.KeyVariable)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .Select(name => command.PublicVariables.Contains(name) ? $"{name}={command.Environment[name]}" : name);

    /// <summary>Where an engine in a container keeps what it downloads; made where it is missing.</summary>
    public string Downloads()
    {
        var path = System.IO.Path.Combine(folder.Root, "downloads");
        Directory.CreateDirectory(path);
        return path;
    }

    // Each argument that names something of this machine, alone, in a list, or with a scale behind it ("a.gguf:0.5,b.gguf:1").
    private static IEnumerable<ContainerMount> Mounts(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var isWritten = i > 0 && Written.Contains(arguments[i - 1]);
            foreach (
                var path in arguments[i]
                    .Split(',')
                    .Append(arguments[i])
                    .Select(word => Scale().Replace(word, ""))
                    .Where(Path.IsPathFullyQualified)
                    .SelectMany(WithParts)
            )
            {
                var there =
                    isWritten && File.Exists(path) is false && Directory.Exists(path) is false ? Path.GetDirectoryName(path)! : path;
                if (Path.Exists(there))
                    yield return new ContainerMount(there, isWritten);
            }
        }
    }

    private static IEnumerable<string> WithParts(string path) =>
        SplitName.Parse(Path.GetFileName(path)) is { } name
            ? Enumerable
                .Range(1, Math.Min(name.Count, 1000))
                .Select(part => Path.Combine(Path.GetDirectoryName(path)!, name.FileName(part)))
            : [path];

    [GeneratedRegex(@":-?\d+(\.\d+)?$")]
    private static partial Regex Scale();
}
