using LlamaBlazor.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Memory;

/// <summary>Keeps what engines took at their last start, beside the estimate for the same settings.</summary>
internal sealed class Measurements(IDbContextFactory<LlamaDbContext> contexts, DatabaseWriter writer)
{
    /// <summary>What a model took at its last start, or null.</summary>
    public async Task<Measurement?> FindAsync(long modelId, CancellationToken cancellation = default)
    {
        return await contexts
            .ReadAsync(
                context =>
                    context
                        .FitParams.Where(fit => fit.ModelId == modelId && fit.MeasuredBytes != null && fit.MeasuredAt != null)
                        .Select(fit => new Measurement(fit.MeasuredBytes!.Value, fit.MeasuredAt!.Value, fit.EstimatedBytes))
                        .FirstOrDefaultAsync(cancellation),
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>Keeps what a model took; nothing where it was never analysed.</summary>
    public Task SaveAsync(long modelId, Measurement measured, CancellationToken cancellation) =>
        writer.ExecuteAsync(
            (context, token) =>
                context
                    .FitParams.Where(fit => fit.ModelId == modelId)
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(fit => fit.MeasuredBytes, measured.Bytes)
                                .SetProperty(fit => fit.MeasuredAt, measured.At)
                                .SetProperty(fit => fit.EstimatedBytes, measured.EstimatedBytes)
                                .SetProperty(fit => fit.UpdatedAt, measured.At),
                        token
                    ),
            cancellation
        );
}
