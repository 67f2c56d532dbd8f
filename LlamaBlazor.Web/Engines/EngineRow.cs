using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Engines;

/// <summary>What a llama-server binary can do: <c>engines</c>, probed once for a path, size and time.</summary>
public sealed class EngineRow
{
    /// <summary>Absolute path; primary key.</summary>
    public string Path { get; set; } = "";

    /// <summary>Size when probed.</summary>
    public long SizeBytes { get; set; }

    /// <summary>Time of the file when probed, Unix milliseconds.</summary>
    public long ModifiedAt { get; set; }

    /// <summary>As <c>--version</c> prints it.</summary>
    public string? Version { get; set; }

    /// <summary>Flags it lists and devices it sees, as a JSON object.</summary>
    public string? CapabilitiesJson { get; set; }

    /// <summary>Why the probe failed.</summary>
    public string? Error { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long ProbedAt { get; set; }
}

/// <summary>The table <c>engines</c>.</summary>
internal sealed class EngineConfiguration : IEntityTypeConfiguration<EngineRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<EngineRow> builder)
    {
        builder.ToTable("engines");
        builder.HasKey(e => e.Path);
    }
}
