using LlamaBlazor.Domain.Models.Library;

namespace LlamaBlazor.Tests.Domain.Models.Library;

public sealed class ProjectorPairingTests
{
    [Theory]
    [InlineData(
        "/m/gemma-3-4b-it-Q4_K_M.gguf",
        "/m/mmproj-gemma-3-4b-it-F16.gguf",
        "/m/gemma-3-4b-it-Q4_K_M.gguf /m/gemma-3-12b-it-Q4_K_M.gguf",
        "/m/mmproj-gemma-3-4b-it-F16.gguf /m/mmproj-gemma-3-12b-it-F16.gguf"
    )]
    [InlineData("/m/a-Q4_K_M.gguf", "/m/mmproj-F16.gguf", "/m/a-Q4_K_M.gguf /m/a-Q8_0.gguf", "/m/mmproj-F32.gguf /m/mmproj-F16.gguf")]
    [InlineData("/m/a.gguf", "/m/anything.gguf", "/m/a.gguf", "/m/anything.gguf")]
    [InlineData("/m/a.gguf", null, "/m/a.gguf /m/b.gguf", "/m/mmproj-F16.gguf")]
    [InlineData("/m/a.gguf", null, "/m/a.gguf /m/b.gguf", "/m/mmproj-b-F16.gguf")]
    public void Projector_IsFound_ByNameOrLoneliness(string model, string? projector, string models, string projectors) =>
        Assert.Equal(projector, ProjectorPairing.Find(model, projectors.Split(' '), models.Split(' ')));

    [Theory]
    [InlineData(
        "/m/Q4_K_M/Delta-VL-Q4_K_M-00001-of-00002.gguf",
        "/m/mmproj-F16.gguf",
        "/m/Q4_K_M/Delta-VL-Q4_K_M-00001-of-00002.gguf /m/UD-Q8_K_XL/Delta-VL-UD-Q8_K_XL-00001-of-00002.gguf",
        "/m/mmproj-BF16.gguf /m/mmproj-F16.gguf"
    )]
    [InlineData("/m/a/a.gguf", null, "/m/a/a.gguf /m/b/b.gguf", "/m/mmproj-F16.gguf")] // whose it is, nobody says
    [InlineData("/m/a/a-Q8_0.gguf", "/m/mmproj-a-F16.gguf", "/m/a/a-Q8_0.gguf /m/b/b.gguf", "/m/mmproj-a-F16.gguf /m/mmproj-b-F16.gguf")]
    [InlineData("/m/a/a.gguf", null, "/m/a/a.gguf", "/m/mmproj-other-F16.gguf")]
    public void ProjectorAboveTheQuantFolders_IsFound_WhereItIsClear(string model, string? projector, string models, string projectors) =>
        Assert.Equal(projector, ProjectorPairing.FindAbove(model, projectors.Split(' '), models.Split(' ')));
}
