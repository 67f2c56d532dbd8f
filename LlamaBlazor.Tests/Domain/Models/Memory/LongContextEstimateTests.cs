using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Domain.Models.Memory;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Domain.Models.Memory;

/// <summary>Contexts that no machine has are counted as they are, without overflow.</summary>
public sealed class LongContextEstimateTests
{
    private static readonly MemorySettings OneSlot = new() { Slots = 1 };

    [Theory]
    [InlineData(50_000_000)]
    [InlineData(300_000_000)]
    [InlineData(2_000_000_000)]
    [InlineData(int.MaxValue)]
    [InlineData(1L << 40)]
    public void LongContexts_CountAsTheyAre(long context)
    {
        var cells = (context + 255) / 256 * 256;
        var estimate = MemoryEstimator.Estimate(Llama(), OneSlot with { CtxSize = context }, [], null);
        Assert.Equal((context, cells * 256), (estimate.CtxSize, estimate.KvCacheBytes));
        Assert.False(MemoryEstimator.Estimate(Llama(), OneSlot with { CtxSize = context }, [], 1L << 33).Fits);
    }

    [Fact]
    public void EndlessContexts_DoNotOverflow()
    {
        var deep = new GgufWriter()
            .Add("general.architecture", "llama")
            .Add("llama.block_count", 4096u)
            .Add("llama.embedding_length", 64u)
            .Add("llama.attention.head_count", 4u);
        var draft = new DraftSettings(Llama(), null, null, OneSlot.CacheTypeK, OneSlot.CacheTypeV);
        var settings = OneSlot with { CtxSize = long.MaxValue, UbatchSize = int.MaxValue, Draft = draft };
        foreach (var devices in new MemoryDevice[][] { [], [new("CUDA0", 1L << 40), new("CUDA1", 1L << 40)] })
        {
            var estimate = MemoryEstimator.Estimate(Geometry(deep), settings with { GpuLayers = 2000 }, devices, 1L << 45);
            Assert.False(estimate.Fits);
            Assert.True(estimate.TotalBytes > 1L << 50);
            Assert.All(estimate.Devices, device => Assert.True(device.Bytes >= 0));
        }
    }

    // 256 bytes a token.
    private static ModelGeometry Llama() => Geometry(GgufSamples.Llama());

    private static ModelGeometry Geometry(GgufWriter writer) => ModelGeometry.Of(GgufReader.Read(new MemoryStream(writer.ToArray())).Value);
}
