using System.Text.Json;

namespace LlamaBlazor.Domain.Models.Library;

/// <summary>What a projector lets its model take in.</summary>
/// <param name="Vision">Pictures.</param>
/// <param name="Audio">Sound.</param>
public sealed record ProjectorSenses(bool Vision, bool Audio)
{
    /// <summary>No projector.</summary>
    public static ProjectorSenses None { get; } = new(false, false);

    /// <summary>
    /// What the keys of a projector say (llama.cpp, tools/mtmd/clip.cpp); one that says nothing is of the time when there was only
    /// vision.
    /// </summary>
    /// <param name="metadataJson">Its header as <see cref="Model.MetadataJson"/> has it, or null where it is not known.</param>
    public static ProjectorSenses Of(string? metadataJson)
    {
        try
        {
            using var document = JsonDocument.Parse(metadataJson ?? "{}");
            bool? Says(string key) =>
                document.RootElement.ValueKind is JsonValueKind.Object && document.RootElement.TryGetProperty(key, out var value)
                    ? value.ValueKind is JsonValueKind.True
                    : null;
            var (vision, audio) = (Says("clip.has_vision_encoder"), Says("clip.has_audio_encoder"));
            return new ProjectorSenses(vision ?? audio is not true, audio ?? false);
        }
        catch (JsonException)
        {
            return new ProjectorSenses(true, false);
        }
    }
}
