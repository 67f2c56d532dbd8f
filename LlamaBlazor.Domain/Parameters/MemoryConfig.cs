namespace LlamaBlazor.Domain.Parameters;

/// <summary>
/// Caches and how the file is held in memory: one row of <c>model_memory_config</c> a model.
/// Every setting is nullable: null says nothing to llama-server, which then uses its own default (docs/adr/002-nullable-parameters.md).
/// </summary>
public sealed class MemoryConfig : ModelConfigRecord
{
    /// <summary>RAM for saved prompts in MiB (-1: unlimited, 0: off). <c>--cache-ram</c>, -1 to ….</summary>
    public long? CacheRam { get; set; }

    /// <summary>Number format of cached keys. <c>--cache-type-k</c>.</summary>
    public string? CacheTypeK { get; set; }

    /// <summary>Number format of cached values. <c>--cache-type-v</c>.</summary>
    public string? CacheTypeV { get; set; }

    /// <summary>Map the model file instead of reading it. <c>--mmap</c>.</summary>
    public bool? Mmap { get; set; }

    /// <summary>Lock the model in RAM so it is never swapped out. <c>--mlock</c>.</summary>
    public bool? Mlock { get; set; }

    /// <summary>Thread placement on multi-socket machines. <c>--numa</c>.</summary>
    public string? Numa { get; set; }

    /// <summary>KV cache defragmentation threshold. llama.cpp ignores it since 2025-08: kept for compatibility, never emitted.</summary>
    public double? DefragThold { get; set; }

    /// <summary>Store idle slots in the prompt cache when work arrives. <c>--cache-idle-slots</c>.</summary>
    public bool? CacheIdleSlots { get; set; }

    /// <summary>Read the file past the page cache when possible. <c>--direct-io</c>.</summary>
    public bool? DirectIo { get; set; }

    /// <summary>Reuse the matching start of earlier prompts. <c>--cache-prompt</c>.</summary>
    public bool? CachePrompt { get; set; }
}
