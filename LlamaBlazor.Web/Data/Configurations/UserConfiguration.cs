using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>users</c>.</summary>
internal sealed class UserConfiguration : IEntityTypeConfiguration<UserRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<UserRow> builder)
    {
        builder.ToTable("users");
        builder.Property(u => u.Name).UseCollation("NOCASE");
        builder.Property(u => u.Role).HasDefaultValue("admin");
        builder.HasIndex(u => u.Name, "idx_users_name").IsUnique();
    }
}
