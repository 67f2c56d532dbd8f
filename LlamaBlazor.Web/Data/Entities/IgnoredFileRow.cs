using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Entities;

/// <summary>A file that scans leave out: <c>ignored_files</c>.</summary>
public sealed class IgnoredFileRow
{
    /// <summary>Absolute path; primary key.</summary>
    public string Path { get; set; } = "";

    /// <summary>Unix milliseconds.</summary>
    public long CreatedAt { get; set; }
}

/// <summary>The table <c>ignored_files</c>.</summary>
internal sealed class IgnoredFileConfiguration : IEntityTypeConfiguration<IgnoredFileRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<IgnoredFileRow> builder)
    {
        builder.ToTable("ignored_files");
        builder.HasKey(f => f.Path);
    }
}
