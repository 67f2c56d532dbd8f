using LlamaBlazor.Domain.Models.Library;

namespace LlamaBlazor.Tests.Domain.Models.Library;

public sealed class ProjectorSensesTests
{
    [Theory]
    [InlineData("""{"clip.has_vision_encoder":true}""", true, false)]
    [InlineData("""{"clip.has_audio_encoder":true}""", false, true)]
    [InlineData("""{"clip.has_vision_encoder":false,"clip.has_audio_encoder":true}""", false, true)]
    [InlineData("""{"clip.has_vision_encoder":true,"clip.has_audio_encoder":true}""", true, true)]
    [InlineData("""{"clip.has_vision_encoder":true,"clip.has_audio_encoder":false}""", true, false)]
    [InlineData("""{"general.name":"old"}""", true, false)]
    [InlineData(null, true, false)]
    [InlineData("no json", true, false)]
    public void Keys_SaySo(string? json, bool vision, bool audio) =>
        Assert.Equal(new ProjectorSenses(vision, audio), ProjectorSenses.Of(json));
}
