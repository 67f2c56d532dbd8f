using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Instances.Admission;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Resources;

/// <summary><c>/api/projects</c>, <c>/api/gpus</c> and <c>/api/allocations</c>.</summary>
internal static class ResourceEndpoints
{
    private static readonly string[] Limits = ["max_containers", "max_memory_gb", "max_cpu_cores", "max_gpus"];
    private static readonly string[] Counts = ["max_containers", "max_gpus"];

    /// <summary>Maps <c>/api/allocations</c>, <c>/api/gpus</c> and <c>/api/projects</c>, and what lies below them.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        var projects = app.MapGroup("/api/projects").WithTags("Resources");
        projects.MapGet(
            "",
            async (ProjectStore store, CancellationToken cancellation) =>
                new ListPage<ProjectItem>(await store.ListAsync(cancellation), null)
        );
        projects.MapGet(
            "/{id:long}",
            async (long id, ProjectStore store, CancellationToken cancellation) =>
                (await store.ListAsync(cancellation)).FirstOrDefault(project => project.Id == id) is { } found
                    ? Results.Ok(found)
                    : Unknown("project", id)
        );
        projects.MapPost(
            "",
            async (ProjectEdit edit, ProjectStore store, CancellationToken cancellation) =>
                (await store.CreateAsync(edit, cancellation)).ToApi(made => Results.Created($"/api/projects/{made.Id}", made))
        );
        projects.MapPatch("/{id:long}", PatchAsync);
        projects.MapDelete(
            "/{id:long}",
            async (long id, ProjectStore store, CancellationToken cancellation) =>
                (await store.DeleteAsync(id, cancellation)).ToApi(_ => Results.NoContent())
        );

        app.MapGet(
                "/api/gpus",
                async (GpuCatalogue catalogue, CancellationToken cancellation) =>
                    new GpuList(await catalogue.ListAsync(cancellation), null, catalogue.Drivers)
            )
            .WithTags("Resources");
        var allocations = app.MapGroup("/api/allocations").WithTags("Resources");
        allocations.MapGet(
            "",
            async (AllocationStore store, CancellationToken cancellation) =>
                new ListPage<AllocationItem>(await store.ListAsync(cancellation), null)
        );
        allocations.MapPost(
            "",
            async (AllocationEdit edit, GpuCatalogue catalogue, CancellationToken cancellation) =>
                (await catalogue.ReserveAsync(edit, cancellation)).ToApi(made => Results.Created($"/api/allocations/{made.Id}", made))
        );
        allocations.MapDelete(
            "/{id:long}",
            async (long id, AllocationStore store, CancellationToken cancellation) =>
                await store.DeleteAsync(id, cancellation) ? Results.NoContent() : Unknown("allocation", id)
        );
    }

    // Columns that are not named stay, null clears: two things a record cannot tell apart.
    private static async Task<IResult> PatchAsync(long id, JsonElement body, ProjectStore store, CancellationToken cancellation)
    {
        if (body.ValueKind is not JsonValueKind.Object)
            return ApiResults.Invalid("body", "An object with the columns to change.");
        if (
            body.EnumerateObject().FirstOrDefault(property => !Limits.Contains(property.Name)) is
            { Value.ValueKind: not JsonValueKind.Undefined } other
        )
            return ApiResults.Invalid(other.Name, $"Only {string.Join(", ", Limits)} can be changed.");
        if (
            body.EnumerateObject()
                .FirstOrDefault(property => property.Value.ValueKind is not (JsonValueKind.Number or JsonValueKind.Null)) is
            { Value.ValueKind: not JsonValueKind.Undefined } word
        )
            return ApiResults.Invalid(word.Name, "A number, or null for no limit.");
        if (
            Counts.FirstOrDefault(name =>
                body.TryGetProperty(name, out var count) && count.ValueKind is JsonValueKind.Number && !count.TryGetInt64(out _)
            ) is
            { } part
        )
            return ApiResults.Invalid(part, "A whole number, or null for no limit.");
        var result = await store.UpdateAsync(
            id,
            edit =>
                edit with
                {
                    MaxContainers = body.TryGetProperty("max_containers", out var instances)
                        ? Nullable(instances, value => value.GetInt64())
                        : edit.MaxContainers,
                    MaxCpuCores = body.TryGetProperty("max_cpu_cores", out var cores)
                        ? Nullable(cores, value => value.GetDouble())
                        : edit.MaxCpuCores,
                    MaxGpus = body.TryGetProperty("max_gpus", out var gpus) ? Nullable(gpus, value => value.GetInt64()) : edit.MaxGpus,
                    MaxMemoryGb = body.TryGetProperty("max_memory_gb", out var memory)
                        ? Nullable(memory, value => value.GetDouble())
                        : edit.MaxMemoryGb,
                },
            cancellation
        );
        return result.ToApi();
    }

    private static T? Nullable<T>(JsonElement value, Func<JsonElement, T> read)
        where T : struct => value.ValueKind is JsonValueKind.Null ? null : read(value);

    private static IResult Unknown(string thing, long id) =>
        ApiResults.Problem(Failure.NotFound($"There is no {thing} {id}. GET /api/{thing}s lists them."));
}
