using System.Buffers.Binary;
using System.Text;
using LlamaBlazor.Domain.Models.Gguf;

namespace LlamaBlazor.Tests.Support;

/// <summary>
/// Writes GGUF files: v2 or v3, either byte order, any value type, tensors whose data is zeros (sparse on disk, so that a "70 GB" model
/// costs nothing).
/// Lies on request: counts, versions and raw values can be set to what no honest writer would produce. Ready-made files:
/// <see cref="GgufSamples"/>.
/// </summary>
public sealed class GgufWriter
{
    private readonly List<(string Key, GgufType Type, byte[] Value)> _keys = [];
    private readonly List<(string Name, long[] Shape, int Type, long? Offset)> _tensors = [];

    /// <summary>Version in the header.</summary>
    public uint Version { get; init; } = 3;

    /// <summary>Write every number with its highest byte first.</summary>
    public bool BigEndian { get; init; }

    /// <summary>First four bytes.</summary>
    public byte[] Magic { get; init; } = "GGUF"u8.ToArray();

    /// <summary>Number of tensors to claim; null is the truth.</summary>
    public long? ClaimedTensors { get; init; }

    /// <summary>Number of keys to claim; null is the truth.</summary>
    public long? ClaimedKeys { get; init; }

    /// <summary>Padding of tensor data; add <c>general.alignment</c> yourself where it is not 32.</summary>
    public int Alignment { get; init; } = 32;

    /// <summary>Adds a value: any number type, bool, string, or an array of one of these.</summary>
    public GgufWriter Add(string key, object value)
    {
        var type = TypeOf(value.GetType());
        return AddRaw(key, type, Encode(value));
    }

    /// <summary>Adds bytes that claim to be of a type.</summary>
    public GgufWriter AddRaw(string key, GgufType type, byte[] value)
    {
        _keys.Add((key, type, value));
        return this;
    }

    /// <summary>Adds the head of an array without its items.</summary>
    public GgufWriter AddArrayHead(string key, GgufType element, ulong count) =>
        AddRaw(key, GgufType.Array, [.. Number((uint)element), .. Number(count)]);

    /// <summary>Adds a tensor; its data follows the header as zeros.</summary>
    public GgufWriter AddTensor(string name, string type, params long[] shape) => AddTensorRaw(name, GgmlType.Find(type)!.Id, null, shape);

    /// <summary>Adds a tensor with any type number, and an offset of its own where one is given.</summary>
    public GgufWriter AddTensorRaw(string name, int type, long? offset, params long[] shape)
    {
        _tensors.Add((name, shape, type, offset));
        return this;
    }

    /// <summary>The header, up to the padding before the data.</summary>
    public byte[] Header() => Build().Header;

    /// <summary>The whole file.</summary>
    public byte[] ToArray()
    {
        var (header, data) = Build();
        var file = new byte[header.Length + data];
        header.CopyTo(file, 0);
        return file;
    }

    /// <summary>Writes the file and returns its path.</summary>
    public string Save(string path)
    {
        var (header, data) = Build();
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = File.Create(path);
        file.Write(header);
        file.SetLength(header.Length + data);
        return path;
    }

    private (byte[] Header, long Data) Build()
    {
        var header = new MemoryStream();
        header.Write(Magic);
        header.Write(Number(Version));
        header.Write(Number((ulong)(ClaimedTensors ?? _tensors.Count)));
        header.Write(Number((ulong)(ClaimedKeys ?? _keys.Count)));
        foreach (var (key, type, value) in _keys)
            header.Write([.. Text(key), .. Number((uint)type), .. value]);
        var data = 0L;
        foreach (var tensor in _tensors)
        {
            header.Write([.. Text(tensor.Name), .. Number((uint)tensor.Shape.Length)]);
            foreach (var size in tensor.Shape)
                header.Write(Number((ulong)size));
            header.Write([.. Number((uint)tensor.Type), .. Number((ulong)(tensor.Offset ?? data))]);
            var weights = tensor.Shape.Aggregate(1L, (product, size) => unchecked(product * size));
            data = Pad(data + (GgmlType.Find(tensor.Type)?.Bytes(weights) ?? 0));
        }

        if (_tensors.Count > 0)
            header.SetLength(Pad(header.Length));
        return (header.ToArray(), Math.Max(0, data));
    }

    private long Pad(long offset) => (offset + Alignment - 1) / Alignment * Alignment;

    private static GgufType TypeOf(Type type) =>
        type.IsArray
            ? GgufType.Array
            : Type.GetTypeCode(type) switch
            {
                TypeCode.Byte => GgufType.U8,
                TypeCode.SByte => GgufType.I8,
                TypeCode.UInt16 => GgufType.U16,
                TypeCode.Int16 => GgufType.I16,
                TypeCode.UInt32 => GgufType.U32,
                TypeCode.Int32 => GgufType.I32,
                TypeCode.Single => GgufType.F32,
                TypeCode.Boolean => GgufType.Bool,
                TypeCode.String => GgufType.Text,
                TypeCode.UInt64 => GgufType.U64,
                TypeCode.Int64 => GgufType.I64,
                TypeCode.Double => GgufType.F64,
                _ => throw new ArgumentException($"GGUF has no {type}"),
            };

    private byte[] Encode(object value) =>
        value switch
        {
            string text => Text(text),
            Array items => EncodeArray(items),
            bool flag => [flag ? (byte)1 : (byte)0],
            byte number => [number],
            sbyte number => [unchecked((byte)number)],
            short number => Number(unchecked((ushort)number)),
            ushort number => Number(number),
            int number => Number(unchecked((uint)number)),
            uint number => Number(number),
            long number => Number(unchecked((ulong)number)),
            ulong number => Number(number),
            float number => Number(BitConverter.SingleToUInt32Bits(number)),
            double number => Number(BitConverter.DoubleToUInt64Bits(number)),
            _ => throw new ArgumentException($"GGUF has no {value.GetType()}"),
        };

    private byte[] EncodeArray(Array items)
    {
        var bytes = new MemoryStream();
        bytes.Write([.. Number((uint)TypeOf(items.GetType().GetElementType()!)), .. Number((ulong)items.LongLength)]);
        foreach (var item in items)
            bytes.Write(Encode(item!));
        return bytes.ToArray();
    }

    private byte[] Text(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        return [.. Number((ulong)utf8.Length), .. utf8];
    }

    private byte[] Number(ushort value) => Ordered(BitConverter.GetBytes(value));

    private byte[] Number(uint value) => Ordered(BitConverter.GetBytes(value));

    private byte[] Number(ulong value)
    {
        var bytes = new byte[8];
        if (BigEndian)
            BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        else
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }

    private byte[] Ordered(byte[] bytes)
    {
        if (BitConverter.IsLittleEndian == BigEndian)
            Array.Reverse(bytes);
        return bytes;
    }
}
