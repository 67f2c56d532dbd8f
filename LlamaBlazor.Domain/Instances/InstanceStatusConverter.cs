using System.Text.Json;
using System.Text.Json.Serialization;

namespace LlamaBlazor.Domain.Instances;

/// <summary>A phase in answers: the word of its status. Of the phases that share a word, it is read as the final one.</summary>
public sealed class InstanceStatusConverter : JsonConverter<InstancePhase>
{
    /// <inheritdoc/>
    public override InstancePhase Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var word = reader.GetString();
        return Enum.GetValues<InstancePhase>().Reverse().FirstOrDefault(phase => phase.Status() == word);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, InstancePhase value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Status());
}
