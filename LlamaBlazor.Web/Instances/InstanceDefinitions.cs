using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Instances;

/// <summary>Reads what is set for models, once the database is ready.</summary>
internal sealed class InstanceDefinitions(IDbContextFactory<LlamaDbContext> contexts, DatabaseState database)
{
    /// <summary>What is set for a model; not found for an unknown one, unavailable without a database.</summary>
    public async Task<Result<InstanceDefinition>> ReadAsync(long modelId, CancellationToken cancellation)
    {
        if (database.Failure is { } broken)
            return Failure.Unavailable(broken);
        await database.Ready.WaitAsync(cancellation).ConfigureAwait(false);
        return await InstanceDefinition.ReadAsync(contexts, modelId, cancellation).ConfigureAwait(false);
    }

    /// <summary>Those of some models that are still there.</summary>
    public async Task<IReadOnlyList<long>> PresentAsync(IReadOnlyCollection<long> models, CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync(
                context => context.Models.Where(model => models.Contains(model.Id)).Select(model => model.Id).ToListAsync(cancellation),
                cancellation
            )
            .ConfigureAwait(false);
    }
}
