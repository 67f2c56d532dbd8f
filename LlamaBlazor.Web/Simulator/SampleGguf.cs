using System.Globalization;
using System.Text;
using LlamaBlazor.Domain.Models.Gguf;

namespace LlamaBlazor.Web.Simulator;

/// <summary>Writes a GGUF v3 file whose weights are a hole: it takes no room on file systems that know holes.</summary>
internal sealed class SampleGguf
{
    private const int Alignment = 32;

    private readonly List<Action<BinaryWriter>> _keys = [];
    private readonly List<(string Name, GgmlType Type, long[] Shape)> _tensors = [];

    /// <summary>Adds a text.</summary>
    public void Add(string key, string value) =>
        _keys.Add(writer =>
        {
            Head(writer, key, GgufType.Text);
            Text(writer, value);
        });

    /// <summary>Adds a whole number.</summary>
    public void Add(string key, uint value) =>
        _keys.Add(writer =>
        {
            Head(writer, key, GgufType.U32);
            writer.Write(value);
        });

    /// <summary>Adds a number.</summary>
    public void Add(string key, float value) =>
        _keys.Add(writer =>
        {
            Head(writer, key, GgufType.F32);
            writer.Write(value);
        });

    /// <summary>Adds a vocabulary of made-up tokens.</summary>
    public void AddTokens(string key, int count) =>
        _keys.Add(writer =>
        {
            Head(writer, key, GgufType.Array);
            writer.Write((uint)GgufType.Text);
            writer.Write((ulong)count);
            for (var token = 0; token < count; token++)
                Text(writer, token.ToString("x", CultureInfo.InvariantCulture));
        });

    /// <summary>Adds a tensor.</summary>
    public void AddTensor(string name, GgmlType type, params long[] shape) => _tensors.Add((name, type, shape));

    /// <summary>Writes the file; it appears whole or not at all.</summary>
    public void Save(string path)
    {
        var unfinished = path + ".part";
        using (var stream = File.Create(unfinished))
        {
            using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
            writer.Write("GGUF"u8);
            writer.Write(3u);
            writer.Write((ulong)_tensors.Count);
            writer.Write((ulong)_keys.Count);
            foreach (var key in _keys)
                key(writer);
            var length = WriteTensors(writer);
            writer.Flush();
            stream.SetLength(Align(stream.Position) + length);
        }

        File.Move(unfinished, path, overwrite: true);
    }

    private long WriteTensors(BinaryWriter writer)
    {
        long offset = 0;
        foreach (var (name, type, shape) in _tensors)
        {
            Text(writer, name);
            writer.Write((uint)shape.Length);
            foreach (var size in shape)
                writer.Write(size);
            writer.Write(type.Id);
            writer.Write(offset);
            offset = Align(offset + type.Bytes(shape.Aggregate(1L, (product, size) => product * size)));
        }

        return offset;
    }

    private static void Head(BinaryWriter writer, string key, GgufType type)
    {
        Text(writer, key);
        writer.Write((uint)type);
    }

    private static void Text(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    private static long Align(long position) => (position + Alignment - 1) / Alignment * Alignment;
}
