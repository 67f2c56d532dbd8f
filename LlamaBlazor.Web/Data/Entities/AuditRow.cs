using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Entities;

/// <summary>One admin action: <c>audit_log</c>, 180 days (seed S4.12).</summary>
public sealed class AuditRow
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <summary>Who; null on an open loopback dashboard.</summary>
    public long? UserId { get; set; }

    /// <summary>What, such as model.delete.</summary>
    public string Action { get; set; } = "";

    /// <summary>Of what.</summary>
    public string ResourceType { get; set; } = "";

    /// <summary>Which.</summary>
    public string? ResourceId { get; set; }

    /// <summary>JSON object, without secrets.</summary>
    public string? Details { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long CreatedAt { get; set; }
}

/// <summary>The table <c>audit_log</c>.</summary>
internal sealed class AuditConfiguration : IEntityTypeConfiguration<AuditRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<AuditRow> builder)
    {
        builder.ToTable("audit_log");
        builder.HasOne<UserRow>().WithMany().HasForeignKey(a => a.UserId).OnDelete(DeleteBehavior.SetNull);
        builder.HasIndex(a => new { a.CreatedAt, a.Id }, "idx_audit_created").IsDescending();
        builder.HasIndex(a => a.UserId, "idx_audit_user");
    }
}
