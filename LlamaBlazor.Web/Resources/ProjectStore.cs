using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Resources;

/// <summary>A project with its limits and what it uses now.</summary>
/// <param name="Id">Row, or 0 for the project "default", which has none.</param>
/// <param name="ProjectPath">Its name.</param>
/// <param name="MaxContainers">Instances at a time, or null for no limit.</param>
/// <param name="MaxMemoryGb">GiB at a time, or null for no limit.</param>
/// <param name="MaxCpuCores">Cores at a time, or null for no limit.</param>
/// <param name="MaxGpus">GPUs at a time, or null for no limit.</param>
/// <param name="CurrentContainers">Instances now.</param>
/// <param name="CurrentMemoryGb">GiB they are expected to need.</param>
/// <param name="CurrentCpuCores">Cores they count for.</param>
/// <param name="CurrentGpus">GPUs they use.</param>
internal sealed record ProjectItem(
    long Id,
    string ProjectPath,
    long? MaxContainers,
    double? MaxMemoryGb,
    double? MaxCpuCores,
    long? MaxGpus,
    int CurrentContainers,
    double CurrentMemoryGb,
    double CurrentCpuCores,
    int CurrentGpus
);

/// <summary>Limits to write.</summary>
/// <param name="ProjectPath">Name, from 1 to 100 characters.</param>
/// <param name="MaxContainers">From 0 to 1000, or null for no limit.</param>
/// <param name="MaxMemoryGb">From 0 to 1048576, or null for no limit.</param>
/// <param name="MaxCpuCores">From 0 to 4096, or null for no limit.</param>
/// <param name="MaxGpus">From 0 to 1024, or null for no limit.</param>
internal sealed record ProjectEdit(
    string? ProjectPath,
    long? MaxContainers,
    double? MaxMemoryGb,
    double? MaxCpuCores = null,
    long? MaxGpus = null
);

/// <summary>Tells that a project was made, changed or removed.</summary>
internal sealed record ProjectsChanged;

/// <summary>Projects and their quotas. Usage is counted from the places that are held now, never kept as a sum that could drift.</summary>
internal sealed class ProjectStore(
    IDbContextFactory<LlamaDbContext> contexts,
    DatabaseWriter writer,
    Reservations places,
    Broadcast<ProjectsChanged> changes,
    TimeProvider clock
)
{
    private const int Bound = 1000;

    /// <summary>Tells of each change.</summary>
    public Broadcast<ProjectsChanged> Changes => changes;

    /// <summary>All projects by name, "default" first.</summary>
    public async Task<IReadOnlyList<ProjectItem>> ListAsync(CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync<IReadOnlyList<ProjectItem>>(
                async context =>
                {
                    var rows = await context
                        .Set<ProjectQuotaRow>()
                        .OrderBy(row => row.ProjectPath)
                        .Take(Bound)
                        .ToListAsync(cancellation)
                        .ConfigureAwait(false);
                    return
                    [
                        Describe(new ProjectQuotaRow { ProjectPath = ProjectQuota.Default }),
                        .. rows.Where(row => row.ProjectPath != ProjectQuota.Default).Select(Describe),
                    ];
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>Makes a project.</summary>
    public async Task<Result<ProjectItem>> CreateAsync(ProjectEdit edit, CancellationToken cancellation)
    {
        if (Check(edit) is { } failure)
            return failure;
        var name = edit.ProjectPath!.Trim();
        var result = await writer
            .ExecuteAsync<Result<ProjectQuotaRow>>(
                async (context, token) =>
                {
                    if (await context.Set<ProjectQuotaRow>().AnyAsync(row => row.ProjectPath == name, token).ConfigureAwait(false))
                        return Failure.Conflict($"There is a project '{name}' already. Choose another name, or change that one.");
                    var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
                    var row = new ProjectQuotaRow
                    {
                        ProjectPath = name,
                        MaxContainers = edit.MaxContainers ?? ProjectQuota.NewProjectInstances,
                        MaxMemoryGb = edit.MaxMemoryGb,
                        MaxCpuCores = edit.MaxCpuCores,
                        MaxGpus = edit.MaxGpus,
                        CreatedAt = now,
                        UpdatedAt = now,
                    };
                    context.Add(row);
                    await context.SaveChangesAsync(token).ConfigureAwait(false); // its id is wanted
                    return row;
                },
                cancellation
            )
            .ConfigureAwait(false);
        return Tell(result);
    }

    /// <summary>Changes the limits of a project.</summary>
    public async Task<Result<ProjectItem>> UpdateAsync(long id, Func<ProjectEdit, ProjectEdit> change, CancellationToken cancellation)
    {
        var result = await writer
            .ExecuteAsync<Result<ProjectQuotaRow>>(
                async (context, token) =>
                {
                    if (await context.Set<ProjectQuotaRow>().FindAsync([id], token).ConfigureAwait(false) is not { } row)
                        return Unknown(id);
                    var edit = change(new ProjectEdit(row.ProjectPath, row.MaxContainers, row.MaxMemoryGb, row.MaxCpuCores, row.MaxGpus));
                    if (Check(edit) is { } failure)
                        return failure;
                    (row.MaxContainers, row.MaxMemoryGb, row.MaxCpuCores, row.MaxGpus, row.UpdatedAt) = (
                        edit.MaxContainers,
                        edit.MaxMemoryGb,
                        edit.MaxCpuCores,
                        edit.MaxGpus,
                        clock.GetUtcNow().ToUnixTimeMilliseconds()
                    );
                    return row;
                },
                cancellation
            )
            .ConfigureAwait(false);
        return Tell(result);
    }

    /// <summary>Removes a project; models that name it cannot be started until they name another.</summary>
    public async Task<Result<ProjectItem>> DeleteAsync(long id, CancellationToken cancellation)
    {
        var result = await writer
            .ExecuteAsync<Result<ProjectQuotaRow>>(
                async (context, token) =>
                {
                    if (await context.Set<ProjectQuotaRow>().FindAsync([id], token).ConfigureAwait(false) is not { } row)
                        return Unknown(id);
                    if (places.Occupants().Any(instance => instance.IsOf(row.ProjectPath)))
                        return Failure.Conflict($"Instances of '{row.ProjectPath}' are running. Stop them first.");
                    context.Remove(row);
                    return row;
                },
                cancellation
            )
            .ConfigureAwait(false);
        return Tell(result);
    }

    /// <summary>Writes what is used now into the rows, for those who read the database. Decisions never use it.</summary>
    public async Task CacheUsageAsync(CancellationToken cancellation)
    {
        var projects = (await ListAsync(cancellation).ConfigureAwait(false)).ToDictionary(project => project.ProjectPath);
        await writer
            .ExecuteAsync(
                async (context, token) =>
                {
                    foreach (var row in await context.Set<ProjectQuotaRow>().ToListAsync(token).ConfigureAwait(false))
                    {
                        if (projects.TryGetValue(row.ProjectPath, out var now))
                            (row.CurrentContainers, row.CurrentMemoryGb, row.CurrentCpuCores, row.CurrentGpus) = (
                                now.CurrentContainers,
                                now.CurrentMemoryGb,
                                now.CurrentCpuCores,
                                now.CurrentGpus
                            );
                    }
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    private static Failure Unknown(long id) =>
        Failure.NotFound($"There is no project {id}. GET /api/projects lists them; 'default' has no limits.");

    private static Failure? Check(ProjectEdit edit)
    {
        var errors = new Dictionary<string, string[]>();
        if (edit.ProjectPath?.Trim() is not { Length: > 0 and <= 100 } name || name.Any(char.IsControl))
            errors["project_path"] = ["A name from 1 to 100 characters."];
        else if (name.Equals(ProjectQuota.Default, StringComparison.OrdinalIgnoreCase))
            errors["project_path"] = ["The project 'default' always exists and has no limits."];
        if (edit.MaxContainers is < 0 or > 1000)
            errors["max_containers"] = ["From 0 to 1000, or nothing for no limit."];
        if (edit.MaxMemoryGb is < 0 or > 1_048_576 or double.NaN)
            errors["max_memory_gb"] = ["From 0 to 1048576, or nothing for no limit."];
        if (edit.MaxCpuCores is < 0 or > 4096 or double.NaN)
            errors["max_cpu_cores"] = ["From 0 to 4096, or nothing for no limit."];
        if (edit.MaxGpus is < 0 or > 1024)
            errors["max_gpus"] = ["From 0 to 1024, or nothing for no limit."];
        return errors.Count == 0 ? null : Failure.Invalid(errors);
    }

    private Result<ProjectItem> Tell(Result<ProjectQuotaRow> result)
    {
        if (result.Failure is { } failure)
            return failure;
        changes.Publish(new ProjectsChanged());
        return Describe(result.Value);
    }

    private ProjectItem Describe(ProjectQuotaRow row)
    {
        var held = places.Occupants().Where(instance => instance.IsOf(row.ProjectPath)).ToList();
        return new ProjectItem(
            row.Id,
            row.ProjectPath,
            row.MaxContainers,
            row.MaxMemoryGb,
            row.MaxCpuCores,
            row.MaxGpus,
            held.Count,
            Math.Round(held.Sum(instance => instance.Memory) / 1073741824.0, 2),
            Math.Round(held.Sum(instance => instance.Cores), 2),
            held.Sum(instance => instance.Gpus)
        );
    }
}
