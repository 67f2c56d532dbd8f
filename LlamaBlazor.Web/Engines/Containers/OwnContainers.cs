using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances.Containers;
using LlamaBlazor.Web.Shared.Published;

namespace LlamaBlazor.Web.Engines.Containers;

/// <summary>What the runtime says of the containers that carry our label.</summary>
internal sealed class OwnContainers(ContainerRuntime runtime, ContainerLauncher launcher, InstanceRegistry registry)
{
    /// <summary>Whether there is a runtime that could be asked.</summary>
    public bool CanBeListed => runtime.Path is not null;

    /// <summary>True for a container that a launch of this run made or is making.</summary>
    public bool Knows(string name) => launcher.Knows(name);

    /// <summary>Our containers as the runtime lists them, running or not; a failure where it does not answer.</summary>
    public async Task<Result<ContainerItem[]>> ListAsync(CancellationToken cancellation)
    {
        var listed = await runtime
            .RunAsync(
                ["ps", "--all", "--no-trunc", "--filter", $"label={ContainerKind.DataLabel}={launcher.Label}", "--format", Json],
                cancellation
            )
            .ConfigureAwait(false);
        if (listed.Failure is { } failure)
            return failure;
        return ContainerText.ReadList(listed.Value) is { } items
            ? items.ToArray()
            : Failure.Unavailable($"{runtime.Path} ps printed no JSON that is understood. Is it podman or docker?");
    }

    /// <summary>What our running containers use now; empty where there are none, or the runtime does not tell.</summary>
    public async Task<IReadOnlyList<ContainerUsage>> UsageAsync(CancellationToken cancellation)
    {
        var ids = registry.Active.Select(instance => instance.ContainerId).OfType<string>().ToList();
        if (ids.Count == 0)
            return [];
        var told = await runtime.RunAsync(["stats", "--no-stream", "--format", Json, .. ids], cancellation).ConfigureAwait(false);
        return told.IsSuccess ? ContainerText.ReadUsage(told.Value) ?? [] : [];
    }

    /// <summary>Removes a container, running or not; its name, or why not.</summary>
    public Task<Result<string>> RemoveAsync(string name, CancellationToken cancellation) =>
        runtime.RunAsync(["rm", "--force", "--volumes", name], cancellation);

    // podman's word for an array, docker's for one object a line.
    private string Json => runtime.IsPodman ? "json" : "{{json .}}";
}
