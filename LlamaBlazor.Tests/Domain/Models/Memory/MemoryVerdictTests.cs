using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Domain.Models.Memory;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Domain.Models.Memory;

public sealed class MemoryVerdictTests
{
    private static readonly ModelGeometry Model = ModelGeometry.Of(GgufReader.Read(new MemoryStream(GgufSamples.Llama().ToArray())).Value);
    private static readonly MemorySettings OneSlot = new() { Slots = 1, CtxSize = 65_536 };

    [Theory]
    [InlineData(1L << 30, MemoryFit.Fits)]
    [InlineData(8L << 20, MemoryFit.Partly)] // 256 bytes a token: 65,536 need 16 MiB
    [InlineData(1L << 10, MemoryFit.TooLarge)]
    public void MainMemory_Decides_WithoutAGpu(long free, MemoryFit fit)
    {
        var verdict = MemoryVerdict.Of(Model, OneSlot, [], free);
        Assert.Equal(fit, verdict.Fit);
        Assert.True(verdict.Bytes > 16 << 20);
    }

    [Theory]
    [InlineData(1L << 30, MemoryFit.Fits)]
    [InlineData(1L << 10, MemoryFit.Partly)] // all of it in main memory
    public void Gpu_ThatTakesAllLayers_Fits(long free, MemoryFit fit) =>
        Assert.Equal(fit, MemoryVerdict.Of(Model, OneSlot, [new MemoryDevice("CUDA0", free)], 1L << 30).Fit);

    [Fact]
    public void Unknown_FreeMemory_IsNoReasonToRefuse() => Assert.Equal(MemoryFit.Fits, MemoryVerdict.Of(Model, OneSlot, [], null).Fit);
}
