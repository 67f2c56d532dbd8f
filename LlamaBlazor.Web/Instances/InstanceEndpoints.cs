using System.Globalization;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Shared.Api;
using LlamaBlazor.Web.Shared.Published;

namespace LlamaBlazor.Web.Instances;

/// <summary><c>/api/models/{id}/start|stop|restart</c> and <c>/api/instances</c>.</summary>
internal static class InstanceEndpoints
{
    /// <summary>Maps <c>/api/instances</c>, <c>/api/admission</c>, and start, stop and restart below <c>/api/models/{id}</c>.</summary>
    public static IEndpointRouteBuilder MapInstanceEndpoints(this IEndpointRouteBuilder app)
    {
        var models = app.MapGroup("/api/models/{id}").WithTags("Instances");
        models.MapPost("/start", StartEndpoint.RunAsync);
        models.MapPost(
            "/stop",
            (string id, ModelStore store, InstanceSupervisor supervisor, CancellationToken cancellation) =>
                CommandAsync(id, store, supervisor.StopAsync, cancellation)
        );
        models.MapPost(
            "/restart",
            (string id, ModelStore store, InstanceSupervisor supervisor, CancellationToken cancellation) =>
                CommandAsync(id, store, supervisor.RestartAsync, cancellation)
        );
        models.MapPost(
            "/apply",
            (string id, ModelStore store, PendingChanges pending, CancellationToken cancellation) =>
                CommandAsync(id, store, pending.ApplyAsync, cancellation)
        );
        models.MapGet(
            "/pending-changes",
            async (string id, ModelStore store, PendingChanges pending, CancellationToken cancellation) =>
                await store.FindAsync(id, cancellation) is { } model
                    ? (await pending.FindAsync(model.Id, cancellation)).ToApi()
                    : ApiResults.Problem(ModelStore.Unknown(id))
        );

        app.MapPost("/api/admission", StartEndpoint.PreviewAsync).WithTags("Resources");
        var instances = app.MapGroup("/api/instances").WithTags("Instances");
        instances.MapGet("", List);
        instances.MapGet(
            "/{id:long}",
            (long id, InstanceRegistry registry) => Find(id, registry).ToApi(found => Results.Ok(InstanceAnswer.Of(found)))
        );
        instances.MapGet(
            "/{id:long}/logs",
            (long id, InstanceRegistry registry, InstanceSupervisor supervisor) =>
                Find(id, registry).ToApi(found => Results.Ok(new ListPage<InstanceLogLine>(supervisor.Lines(found.ModelId), null)))
        );
        return app;
    }

    private static async Task<IResult> CommandAsync(
        string id,
        ModelStore store,
        Func<long, CancellationToken, Task<Result<InstanceSnapshot>>> command,
        CancellationToken cancellation
    )
    {
        if (await store.FindAsync(id, cancellation) is not { } model)
            return ApiResults.Problem(Failure.NotFound($"There is no model '{id}'. GET /api/models lists them."));
        return (await command(model.Id, cancellation)).ToApi(Accepted);
    }

    /// <summary>202 while something is under way, 200 when it is already so.</summary>
    internal static IResult Accepted(InstanceSnapshot snapshot) =>
        Results.Json(
            InstanceAnswer.Of(snapshot),
            statusCode: snapshot.Phase is InstancePhase.Running or InstancePhase.Stopped
                ? StatusCodes.Status200OK
                : StatusCodes.Status202Accepted
        );

    private static IResult List(InstanceRegistry registry, string? status, string? after, int limit = 100)
    {
        if (limit is < 1 or > 1000)
            return ApiResults.Invalid("limit", "From 1 to 1000.");
        long last = 0;
        if (after is not null && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out last))
            return ApiResults.Invalid("after", "Send what the last page returned as 'next'.");
        var rows = registry
            .ByModel.Values.Where(instance => instance.Id > last && (status is null || instance.Status == status))
            .OrderBy(instance => instance.Id)
            .Take(limit + 1)
            .ToList();
        return Results.Ok(
            new ListPage<InstanceAnswer>(
                [.. rows.Take(limit).Select(InstanceAnswer.Of)],
                rows.Count > limit ? rows[limit - 1].Id.ToString(CultureInfo.InvariantCulture) : null
            )
        );
    }

    private static Result<InstanceSnapshot> Find(long id, InstanceRegistry registry) =>
        registry.ByModel.Values.FirstOrDefault(instance => instance.Id == id) is { } found
            ? found
            : Failure.NotFound($"No instance {id} was started in this run of the dashboard. GET /api/instances lists them.");
}
