using LlamaBlazor.Domain.Models;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Logs;

/// <summary>One line of <c>logs</c>: ours, an engine's, or a failed request (the union of seeds S1.4 and S3.7).</summary>
public sealed class LogRow
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <summary>debug, info, warn, error or critical.</summary>
    public string Level { get; set; } = "";

    /// <summary>The text, without colours.</summary>
    public string Message { get; set; } = "";

    /// <summary>server, models, llama-server, router or api.</summary>
    public string Source { get; set; } = "";

    /// <summary>When it happened, Unix milliseconds.</summary>
    public long Timestamp { get; set; }

    /// <summary>Finer origin, such as the logger's name.</summary>
    public string? Category { get; set; }

    /// <summary>Structured values, as a JSON object.</summary>
    public string? ContextJson { get; set; }

    /// <summary>The model it concerns; null once that is deleted.</summary>
    public long? ModelId { get; set; }

    /// <summary>Its file at the time.</summary>
    public string? ModelPath { get; set; }

    /// <summary>First 100 characters of the prompt, where privacy allows.</summary>
    public string? PromptPreview { get; set; }

    /// <summary>Type of the exception.</summary>
    public string? ErrorType { get; set; }

    /// <summary>Its message.</summary>
    public string? ErrorMessage { get; set; }

    /// <summary>Its stack.</summary>
    public string? StackTrace { get; set; }

    /// <summary>When the row was written, Unix milliseconds.</summary>
    public long CreatedAt { get; set; }
}

/// <summary>The table <c>logs</c>.</summary>
internal sealed class LogConfiguration : IEntityTypeConfiguration<LogRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<LogRow> builder)
    {
        builder.ToTable(
            "logs",
            table => table.HasCheckConstraint("ck_logs_level", "level IN ('debug', 'info', 'warn', 'error', 'critical')")
        );
        builder.Property(l => l.Source).HasDefaultValue("server");
        builder.HasOne<Model>().WithMany().HasForeignKey(l => l.ModelId).OnDelete(DeleteBehavior.SetNull);
        builder.HasIndex(l => new { l.Timestamp, l.Id }, "idx_logs_timestamp").IsDescending();
        // A page of any choice of sources, levels or one model is read in its order, without sorting what was found.
        builder
            .HasIndex(
                l => new
                {
                    l.Source,
                    l.Level,
                    l.Timestamp,
                    l.Id,
                },
                "idx_logs_source"
            )
            .IsDescending(false, false, true, true);
        builder.HasIndex(l => l.Level, "idx_logs_level");
        builder.HasIndex(l => l.Category, "idx_logs_category");
        builder.HasIndex(l => l.CreatedAt, "idx_logs_created");
        builder
            .HasIndex(
                l => new
                {
                    l.ModelId,
                    l.Level,
                    l.Timestamp,
                    l.Id,
                },
                "idx_logs_model"
            )
            .IsDescending(false, false, true, true);
    }
}
