using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Memory;

/// <summary><c>/api/models/fit</c>: the analysis of many models.</summary>
internal static class FitBatchEndpoints
{
    /// <summary>Maps them into the group of <c>/api/models</c>.</summary>
    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet(
            "fit",
            (FitBatch batch) =>
                batch.Current is { } current
                    ? Results.Ok(current)
                    : ApiResults.Problem(Failure.NotFound("No batch was analysed yet. POST to the same address begins one."))
        );
        group.MapPost("fit", StartAsync);
        group.MapDelete(
            "fit",
            (FitBatch batch) => batch.Cancel() ? Results.NoContent() : ApiResults.Problem(Failure.Conflict("No analysis is running."))
        );
    }

    private static async Task<IResult> StartAsync(
        FitBatchRequest? request,
        FitBatch batch,
        ModelQueries models,
        CancellationToken cancellation
    ) =>
        batch
            .Start(request?.Ids ?? await models.IdsAsync(new ModelFilter { Role = ModelRole.Model }, cancellation))
            .ToApi(progress => Results.Accepted("/api/models/fit", progress));
}

/// <summary>Body of <c>POST /api/models/fit</c>.</summary>
/// <param name="Ids">The models; null for every one in the library.</param>
internal sealed record FitBatchRequest(IReadOnlyList<long>? Ids);
