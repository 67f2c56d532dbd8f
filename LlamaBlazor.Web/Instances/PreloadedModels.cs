using LlamaBlazor.Domain.Instances.Containers;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Engines;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Instances;

/// <summary>A model that is to be started with the dashboard.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Absent">What is not there yet, or null.</param>
/// <param name="IsOnlyMarked">Its file is there, but was not at the last scan.</param>
internal sealed record PreloadedModel(string Name, string? Absent, bool IsOnlyMarked = false);

/// <summary>Which models are to start with the dashboard, and whether what they need is there.</summary>
internal sealed class PreloadedModels(IDbContextFactory<LlamaDbContext> contexts, EngineLocator engines)
{
    /// <summary>Their ids, in order.</summary>
    public async Task<IReadOnlyList<long>> ListAsync(CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync(
                context => Wanted(context).OrderBy(model => model.Id).Select(model => model.Id).ToListAsync(cancellation),
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>How it stands with one; null where it is not to be started any more.</summary>
    public async Task<PreloadedModel?> LookAsync(long modelId, CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync(
                async context =>
                {
                    var query =
                        from model in Wanted(context)
                        where model.Id == modelId
                        from runtime in context.Set<RuntimeConfig>().Where(runtime => runtime.ModelId == model.Id)
                        select new
                        {
                            model.Name,
                            model.ModelPath,
                            model.FileMissing,
                            runtime.EnginePath,
                            runtime.InstanceKind,
                        };
                    if (await query.FirstOrDefaultAsync(cancellation).ConfigureAwait(false) is not { } row)
                        return null;
                    if (row.ModelPath is { } path && (row.FileMissing || !File.Exists(path)))
                        return new PreloadedModel(row.Name, $"{path} is not there yet", IsOnlyMarked: File.Exists(path));
                    var engine =
                        row.InstanceKind == ContainerKind.Container
                            ? null
                            : (await engines.FindAsync(row.EnginePath, cancellation).ConfigureAwait(false)).Failure;
                    return new PreloadedModel(row.Name, engine?.Message);
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    private static IQueryable<Model> Wanted(LlamaDbContext context) =>
        context
            .Models.AsNoTracking()
            .Where(model =>
                model.Role == ModelRole.Model
                && context.Set<RuntimeConfig>().Any(runtime => runtime.ModelId == model.Id && runtime.Preload == true)
            );
}
