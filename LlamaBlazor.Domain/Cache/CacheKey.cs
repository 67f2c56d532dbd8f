using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LlamaBlazor.Domain.Cache;

/// <summary>
/// Under what an answer is kept: SHA-256 of endpoint, model identity and the canonical body without <see cref="Excluded"/> (acceptance Y7,
/// C3.3, C3.4).
/// </summary>
/// <param name="Key">Lower-case hexadecimal.</param>
/// <param name="PromptHash">SHA-256 of <paramref name="Prompt"/>, lower-case hexadecimal.</param>
/// <param name="Prompt">The prompt as text; for chats the canonical JSON of the messages.</param>
/// <param name="ConfigJson">What of the request went into the key besides the prompt.</param>
public sealed record CacheKey(string Key, string PromptHash, string Prompt, string ConfigJson)
{
    /// <summary>Fields that change how an answer is delivered, not what it is; and the model, whose identity is part of the key
    /// anyway.</summary>
    public static IReadOnlySet<string> Excluded { get; } =
        new[]
        {
            "stream",
            "stream_options",
            "user",
            "metadata",
            "timings_per_token",
            "return_progress",
            "cache_prompt",
            "id_slot",
            "n_ctx",
            "n_gpu_layers",
            "model",
        }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[] PromptFields = ["messages", "prompt", "input", "content", "query"];

    /// <summary>The key of a request, or null when its body is not a JSON object.</summary>
    /// <param name="endpoint">Path as it goes upstream.</param>
    /// <param name="identity">What the model is: name, file and configuration.</param>
    /// <param name="body">The body.</param>
    public static CacheKey? Of(string endpoint, string identity, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 512 });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                return null;
            var field = PromptFields.FirstOrDefault(name => root.TryGetProperty(name, out _));
            var prompt = field is null ? "" : PromptText(root.GetProperty(field));
            var config = CanonicalJson.Bytes(root, field is null ? Excluded : Excluded.Append(field).ToHashSet());
            return new CacheKey(
                Hash(endpoint, identity, CanonicalJson.Bytes(root, Excluded)),
                HashOf(prompt),
                prompt,
                Encoding.UTF8.GetString(config)
            );
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException)
        {
            return null; // not JSON, or texts that are not UTF-8: such a request is never cached
        }
    }

    /// <summary>SHA-256 of a text, lower-case hexadecimal.</summary>
    /// <param name="text">The text.</param>
    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The hash meant by a text that is either a prompt or already its hash.</summary>
    /// <param name="promptOrHash">Prompt, or 64 hexadecimal digits.</param>
    public static string PromptHashOf(string promptOrHash) =>
        promptOrHash.Length == 64 && promptOrHash.All(char.IsAsciiHexDigit) ? promptOrHash.ToLowerInvariant() : HashOf(promptOrHash);

    private static string PromptText(JsonElement prompt) =>
        prompt.ValueKind == JsonValueKind.String ? prompt.GetString()! : Encoding.UTF8.GetString(CanonicalJson.Bytes(prompt));

    // Each part with its length before it, so that no two lists of parts look alike.
    private static string Hash(string endpoint, string identity, byte[] body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in new[] { Encoding.UTF8.GetBytes(endpoint), Encoding.UTF8.GetBytes(identity), body })
        {
            hash.AppendData(BitConverter.GetBytes(part.LongLength));
            hash.AppendData(part);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
