using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Domain.Models.Memory;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Domain.Models.Gguf;

/// <summary>Damaged headers end in a value or a reason: never an exception, never memory that the file does not account for.</summary>
public sealed class GgufFuzzTests
{
    private const int Mutants = 100_000;
    private const long MemoryBound = 64 << 20;

    [Fact]
    public void Mutants_GiveAReasonOrAFile_WithinBoundedMemory()
    {
        var random = new Random(20_261_121);
        byte[][] seeds = [.. Seeds().Select(seed => seed.Header())];
        for (var i = 0; i < Mutants; i++)
        {
            var mutant = GgufMutation.Of(seeds[i % seeds.Length], random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var result = GgufReader.Read(new MemoryStream(mutant));
            if (result.IsSuccess)
                Use(result.Value);
            else
                Assert.NotEmpty(result.Failure!.Message);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MemoryBound);
        }
    }

    [Fact]
    public void ManyArrays_KeepBoundedMemory()
    {
        var writer = new GgufWriter();
        for (var key = 0; key < GgufLimits.Keys; key++)
            writer.Add($"k{key}", new byte[GgufLimits.KeptNumbers]);
        var bytes = writer.ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var file = GgufReader.Read(new MemoryStream(bytes)).Value;
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MemoryBound / 4);
        Assert.Equal(GgufLimits.KeptItems, file.Metadata.Entries.Sum(entry => entry.Value.Items.Count));
        Assert.All(
            file.Metadata.Entries,
            entry =>
                Assert.Equal(
                    (GgufLimits.KeptNumbers, entry.Value.Items.Count < GgufLimits.KeptNumbers),
                    (entry.Value.Count, entry.Value.IsCut)
                )
        );
    }

    // All that the dashboard works out from a header: facts, geometry, estimates; never an exception, never less than nothing.
    private static void Use(GgufFile file)
    {
        _ = ModelMetadata.Of(file).Match(facts => MetadataText.Json(facts.Metadata), failure => failure.Message);
        _ = (file.Types.Count, GgufFile.Join([file, file]).ParameterCount);
        var model = ModelGeometry.Of(file);
        var settings = new MemorySettings
        {
            Slots = 256,
            KvUnified = false,
            CtxSize = long.MaxValue,
        };
        var estimate = MemoryEstimator.Estimate(
            model,
            settings,
            [new MemoryDevice("CUDA0", 1 << 30), new MemoryDevice("CUDA1", null)],
            1 << 30
        );
        Assert.All(
            new[] { estimate.WeightsBytes, estimate.KvCacheBytes, estimate.ComputeBytes, estimate.TotalBytes },
            bytes => Assert.True(bytes >= 0)
        );
        Assert.All(estimate.Devices, device => Assert.True(device.Bytes >= 0));
        Assert.NotEmpty(MemoryVerdict.Of(model, new MemorySettings(), [], 1 << 30).Words);
    }

    private static IEnumerable<GgufWriter> Seeds() =>
        [
            Overflowing(),
            Recurrent(),
            GgufSamples.Llama(),
            GgufSamples.Llama(version: 2),
            GgufSamples.Llama(bigEndian: true),
            GgufSamples.Projector(),
            GgufSamples.Adapter(),
            GgufSamples.Vocabulary(),
        ];

    // Two tensors of a format nobody knows, whose weights together are more than a number can hold.
    private static GgufWriter Overflowing() =>
        new GgufWriter()
            .Add("general.architecture", "llama")
            .AddTensorRaw("a", 99, 0, long.MaxValue / 2)
            .AddTensorRaw("b", 99, 0, long.MaxValue / 2)
            .AddTensorRaw("c", 99, 0, long.MaxValue / 2);

    private static GgufWriter Recurrent() =>
        GgufSamples
            .Model("mamba", "State", new GgufWriter())
            .Add("mamba.ssm.conv_kernel", 4ul)
            .Add("mamba.ssm.inner_size", 128ul)
            .Add("mamba.ssm.state_size", 16ul)
            .Add("mamba.ssm.group_count", 2ul);
}
