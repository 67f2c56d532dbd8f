using System.Text.Json;
using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Domain.Models.Library;

/// <summary>
/// A model of Ollama: a small JSON file, <c>manifests/{host}/{namespace}/{name}/{tag}</c>, that names the files in <c>blobs/</c> by their
/// hashes. The
/// weights are plain GGUF files without an extension.
/// </summary>
/// <param name="Name">As <c>ollama run</c> takes it, such as <c>llama3.2:3b</c>.</param>
/// <param name="ModelBlob">File name of the weights, or null.</param>
/// <param name="ProjectorBlob">File name of the projector, or null.</param>
public sealed record OllamaManifest(string Name, string? ModelBlob, string? ProjectorBlob)
{
    private const string Library = "library";
    private const string Registry = "registry.ollama.ai";
    private const string Digest = "sha256:";
    private const int DigestLength = 64;
    private const int LayerBound = 1000;

    /// <summary>Reads a manifest; null where it is none.</summary>
    /// <param name="place">Its path below <c>manifests</c>, in segments.</param>
    /// <param name="json">Its content.</param>
    public static OllamaManifest? Read(IReadOnlyList<string> place, ReadOnlyMemory<byte> json)
    {
        if (place.Count < 3)
            return null;
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = ForeignJson.MaxNestedDepth });
            var layers = document.RootElement.GetProperty("layers").EnumerateArray().Take(LayerBound).ToList();
            return new OllamaManifest(
                NameOf(place),
                Blob(layers, "application/vnd.ollama.image.model"),
                Blob(layers, "application/vnd.ollama.image.projector")
            );
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    // host/namespace/name/tag, without what goes without saying.
    private static string NameOf(IReadOnlyList<string> place)
    {
        var folders = place
            .SkipLast(1)
            .SkipWhile((segment, index) => index == 0 && segment == Registry)
            .SkipWhile((segment, index) => index == 0 && segment == Library);
        return $"{string.Join('/', folders)}:{place[^1]}";
    }

    // A digest becomes a file name: only what is one.
    private static string? Blob(List<JsonElement> layers, string type)
    {
        var digest = layers.Find(layer => layer.GetProperty("mediaType").GetString() == type) is { ValueKind: JsonValueKind.Object } layer
            ? layer.GetProperty("digest").GetString()
            : null;
        return
            digest is not null
            && digest.StartsWith(Digest, StringComparison.Ordinal)
            && digest.Length == Digest.Length + DigestLength
            && digest[Digest.Length..].All(char.IsAsciiHexDigit)
            ? "sha256-" + digest[Digest.Length..]
            : null;
    }
}
