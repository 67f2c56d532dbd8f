using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Entities;

/// <summary>A person who may log in: <c>users</c>.</summary>
public sealed class UserRow
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <summary>Unique.</summary>
    public string Name { get; set; } = "";

    /// <summary>Salted hash.</summary>
    public string? PasswordHash { get; set; }

    /// <summary>admin or viewer.</summary>
    public string Role { get; set; } = "";

    /// <summary>Where to reach them.</summary>
    public string? Email { get; set; }

    /// <summary>Row of <c>project_quotas</c> whose limits hold (seed S4.12); a number that is no row there, as of an imported one, limits
    /// nothing.</summary>
    public long? QuotaProfileId { get; set; }

    /// <summary>Project whose limits hold, by its name.</summary>
    public string? QuotaProfile { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long CreatedAt { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long? LastLoginAt { get; set; }
}

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
