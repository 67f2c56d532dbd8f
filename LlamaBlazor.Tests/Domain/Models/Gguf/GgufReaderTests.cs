using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Domain.Models.Gguf;

public sealed class GgufReaderTests
{
    public static TheoryData<uint, bool> Kinds =>
        new()
        {
            { 2, false },
            { 3, false },
            { 2, true },
            { 3, true },
        };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void EveryValueType_InEitherByteOrder_IsRead(uint version, bool bigEndian)
    {
        var file = Read(
            new GgufWriter { Version = version, BigEndian = bigEndian }
                .Add("u8", (byte)250)
                .Add("i8", (sbyte)-5)
                .Add("u16", (ushort)65_000)
                .Add("i16", (short)-30_000)
                .Add("u32", 4_000_000_000u)
                .Add("i32", -7)
                .Add("f32", 1.5f)
                .Add("bool", true)
                .Add("text", "grün")
                .Add("u64", 18_000_000_000_000_000_000ul)
                .Add("i64", long.MinValue)
                .Add("f64", 1e-300)
                .Add("list", new[] { 3, -4 })
                .AddTensor("t", "Q4_0", 64, 3)
        );

        object[] expected =
        [
            250L,
            -5L,
            65_000L,
            -30_000L,
            4_000_000_000L,
            -7L,
            1.5f,
            true,
            "grün",
            18_000_000_000_000_000_000ul,
            long.MinValue,
            1e-300,
        ];
        Assert.Equal(expected, file.Metadata.Entries.Take(12).Select(entry => entry.Value.Scalar!));
        Assert.Equal([3, -4], file.Metadata.Numbers("list"));
        Assert.Equal((version, bigEndian, 32, 192L), (file.Version, file.BigEndian, (int)file.Alignment, file.ParameterCount));
        var tensor = Assert.Single(file.Tensors);
        Assert.Equal(("t", "Q4_0", 192L, 108L), (tensor.Name, tensor.TypeName, tensor.Weights, tensor.Bytes));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void EveryArrayType_IsRead(uint version, bool bigEndian)
    {
        var file = Read(
            new GgufWriter { Version = version, BigEndian = bigEndian }
                .Add("u8", new byte[] { 1, 2 })
                .Add("i8", new sbyte[] { -1 })
                .Add("u16", new ushort[] { 3 })
                .Add("i16", new short[] { -3 })
                .Add("u32", new[] { 4u })
                .Add("i32", new[] { -4 })
                .Add("f32", new[] { 0.5f })
                .Add("bool", new[] { true, false })
                .Add("text", new[] { "a", "" })
                .Add("u64", new[] { 5ul })
                .Add("i64", new[] { -5L })
                .Add("f64", new[] { 0.25 })
                .Add("none", Array.Empty<int>())
        );

        object[][] expected =
        [
            [1L, 2L],
            [-1L],
            [3L],
            [-3L],
            [4L],
            [-4L],
            [0.5f],
            [true, false],
            ["a", ""],
            [5L],
            [-5L],
            [0.25],
            [],
        ];
        Assert.Equal(expected, file.Metadata.Entries.Select(entry => entry.Value.Items.ToArray()));
        Assert.Equal([1, 0], file.Metadata.Numbers("bool"));
    }

    [Fact]
    public void LongArrays_AreCounted_AndTheirFirstItemsKept()
    {
        var tokens = Enumerable.Range(0, 50_000).Select(i => $"token {i}").ToArray();
        var bytes = new GgufWriter().Add("tokens", tokens).Add("scores", new float[50_000]).Add("after", 7).ToArray();
        var file = Read(bytes);
        var value = file.Metadata.Find("tokens")!;
        Assert.Equal((50_000L, true, GgufLimits.KeptSample), (value.Count, value.IsCut, value.Items.Count));
        Assert.Equal(50_000, file.Metadata.Count("scores"));
        Assert.Equal(7, file.Metadata.Number("after"));

        var page = GgufReader.ReadItems(new MemoryStream(bytes), "tokens", 49_998, 10).Value;
        Assert.Equal(["token 49998", "token 49999"], page.Items);
        Assert.Empty(GgufReader.ReadItems(new MemoryStream(bytes), "tokens", long.MaxValue, 10).Value.Items);
        Assert.NotNull(GgufReader.ReadItems(new MemoryStream(bytes), "nothing", 0, 10).Failure);
        Assert.NotNull(GgufReader.ReadItems(new MemoryStream(bytes), "after", 0, 10).Failure);
    }

    [Fact]
    public void LongText_LargerThanTheBuffer_IsKeptAndCut()
    {
        var file = Read(new GgufWriter().Add("long", new string('x', 200_000)).Add("huge", new string('y', 300_000)).Add("after", 1));
        Assert.Equal(new string('x', 200_000), file.Metadata.Text("long"));
        Assert.Equal(
            (300_000L, GgufLimits.KeptValue, true),
            (file.Metadata.Find("huge")!.Count, file.Metadata.Text("huge")!.Length, file.Metadata.Find("huge")!.IsCut)
        );
        Assert.Equal(1, file.Metadata.Number("after"));
    }

    [Fact]
    public void Alignment_MovesTheData()
    {
        var file = Read(
            new GgufWriter { Alignment = 128 }
                .Add("general.alignment", 128u)
                .AddTensor("a", "F32", 3)
                .AddTensor("b", "F32", 3)
        );
        Assert.Equal((128L, 0L, 128L), (file.Alignment, file.DataOffset % 128, file.Tensors[1].Offset));
    }

    [Fact]
    public void EveryTruncation_OfTheHeader_GivesAReason()
    {
        var bytes = GgufSamples.Llama().Header();
        for (var length = 0; length < bytes.Length - 32; length++)
        {
            var result = GgufReader.Read(new MemoryStream(bytes, 0, length));
            Assert.False(result.IsSuccess, $"{length} of {bytes.Length} bytes were accepted");
            Assert.EndsWith(".", result.Failure!.Message);
        }
    }

    [Fact]
    public void CutOffData_IsSaid_WithWhatToDo()
    {
        var bytes = GgufSamples.Llama().ToArray();
        var failure = GgufReader.Read(new MemoryStream(bytes, 0, bytes.Length - 100)).Failure!;
        Assert.Contains("cut off", failure.Message);
        Assert.Contains("Download it again", failure.Message);
    }

    [Fact]
    public void Cancelled_Stops()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => GgufReader.Read(new MemoryStream(GgufSamples.Llama().ToArray()), cancelled.Token));
    }

    [Fact]
    public void UnknownTensorFormat_IsListed_WithoutSize()
    {
        var file = Read(new GgufWriter().AddTensorRaw("new", 99, null, 32).AddTensor("old", "F32", 8));
        Assert.Equal(["unknown (99)", "F32"], file.Tensors.Select(tensor => tensor.TypeName));
        Assert.Equal(40, file.ParameterCount);
    }

    private static GgufFile Read(GgufWriter writer) => Read(writer.ToArray());

    private static GgufFile Read(byte[] bytes) => GgufReader.Read(new MemoryStream(bytes)).Value;
}
