namespace LlamaBlazor.Domain.Proxy;

/// <summary>What the endpoint needs to know of a JSON body; everything else passes unread.</summary>
public sealed record RequestMetadata
{
    /// <summary>Facts of a body that says nothing.</summary>
    public static RequestMetadata Empty { get; } = new();

    /// <summary>Whether the body is an array, which names no model: <c>/lora-adapters</c>.</summary>
    public bool IsArray { get; init; }

    /// <summary>Field <c>model</c>; the last one where it is repeated, as llama-server takes it.</summary>
    public string? Model { get; init; }

    /// <summary>Whether the field <c>model</c> is there, and neither text nor null.</summary>
    public bool IsModelNoText { get; init; }

    /// <summary>Field <c>stream</c>.</summary>
    public bool Stream { get; init; }

    /// <summary>Field <c>temperature</c>.</summary>
    public double? Temperature { get; init; }

    /// <summary>Field <c>max_tokens</c>, <c>max_completion_tokens</c>, <c>max_output_tokens</c> or <c>n_predict</c>.</summary>
    public long? MaxTokens { get; init; }

    /// <summary>Whether a <c>seed</c> other than the random one (-1) is given.</summary>
    public bool HasSeed { get; init; }

    /// <summary>Whether <c>stream_options.include_usage</c> is true.</summary>
    public bool IncludeUsage { get; init; }

    /// <summary>First characters of the prompt or of the last message of the user, as many as were asked for.</summary>
    public string? Preview { get; init; }
}
