using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Models;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Memory;

/// <summary>Keeps analyses in <c>model_fit_params</c>, with their copies in <c>models</c>.</summary>
internal sealed class FitResults(IDbContextFactory<LlamaDbContext> contexts, DatabaseWriter writer)
{
    /// <summary>The last analysis of a model, or null before the first.</summary>
    public async Task<FitParams?> FindAsync(long modelId, CancellationToken cancellation = default)
    {
        return await contexts
            .ReadAsync(
                context =>
                    context.FitParams.FirstOrDefaultAsync(fit => fit.ModelId == modelId && fit.FitParamsAnalyzedAt != null, cancellation),
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>Keeps an analysis in the place of the last one; not found where the model was deleted meanwhile.</summary>
    public Task<Result<FitParams>> SaveAsync(Model model, FitParams fit, CancellationToken cancellation) =>
        writer.ExecuteAsync<Result<FitParams>>(
            async (context, token) =>
            {
                if (await context.Models.FindAsync([model.Id], token).ConfigureAwait(false) is not { } row)
                    return ModelStore.Unknown(model.Name);
                var kept = await context.FitParams.FirstOrDefaultAsync(old => old.ModelId == model.Id, token).ConfigureAwait(false);
                Keep(kept, fit);
                fit.UpdatedAt = fit.FitParamsAnalyzedAt!.Value;
                fit.Id = kept?.Id ?? 0;
                if (kept is null)
                    context.FitParams.Add(fit);
                else
                    context.Entry(kept).CurrentValues.SetValues(fit);
                (row.FitParamsAvailable, row.LastFitParamsCheck, row.UpdatedAt) = (
                    fit.FitParamsSuccess,
                    fit.FitParamsAnalyzedAt,
                    fit.UpdatedAt
                );
                return fit;
            },
            cancellation
        );

    // What was measured stays beside the estimate only while that is for the same settings.
    private static void Keep(FitParams? kept, FitParams fit)
    {
        if (kept is not null && Alike(kept.EstimatedBytes, fit.EstimatedBytes))
            (fit.MeasuredBytes, fit.MeasuredAt) = (kept.MeasuredBytes, kept.MeasuredAt);
        (fit.CreatedAt, fit.Revision) = kept is null ? (fit.FitParamsAnalyzedAt!.Value, 0) : (kept.CreatedAt, kept.Revision + 1);
    }

    // Layers follow what is free, and a few buffers with them: a percent is no other setting.
    private static bool Alike(long? before, long? now) =>
        before is { } old && now is { } other && Math.Abs(old - other) <= Math.Max(old, other) / 100;
}
