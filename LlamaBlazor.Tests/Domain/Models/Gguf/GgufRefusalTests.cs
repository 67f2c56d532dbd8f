using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Domain.Models.Gguf;

/// <summary>What a damaged or lying file is refused with; each names the thing that is wrong.</summary>
public sealed class GgufRefusalTests
{
    [Fact]
    public void EmptyFile() => Refused([], "The file is empty.");

    [Fact]
    public void AnotherFormat() => Refused(new GgufWriter { Magic = "PK\u0003\u0004"u8.ToArray() }, "does not start with 'GGUF'");

    [Theory]
    [InlineData(0u, "GGUF version 0 is not known")]
    [InlineData(1u, "convert the model again")]
    [InlineData(4u, "GGUF version 4 is not known")]
    public void AnotherVersion(uint version, string reason) => Refused(new GgufWriter { Version = version }.Add("k", 1), reason);

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData(1_000_000)]
    public void Counts_ThatCannotBe(long count)
    {
        Refused(new GgufWriter { ClaimedKeys = count }.Add("k", 1), $"claims {count:N0} keys");
        Refused(new GgufWriter { ClaimedTensors = count }.Add("k", 1), $"claims {count:N0} tensors");
    }

    [Fact]
    public void MoreKeysAndTensors_ThanAreRead()
    {
        Refused(new GgufWriter { ClaimedKeys = GgufLimits.Keys + 1 }.Add("k", new byte[1 << 20]), "at most 16,384 are read");
        Refused(new GgufWriter { ClaimedTensors = GgufLimits.Tensors + 1 }.Add("k", new byte[1 << 20]), "at most 32,768 are read");
    }

    [Fact]
    public void HugeText() =>
        Refused(
            new GgufWriter().AddRaw("k", GgufType.Text, BitConverter.GetBytes(ulong.MaxValue)),
            "'k' claims 18,446,744,073,709,551,615 bytes of text"
        );

    [Fact]
    public void TextBeyondTheEnd() =>
        Refused(new GgufWriter().AddRaw("k", GgufType.Text, BitConverter.GetBytes(1L << 30)), "but the file ends after 0");

    [Fact]
    public void HugeArray() =>
        Refused(new GgufWriter().AddArrayHead("k", GgufType.U8, 1ul << 63), "'k' claims 9,223,372,036,854,775,808 items");

    [Fact]
    public void ArrayBeyondTheEnd() =>
        Refused(new GgufWriter().AddArrayHead("k", GgufType.F64, 1 << 20), "more than the rest of the file can hold");

    [Fact]
    public void TextInAnArray_BeyondTheEnd() =>
        Refused(
            new GgufWriter().AddRaw(
                "k",
                GgufType.Array,
                [8, 0, 0, 0, 200, 0, 0, 0, 0, 0, 0, 0, .. new byte[8 * 150], .. BitConverter.GetBytes(1ul << 40), .. new byte[8 * 60]]
            ),
            "claims 1,099,511,627,776 bytes of text"
        );

    [Fact]
    public void NestedArray() => Refused(new GgufWriter().AddArrayHead("k", GgufType.Array, 1), "array of arrays");

    [Fact]
    public void UnknownValueTypes()
    {
        Refused(new GgufWriter().AddRaw("k", (GgufType)13, new byte[8]), "'k' has the value type 13");
        Refused(new GgufWriter().AddArrayHead("k", (GgufType)99, 1), "array of the type 99");
    }

    [Fact]
    public void KeyTwice() => Refused(new GgufWriter().Add("k", 1).Add("k", 2), "The key 'k' is there twice");

    [Fact]
    public void TensorTwice() =>
        Refused(new GgufWriter().AddTensor("t", "F32", 8).AddTensor("t", "F32", 8), "The tensor 't' is there twice");

    [Fact]
    public void TooManyDimensions() => Refused(new GgufWriter().AddTensor("t", "F32", 1, 1, 1, 1, 1), "has 5 dimensions");

    [Fact]
    public void NegativeAndHugeSizes()
    {
        Refused(new GgufWriter().AddTensorRaw("t", 0, null, -1), "negative size");
        Refused(new GgufWriter().AddTensorRaw("t", 0, null, long.MaxValue, 2), "larger than any memory");
        Refused(new GgufWriter().AddTensorRaw("t", 0, null, 1L << 62), "larger than any memory");
    }

    [Fact]
    public void MoreWeights_ThanAnyModelHas()
    {
        Refused(new GgufWriter().AddTensorRaw("a", 99, 0, long.MaxValue), "more weights than any model has");
        Refused(
            new GgufWriter().AddTensorRaw("a", 99, 0, GgufLimits.Weights).AddTensorRaw("b", 99, 0, 1),
            "more weights than any model has"
        );
        var most = GgufReader.Read(
            new MemoryStream(new GgufWriter().AddTensorRaw("a", 99, 0, GgufLimits.Weights - 1).AddTensorRaw("b", 99, 0, 1).ToArray())
        );
        Assert.Equal(GgufLimits.Weights, most.Value.ParameterCount);
    }

    [Fact]
    public void LongArchitecture() =>
        Refused(new GgufWriter().Add("general.architecture", new string('a', GgufLimits.Architecture + 1)), "longer than 64 bytes");

    [Fact]
    public void EndlessTexts_AreReadToTheHeaderLimit_NotToTheEnd()
    {
        using var stream = new ZeroTail(
            new GgufWriter().AddArrayHead("k", GgufType.Text, (ulong)GgufLimits.Value).Header(),
            (GgufLimits.Value + 100) * 8
        );
        var result = GgufReader.Read(stream);
        Assert.Contains("larger than 512 MiB", result.Failure?.Message);
        Assert.InRange(stream.BytesRead, GgufLimits.Header, GgufLimits.Header + (1 << 20));
        Assert.Contains("larger than 512 MiB", GgufReader.ReadItems(stream, "other", 0, 10).Failure?.Message);
    }

    [Fact]
    public void RowsThatAreNoWholeBlocks() => Refused(new GgufWriter().AddTensor("t", "Q4_K", 100), "no whole blocks of Q4_K");

    [Fact]
    public void LongTensorName() => Refused(new GgufWriter().AddTensor(new string('n', 64), "F32", 8), "at most 63");

    [Fact]
    public void PlacesOfTensors()
    {
        Refused(new GgufWriter().AddTensor("a", "F32", 64).AddTensorRaw("b", 0, 32, 8), "'b' overlaps the one before it");
        Refused(new GgufWriter().AddTensor("a", "F32", 8).AddTensorRaw("b", 0, 33, 8), "multiple of 32");
        Refused(new GgufWriter().AddTensor("a", "F32", 8).AddTensorRaw("b", 0, 64, 8).AddTensor("c", "F32", 64), "32 was expected");
        Refused(new GgufWriter().AddTensorRaw("a", 0, -32, 8), "overlaps");
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(33u)]
    public void AlignmentThatIsNoPowerOfTwo(uint alignment) =>
        Refused(new GgufWriter().Add("general.alignment", alignment), "power of two");

    [Fact]
    public void HostileNames_AreShownHarmless()
    {
        var reason = Refused(new GgufWriter().Add("a\n\u202Eb", 1).Add("a\n\u202Eb", 1), "twice");
        Assert.DoesNotContain(reason, c => char.IsControl(c) || c == '\u202E');
    }

    private static string Refused(GgufWriter writer, string reason) => Refused(writer.ToArray(), reason);

    private static string Refused(byte[] bytes, string reason)
    {
        var result = GgufReader.Read(new MemoryStream(bytes));
        Assert.Contains(reason, result.Failure?.Message);
        return result.Failure!.Message;
    }

    /// <summary>Some bytes, then zeros without taking memory.</summary>
    private sealed class ZeroTail(byte[] head, long length) : Stream
    {
        public long BytesRead { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, length - Position);
            buffer.AsSpan(offset, read).Clear();
            if (Position < head.Length)
                head.AsSpan((int)Position, (int)Math.Min(read, head.Length - Position)).CopyTo(buffer.AsSpan(offset));
            Position += read;
            BytesRead += read;
            return read;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
