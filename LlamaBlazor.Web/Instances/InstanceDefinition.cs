using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances.Containers;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Parameters;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Instances;

/// <summary>What a start needs to know of a model besides its arguments.</summary>
/// <param name="ModelId">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Role">One of <see cref="ModelRole"/>.</param>
/// <param name="FileMissing">True when its file was gone at the last scan.</param>
/// <param name="RestartPolicy">never, on-failure, always, or null for the default.</param>
/// <param name="Project">Whose quota counts.</param>
/// <param name="Pinned">Never evicted, never stopped for idleness.</param>
/// <param name="TtlSeconds">Its own idle time, or null for the default.</param>
/// <param name="IsContainer">True where it runs as a container.</param>
/// <param name="CpuLimit">Cores it may use, or null.</param>
/// <param name="GpuStrategy">Which GPUs a start takes, or null where its setting decides.</param>
/// <param name="IsGpuExclusive">True when nobody else may have its GPUs.</param>
/// <param name="QueuePriority">Its place among models that wait for a start; higher is sooner.</param>
internal sealed record InstanceDefinition(
    long ModelId,
    string Name,
    string Role,
    bool FileMissing,
    string? RestartPolicy,
    string Project,
    bool Pinned,
    long? TtlSeconds,
    bool IsContainer,
    double? CpuLimit,
    string? GpuStrategy,
    bool IsGpuExclusive,
    long QueuePriority = 0
)
{
    /// <summary>Seconds within which its engine must be ready, or null for the default.</summary>
    public long? StartLimitSeconds { get; init; }

    /// <summary>Seconds between asking its engine to end and forcing it, or null for the default.</summary>
    public long? StopGraceSeconds { get; init; }

    /// <summary>The project of models that name none.</summary>
    public const string DefaultProject = "default";

    /// <summary>Reads a model's facts; not found, or a conflict where it cannot be started.</summary>
    public static async Task<Result<InstanceDefinition>> ReadAsync(
        IDbContextFactory<LlamaDbContext> contexts,
        long modelId,
        CancellationToken cancellation
    )
    {
        return await contexts
            .ReadAsync<Result<InstanceDefinition>>(
                async context =>
                {
                    var query =
                        from model in context.Models
                        where model.Id == modelId
                        from runtime in context.Set<RuntimeConfig>().Where(runtime => runtime.ModelId == model.Id).DefaultIfEmpty()
                        from lora in context.Set<LoraConfig>().Where(lora => lora.ModelId == model.Id).DefaultIfEmpty()
                        from media in context.Set<MultimodalConfig>().Where(media => media.ModelId == model.Id).DefaultIfEmpty()
                        select new
                        {
                            model.ModelPath,
                            lora.Lora,
                            lora.LoraScaled,
                            lora.ControlVector,
                            lora.ControlVectorScaled,
                            lora.ModelDraft,
                            media.Mmproj,
                            model.Name,
                            model.Role,
                            model.FileMissing,
                            runtime.RestartPolicy,
                            runtime.Project,
                            runtime.Pinned,
                            runtime.TtlSeconds,
                            runtime.InstanceKind,
                            runtime.CpuLimit,
                            runtime.GpuStrategy,
                            runtime.GpuMode,
                            runtime.QueuePriority,
                            runtime.StartLimitSeconds,
                            runtime.StopGraceSeconds,
                            IsProjectKnown = runtime.Project == null
                                || context.Set<ProjectQuotaRow>().Any(quota => quota.ProjectPath == runtime.Project),
                        };
                    var row = await query.FirstOrDefaultAsync(cancellation).ConfigureAwait(false);
                    if (row is null)
                        return Failure.NotFound($"There is no model with the id {modelId}.");
                    if (row.Role != ModelRole.Model)
                        return Failure.Conflict(
                            $"'{row.Name}' is a {row.Role} and cannot be started on its own. Choose it in the settings of the model it "
                                + "belongs to."
                        );
                    if (!row.IsProjectKnown && !DefaultProject.Equals(row.Project, StringComparison.OrdinalIgnoreCase))
                        return Failure.Invalid(
                            "project",
                            $"'{row.Name}' names the project '{row.Project}', which does not exist: nobody's limits would count. "
                                + "Make it on the Resources page, or name another in the model's settings."
                        );
                    var files = new LaunchFiles(
                        row.ModelPath,
                        row.Lora,
                        row.LoraScaled,
                        row.ControlVector,
                        row.ControlVectorScaled,
                        row.ModelDraft,
                        row.Mmproj
                    );
                    if (files.Missing() is { Count: > 0 } missing)
                        return Failure.Conflict($"'{row.Name}' cannot be started. {string.Join(" ", missing)}");
                    // It may have come back, or another file may have been set, since the scan.
                    var isGone = row.FileMissing && !(row.ModelPath is { } path && File.Exists(path));
                    return isGone
                        ? Failure.Conflict(
                            $"The file of '{row.Name}' was gone at the last scan. Put it back and scan again, or set another file on "
                                + "the Core tab."
                        )
                        : new InstanceDefinition(
                            modelId,
                            row.Name,
                            row.Role,
                            isGone,
                            row.RestartPolicy,
                            row.Project ?? DefaultProject,
                            row.Pinned ?? false,
                            row.TtlSeconds,
                            row.InstanceKind == ContainerKind.Container,
                            row.CpuLimit,
                            row.GpuStrategy,
                            row.GpuMode == "exclusive",
                            row.QueuePriority ?? 0
                        )
                        {
                            StartLimitSeconds = row.StartLimitSeconds,
                            StopGraceSeconds = row.StopGraceSeconds,
                        };
                },
                cancellation
            )
            .ConfigureAwait(false);
    }
}
