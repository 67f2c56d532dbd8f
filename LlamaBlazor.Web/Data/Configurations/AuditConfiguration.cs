using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

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
