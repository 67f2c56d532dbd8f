using LlamaBlazor.Web.Shared.Api;
using LlamaBlazor.Web.Shared.Published;

namespace LlamaBlazor.Web.Engines.Containers;

/// <summary><c>GET /api/containers</c>.</summary>
internal static class ContainerEndpoints
{
    /// <summary>Maps <c>/api/containers</c> and what lies below.</summary>
    public static IEndpointRouteBuilder MapContainers(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/containers", ListAsync).WithTags("Resources");
        return app;
    }

    private static async Task<IResult> ListAsync(
        OwnContainers containers,
        ContainerRuntime runtime,
        InstanceRegistry registry,
        CancellationToken cancellation
    )
    {
        var listed = await containers.ListAsync(cancellation);
        if (listed.Failure is { } failure)
            return runtime.Path is null ? Results.Ok(new ContainerAnswer([], null, null, failure.Message)) : ApiResults.Problem(failure);
        var usage = (await containers.UsageAsync(cancellation)).ToLookup(item => item.Id[..Math.Min(12, item.Id.Length)]);
        var instances = registry.Active.Where(instance => instance.ContainerId is not null).ToDictionary(instance => instance.ContainerId!);
        var rows = listed.Value.Select(item =>
        {
            var used = usage[item.Id[..Math.Min(12, item.Id.Length)]].FirstOrDefault();
            var instance = instances.GetValueOrDefault(item.Id);
            return new ContainerListed(
                item.Id,
                item.Name,
                item.Image,
                item.State,
                instance?.Id,
                instance?.Model,
                instance?.Port,
                used?.CpuPercent,
                used?.MemoryBytes
            );
        });
        return Results.Ok(new ContainerAnswer([.. rows], null, runtime.Path, null));
    }
}

/// <summary>Our containers, and which program runs them.</summary>
/// <param name="Items">Those with our label, running or not.</param>
/// <param name="Next">Always null: all fit on one page.</param>
/// <param name="Runtime">Path of podman or docker, or null.</param>
/// <param name="Problem">Why there is no runtime, with the next step.</param>
internal sealed record ContainerAnswer(IReadOnlyList<ContainerListed> Items, string? Next, string? Runtime, string? Problem);

/// <summary>One of our containers.</summary>
/// <param name="ContainerId">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Image">Its image.</param>
/// <param name="State">In the runtime's words.</param>
/// <param name="InstanceId">The instance it runs, while it does.</param>
/// <param name="Model">Name of the model.</param>
/// <param name="Port">Port on loopback.</param>
/// <param name="CpuPercent">Percent of one core.</param>
/// <param name="MemoryBytes">Bytes of its control group.</param>
internal sealed record ContainerListed(
    string ContainerId,
    string Name,
    string Image,
    string State,
    long? InstanceId,
    string? Model,
    int? Port,
    double? CpuPercent,
    double? MemoryBytes
);
