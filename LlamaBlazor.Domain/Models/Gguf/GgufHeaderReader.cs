using System.Buffers.Binary;
using System.Globalization;

namespace LlamaBlazor.Domain.Models.Gguf;

/// <summary>Reads one header in the order of the file, for <see cref="GgufReader"/>.</summary>
internal sealed class GgufHeaderReader(GgufCursor cursor)
{
    private const int SmallestKey = 13; // length, no text, type, one byte
    private const int SmallestTensor = 24; // length, no text, no dimensions, type, offset

    private readonly GgufValueReader _values = new(cursor);
    private uint _version;
    private long _tensors;
    private long _keys;

    /// <summary>The whole header, or null where the cursor knows why not.</summary>
    public GgufFile? File()
    {
        // 1. Magic, version and counts.
        Start();

        // 2. Keys and values.
        var metadata = Keys();
        var alignment = Alignment(metadata);

        // 3. The tensor table.
        var tensors = Tensors();
        if (cursor.Failed)
            return null;

        // 4. The data must lie where the table says, and be there.
        var offset = GgufDataLayout.Pad(cursor.Position, alignment);
        if (GgufDataLayout.Check(tensors, alignment, cursor.Length - offset) is { } error)
            cursor.Fail(error);
        return new GgufFile
        {
            Version = _version,
            BigEndian = cursor.BigEndian,
            Alignment = alignment,
            FileSize = cursor.Length,
            DataOffset = offset,
            Metadata = metadata,
            Tensors = GgufDataLayout.MeasureUnknown(tensors, cursor.Length - offset),
        };
    }

    /// <summary>Some items of an array, or null where there is no such array.</summary>
    public GgufValue? Items(string key, long after, int limit)
    {
        Start();
        for (var i = 0L; i < _keys && !cursor.Failed; i++)
        {
            if (_values.Name(GgufLimits.Key) != key)
            {
                _values.Value();
            }
            else if ((GgufType)cursor.UInt32() == GgufType.Array)
            {
                var (element, count) = _values.ArrayHead();
                after = Math.Min(after, count);
                _values.SkipItems(element, after);
                var items = _values.Items(element, Math.Min(limit, count - after));
                return new GgufValue
                {
                    Type = GgufType.Array,
                    Element = element,
                    Count = count,
                    Items = items,
                    IsCut = items.Count < count,
                };
            }
            else
            {
                return null;
            }
        }

        return null;
    }

    private void Start()
    {
        if (cursor.Length == 0)
            cursor.Fail("The file is empty");
        if (cursor.Length > GgufLimits.File)
            cursor.Fail($"The file is larger than {GgufLimits.File >> 40} TiB");
        cursor.Reading = "the first four bytes";
        if (cursor.Byte() != 'G' | cursor.Byte() != 'G' | cursor.Byte() != 'U' | cursor.Byte() != 'F')
            cursor.Fail("This is not a GGUF file: it does not start with 'GGUF'");
        cursor.Reading = "the version";
        _version = cursor.UInt32();
        if ((cursor.BigEndian = (_version & 0xFFFF) == 0 && _version != 0))
            _version = BinaryPrimitives.ReverseEndianness(_version);
        if (_version is not (2 or 3))
        {
            cursor.Fail(
                _version == 1
                    ? "GGUF version 1 is too old for llama.cpp: convert the model again"
                    : $"GGUF version {_version} is not known: versions 2 and 3 are"
            );
        }

        cursor.Reading = "the counts";
        _tensors = Claim("tensors", SmallestTensor, GgufLimits.Tensors);
        _keys = Claim("keys", SmallestKey, GgufLimits.Keys);
    }

    private long Claim(string what, int smallest, long limit)
    {
        var count = unchecked((long)cursor.UInt64());
        if (count < 0 || count > cursor.Remaining / smallest)
            cursor.Fail($"The header claims {count:N0} {what}, which a file of {cursor.Length:N0} bytes cannot hold");
        else if (count > limit)
            cursor.Fail($"The header claims {count:N0} {what}; at most {limit:N0} are read");
        return cursor.Failed ? 0 : count;
    }

    private GgufMetadata Keys()
    {
        var entries = new List<GgufEntry>((int)_keys);
        var seen = new HashSet<string>((int)_keys);
        for (var i = 0L; i < _keys && !cursor.Failed; i++)
        {
            cursor.Reading = "a key";
            var key = _values.Name(GgufLimits.Key);
            if (!seen.Add(key))
                cursor.Fail($"The key '{Shown(key)}' is there twice");
            cursor.Reading = $"the value of '{Shown(key)}'";
            entries.Add(new GgufEntry(key, _values.Value()));
            cursor.CheckHeader();
        }

        var metadata = new GgufMetadata(cursor.Failed ? [] : entries);
        if (metadata.Find("general.architecture")?.Count > GgufLimits.Architecture)
            cursor.Fail($"The name of the architecture is longer than {GgufLimits.Architecture} bytes");
        return metadata;
    }

    private long Alignment(GgufMetadata metadata)
    {
        if (metadata.Find("general.alignment") is not { } value)
            return GgufDataLayout.DefaultAlignment;
        if (value is { Type: GgufType.U32, Scalar: long alignment } && long.IsPow2(alignment))
            return alignment;
        cursor.Fail("'general.alignment' is not a power of two of the type u32");
        return GgufDataLayout.DefaultAlignment;
    }

    private List<GgufTensor> Tensors()
    {
        var tensors = new List<GgufTensor>((int)_tensors);
        var seen = new HashSet<string>((int)_tensors);
        var weights = 0L;
        for (var i = 0L; i < _tensors && !cursor.Failed; i++)
        {
            cursor.Reading = "the name of a tensor";
            var name = _values.Name(GgufLimits.TensorName);
            if (!seen.Add(name))
                cursor.Fail($"The tensor '{Shown(name)}' is there twice");
            cursor.Reading = $"the tensor '{Shown(name)}'";
            var tensor = Tensor(name);
            if (tensor.Weights > GgufLimits.Weights - weights)
                cursor.Fail("The tensors claim more weights than any model has");
            weights += cursor.Failed ? 0 : tensor.Weights;
            tensors.Add(tensor);
        }

        return tensors;
    }

    private GgufTensor Tensor(string name)
    {
        var dimensions = cursor.UInt32();
        if (dimensions > GgufLimits.Dimensions)
            cursor.Fail($"{cursor.Reading} has {dimensions:N0} dimensions; at most {GgufLimits.Dimensions} are allowed");
        var shape = new long[cursor.Failed ? 0 : dimensions];
        for (var i = 0; i < shape.Length; i++)
            shape[i] = unchecked((long)cursor.UInt64());
        var type = unchecked((int)cursor.UInt32());
        var offset = unchecked((long)cursor.UInt64());
        if (cursor.Failed)
            return new GgufTensor(name, 0, [], 0, 0, 0);
        var (weights, bytes, error) = GgufDataLayout.Measure(shape, GgmlType.Find(type));
        if (error is not null)
            cursor.Fail($"{cursor.Reading} {error}");
        return new GgufTensor(name, type, shape, weights, offset, bytes);
    }

    // Names come from the file: in a message they are cut and lose line breaks and marks that turn the reading direction.
    private static string Shown(string name) =>
        string.Concat(name.Take(80).Select(c => char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format ? '�' : c));
}
