using LlamaBlazor.Domain.Models;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Memory;

/// <summary><c>/api/models/{id}/memory</c> and <c>/api/models/{id}/fit</c>.</summary>
internal static class FitEndpoints
{
    /// <summary>Maps them into the group of <c>/api/models</c>.</summary>
    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("{id}/memory", MemoryAsync);
        group.MapGet("{id}/fit", FindAsync);
        group.MapPost("{id}/fit", RunAsync);
    }

    private static async Task<IResult> MemoryAsync(
        string id,
        [AsParameters] MemoryQuery query,
        ModelStore store,
        MemoryAdvisor advisor,
        CancellationToken cancellation
    )
    {
        if (await store.FindAsync(id, cancellation) is not { } model)
            return ApiResults.Problem(ModelStore.Unknown(id));
        var question = await advisor.PrepareAsync(model, cancellation);
        return question.ToApi(known =>
            query.Apply(known.Settings).ToApi(settings => Results.Ok(MemoryAnswer.Of(advisor.Answer(known with { Settings = settings }))))
        );
    }

    private static async Task<IResult> FindAsync(string id, ModelStore store, FitAnalysis analysis, CancellationToken cancellation)
    {
        if (await store.FindAsync(id, cancellation) is not { } model)
            return ApiResults.Problem(ModelStore.Unknown(id));
        return await analysis.FindAsync(model.Id, cancellation) is { } fit
            ? Results.Ok(FitAnswer.Of(fit, await analysis.IsStaleAsync(model, fit, cancellation)))
            : Results.Problem(
                $"'{model.Name}' has not been analysed yet. POST to the same address does it.",
                statusCode: StatusCodes.Status404NotFound,
                title: "Not found"
            );
    }

    private static async Task<IResult> RunAsync(string id, ModelStore store, FitAnalysis analysis, CancellationToken cancellation) =>
        await store.FindAsync(id, cancellation) is { } model
            ? (await analysis.RunAsync(model, cancellation)).ToApi(fit => Results.Ok(FitAnswer.Of(fit, false)))
            : ApiResults.Problem(ModelStore.Unknown(id));
}

/// <summary>An analysis; the names are the columns of <c>model_fit_params</c>.</summary>
internal sealed record FitAnswer(
    bool FitParamsSuccess,
    string? FitParamsError,
    long? FitParamsAnalyzedAt,
    bool Stale,
    long? RecommendedCtxSize,
    long? RecommendedGpuLayers,
    string? RecommendedTensorSplit,
    string? RecommendedOverrideTensor,
    double? ProjectedCpuMemoryMb,
    double? ProjectedGpuMemoryMb,
    long? EstimatedBytes,
    long? MeasuredBytes,
    string? FitParamsRawOutput
)
{
    /// <summary>The answer for a row.</summary>
    public static FitAnswer Of(FitParams fit, bool stale) =>
        new(
            fit.FitParamsSuccess,
            fit.FitParamsError,
            fit.FitParamsAnalyzedAt,
            stale,
            fit.RecommendedCtxSize,
            fit.RecommendedGpuLayers,
            fit.RecommendedTensorSplit,
            fit.RecommendedOverrideTensor,
            fit.ProjectedCpuMemoryMb,
            fit.ProjectedGpuMemoryMb,
            fit.EstimatedBytes,
            fit.MeasuredBytes,
            fit.FitParamsRawOutput
        );
}
