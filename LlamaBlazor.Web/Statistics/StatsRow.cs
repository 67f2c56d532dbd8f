using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Statistics;

/// <summary>One request: <c>stats</c> (seed S3.6 and product.md 16). Counts come from the engine's own <c>usage</c> and
/// <c>timings</c>.</summary>
public sealed class StatsRow
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <summary>Header <c>X-Session-Id</c>, or the key.</summary>
    public string? SessionId { get; set; }

    /// <summary>The model file.</summary>
    public string? ModelPath { get; set; }

    /// <summary>The name asked for.</summary>
    public string ModelName { get; set; } = "";

    /// <summary>Path of the request.</summary>
    public string? Endpoint { get; set; }

    /// <summary>Whether the answer was streamed.</summary>
    public bool Stream { get; set; }

    /// <summary>Tokens of the prompt, cached ones included.</summary>
    public long? PromptTokens { get; set; }

    /// <summary>Tokens of the answer.</summary>
    public long? GeneratedTokens { get; set; }

    /// <summary>Both.</summary>
    public long? TotalTokens { get; set; }

    /// <summary>Prompt tokens found in the engine's cache.</summary>
    public long? CachedTokens { get; set; }

    /// <summary>Tokens drafted.</summary>
    public long? DraftTokens { get; set; }

    /// <summary>Drafted tokens kept.</summary>
    public long? DraftAcceptedTokens { get; set; }

    /// <summary>Waiting for a place.</summary>
    public double? QueueTimeMs { get; set; }

    /// <summary>Waiting for the model to load.</summary>
    public double? LoadTimeMs { get; set; }

    /// <summary>From arrival to the first token.</summary>
    public double? TtftMs { get; set; }

    /// <summary>Reading the prompt.</summary>
    public double? PromptTimeMs { get; set; }

    /// <summary>Writing the answer.</summary>
    public double? GenerationTimeMs { get; set; }

    /// <summary>From arrival to the last byte.</summary>
    public double? TotalTimeMs { get; set; }

    /// <summary>Prompt tokens a second.</summary>
    public double? PromptPerSecond { get; set; }

    /// <summary>Generated tokens a second.</summary>
    public double? TokensPerSecond { get; set; }

    /// <summary>As asked for.</summary>
    public double? Temperature { get; set; }

    /// <summary>As asked for.</summary>
    public long? MaxTokens { get; set; }

    /// <summary>stop, length, tool_calls, …</summary>
    public string? FinishReason { get; set; }

    /// <summary>Served from the response cache.</summary>
    public bool CacheHit { get; set; }

    /// <summary>What the client got.</summary>
    public long HttpStatus { get; set; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; set; }

    /// <summary>The key used.</summary>
    public long? ApiKeyId { get; set; }

    /// <summary>Id shown to the client.</summary>
    public string? RequestId { get; set; }

    /// <summary>Text kept under <c>Security:StorePrompts</c>.</summary>
    public string? PromptPreview { get; set; }

    /// <summary>When it arrived, Unix milliseconds.</summary>
    public long CreatedAt { get; set; }
}

/// <summary>The table <c>stats</c>.</summary>
internal sealed class StatsConfiguration : IEntityTypeConfiguration<StatsRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<StatsRow> builder)
    {
        builder.ToTable("stats");
        builder.HasIndex(s => s.ModelName, "idx_stats_model");
        builder.HasIndex(s => s.SessionId, "idx_stats_session");
        builder.HasIndex(s => s.CreatedAt, "idx_stats_created");
    }
}
