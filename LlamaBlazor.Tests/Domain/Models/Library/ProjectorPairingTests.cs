using LlamaBlazor.Domain.Models.Library;

namespace LlamaBlazor.Tests.Domain.Models.Library;

public sealed class ProjectorPairingTests
{
    [Theory]
    [InlineData("/m/gemma-3-4b-it-Q4_K_M.gguf", "/m/mmproj-gemma-3-4b-it-F16.gguf", "/m/gemma-3-4b-it-Q4_K_M.gguf /m/gemma-3-12b-it-Q4_K_M.gguf", "/m/mmproj-gemma-3-4b-it-F16.gguf /m/mmproj-gemma-3-12b-it-F16.gguf")]
    [InlineData("/m/a-Q4_K_M.gguf", "/m/mmproj-F16.gguf", "/m/a-Q4_K_M.gguf /m/a-Q8_0.gguf", "/m/mmproj-F32.gguf /m/mmproj-F16.gguf")]
    [InlineData("/m/a.gguf", "/m/anything.gguf", "/m/a.gguf", "/m/anything.gguf")]
    [InlineData("/m/a.gguf", null, "/m/a.gguf /m/b.gguf", "/m/mmproj-F16.gguf")]
    [InlineData("/m/a.gguf", null, "/m/a.gguf /m/b.gguf", "/m/mmproj-b-F16.gguf")]
    public void Projector_IsFound_ByNameOrLoneliness(string model, string? projector, string models, string projectors) =>
        Assert.Equal(projector, ProjectorPairing.Find(model, projectors.Split(' '), models.Split(' ')));
}
