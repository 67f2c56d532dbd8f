using LlamaBlazor.Domain.Models;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Entities;

/// <summary>One llama-server we ran, as a process or a container: <c>container_instances</c> (seed S4.4, acceptance C-X.3). Deleted
/// softly.</summary>
public sealed class ContainerInstanceRow
{
    /// <summary><see cref="Status"/> of a row that has ended for good: kept for as long as retention says.</summary>
    public const string Deleted = "deleted";

    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <summary>Id of the container, or <c>process:{uid}</c>; unique.</summary>
    public string ContainerId { get; set; } = "";

    /// <summary>Name of the instance.</summary>
    public string ContainerName { get; set; } = "";

    /// <summary>Image, or the engine's path.</summary>
    public string ImageName { get; set; } = "";

    /// <summary>Project it counts for.</summary>
    public string ProjectPath { get; set; } = "";

    /// <summary>created, starting, running, stopping, stopped, error or deleted.</summary>
    public string Status { get; set; } = "";

    /// <summary>process or docker.</summary>
    public string Kind { get; set; } = "";

    /// <summary>Its model; null once that is deleted.</summary>
    public long? ModelId { get; set; }

    /// <summary>Who started it (seed S4.12); null for the dashboard itself, and on an open one.</summary>
    public long? UserId { get; set; }

    /// <summary>Process id while it lives.</summary>
    public long? Pid { get; set; }

    /// <summary>Start of the process in clock ticks since boot: with the pid, proof that it is ours.</summary>
    public long? ProcessStartTime { get; set; }

    /// <summary>Port it listens on.</summary>
    public long? Port { get; set; }

    /// <summary>Where it answers.</summary>
    public string? BaseUrl { get; set; }

    /// <summary>never, on-failure or always.</summary>
    public string? RestartPolicy { get; set; }

    /// <summary>llama-server it runs.</summary>
    public string? EnginePath { get; set; }

    /// <summary>Its arguments, as a JSON array without secrets: what a later launch is compared with.</summary>
    public string? ArgumentsJson { get; set; }

    /// <summary>Cores.</summary>
    public double? CpuLimit { get; set; }

    /// <summary>GiB.</summary>
    public double? MemoryLimitGb { get; set; }

    /// <summary>JSON array of device ids.</summary>
    public string? GpuDevices { get; set; }

    /// <summary>JSON object host to container.</summary>
    public string? PortMappings { get; set; }

    /// <summary>Of the last end.</summary>
    public long? ExitCode { get; set; }

    /// <summary>That ended it.</summary>
    public string? Signal { get; set; }

    /// <summary>Why it ended, in words.</summary>
    public string? Reason { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long CreatedAt { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long? StartedAt { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long? StoppedAt { get; set; }

    /// <summary>Percent since start.</summary>
    public double? CpuUsageAvg { get; set; }

    /// <summary>GiB since start.</summary>
    public double? MemoryUsageAvgGb { get; set; }

    /// <summary>Percent since start.</summary>
    public double? GpuUtilizationAvg { get; set; }
}

/// <summary>The table <c>container_instances</c>.</summary>
internal sealed class ContainerInstanceConfiguration : IEntityTypeConfiguration<ContainerInstanceRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<ContainerInstanceRow> builder)
    {
        builder.ToTable(
            "container_instances",
            table =>
            {
                table.HasCheckConstraint(
                    "ck_containers_status",
                    "status IN ('created', 'starting', 'running', 'stopping', 'stopped', 'error', 'deleted')"
                );
                table.HasCheckConstraint("ck_containers_kind", "kind IN ('process', 'docker')");
            }
        );
        builder.Property(c => c.Status).HasDefaultValue("created");
        builder.Property(c => c.Kind).HasDefaultValue("process");
        builder.HasOne<Model>().WithMany().HasForeignKey(c => c.ModelId).OnDelete(DeleteBehavior.SetNull);
        builder.HasOne<UserRow>().WithMany().HasForeignKey(c => c.UserId).OnDelete(DeleteBehavior.SetNull);
        builder.HasAlternateKey(c => c.ContainerId).HasName("ak_containers_container_id");
        builder.HasIndex(c => c.Status, "idx_containers_status");
        builder.HasIndex(c => c.ProjectPath, "idx_containers_project");
        builder.HasIndex(c => c.ModelId, "idx_containers_model");
        builder.HasIndex(c => c.UserId, "idx_containers_user");
    }
}
