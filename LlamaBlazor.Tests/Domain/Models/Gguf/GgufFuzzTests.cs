using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Domain.Models.Gguf;

/// <summary>Damaged headers end in a value or a reason: never an exception, never memory that the file does not account for.</summary>
public sealed class GgufFuzzTests
{
    private const int Mutants = 20_000; // the 100,000 of every release run in bench/
    private const long MemoryBound = 64 << 20;

    [Fact]
    public void Mutants_GiveAReasonOrAFile_WithinBoundedMemory()
    {
        var random = new Random(20_261_121);
        byte[][] seeds = [.. Seeds().Select(seed => seed.Header())];
        for (var i = 0; i < Mutants; i++)
        {
            var mutant = Mutate(seeds[i % seeds.Length], random);
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

    private static byte[] Mutate(byte[] seed, Random random)
    {
        var bytes = (byte[])seed.Clone();
        for (var change = random.Next(1, 8); change > 0; change--)
        {
            var at = random.Next(bytes.Length);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2 when at + 8 <= bytes.Length: // a count or length of the worst kind
                    BitConverter.TryWriteBytes(bytes.AsSpan(at), random.Next(3) switch { 0 => ulong.MaxValue, 1 => 1ul << 63, _ => 1ul << random.Next(64) });
                    break;
                case 3 when at > 24:
                    bytes = bytes[..at];
                    break;
                default: // a piece again, somewhere else: keys and tensors twice
                    var piece = bytes.AsSpan(at, Math.Min(random.Next(1, 64), bytes.Length - at)).ToArray();
                    piece.CopyTo(bytes.AsSpan(random.Next(bytes.Length - piece.Length + 1)));
                    break;
            }
        }

        return bytes;
    }
}
