using LlamaBlazor.Domain.Models.Gguf;
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
                _ = ModelFacts.Of(result.Value).Match(facts => MetadataText.Json(facts.Metadata), failure => failure.Message);
            else
                Assert.NotEmpty(result.Failure!.Message);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MemoryBound);
        }
    }

    private static IEnumerable<GgufWriter> Seeds() =>
        [GgufSamples.Llama(), GgufSamples.Llama(version: 2), GgufSamples.Llama(bigEndian: true), GgufSamples.Projector(), GgufSamples.Adapter(), GgufSamples.Vocabulary()];
}
