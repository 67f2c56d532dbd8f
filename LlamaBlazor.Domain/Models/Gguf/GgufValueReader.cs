namespace LlamaBlazor.Domain.Models.Gguf;

/// <summary>Reads values of the header and keeps of them what a person or a decision may need, within <see cref="GgufLimits"/>.</summary>
internal sealed class GgufValueReader(GgufCursor cursor)
{
    private int _textLeft = GgufLimits.KeptText;
    private int _itemsLeft = GgufLimits.KeptItems;

    /// <summary>A text that must be kept whole, such as a key; too much of them ends the reading.</summary>
    public string Name(int limit)
    {
        var length = cursor.TextLength(limit);
        if ((_textLeft -= (int)length) < 0)
            cursor.Fail($"The names in the header take more than {GgufLimits.KeptText >> 20} MiB");
        return cursor.Failed ? "" : cursor.Text(length, (int)length);
    }

    /// <summary>The value behind a key.</summary>
    public GgufValue Value()
    {
        var type = (GgufType)cursor.UInt32();
        if (!type.IsKnown())
            cursor.Fail($"{cursor.Reading} has the value type {(int)type}, which does not exist");
        if (cursor.Failed)
            return new GgufValue { Type = GgufType.U8 };
        return type switch
        {
            GgufType.Array => Sequence(),
            GgufType.Text => Text(),
            _ => new GgufValue { Type = type, Scalar = Scalar(type) },
        };
    }

    /// <summary>A number or flag.</summary>
    public object Scalar(GgufType type) =>
        type switch
        {
            GgufType.U8 => (long)cursor.Byte(),
            GgufType.I8 => (long)unchecked((sbyte)cursor.Byte()),
            GgufType.U16 => (long)cursor.UInt16(),
            GgufType.I16 => (long)unchecked((short)cursor.UInt16()),
            GgufType.U32 => (long)cursor.UInt32(),
            GgufType.I32 => (long)unchecked((int)cursor.UInt32()),
            GgufType.F32 => BitConverter.UInt32BitsToSingle(cursor.UInt32()),
            GgufType.Bool => cursor.Byte() != 0,
            GgufType.U64 => cursor.UInt64() is var value && value <= long.MaxValue ? (long)value : value,
            GgufType.I64 => unchecked((long)cursor.UInt64()),
            GgufType.F64 => BitConverter.UInt64BitsToDouble(cursor.UInt64()),
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };

    /// <summary>Head of an array: its element type and count, checked against limits and the end of the file.</summary>
    public (GgufType Element, long Count) ArrayHead()
    {
        var element = (GgufType)cursor.UInt32();
        var count = cursor.UInt64();
        if (cursor.Failed)
            return default;
        if (!element.IsKnown())
            cursor.Fail($"{cursor.Reading} is an array of the type {(int)element}, which does not exist");
        else if (element == GgufType.Array)
            cursor.Fail($"{cursor.Reading} is an array of arrays, which llama.cpp does not read");
        else if (count > (ulong)GgufLimits.Value)
            cursor.Fail($"{cursor.Reading} claims {count:N0} items; at most {GgufLimits.Value:N0} are allowed");
        else if ((long)count > cursor.Remaining / Math.Max(element.Size(), element == GgufType.Text ? 8 : 1))
            cursor.Fail($"{cursor.Reading} claims {count:N0} items, more than the rest of the file can hold");
        return cursor.Failed ? default : (element, (long)count);
    }

    /// <summary>Reads some items.</summary>
    public List<object> Items(GgufType element, long count)
    {
        var items = new List<object>((int)count);
        for (var i = 0L; i < count && !cursor.Failed; i++)
            items.Add(element == GgufType.Text ? Text().Scalar! : Scalar(element));
        return items;
    }

    /// <summary>Passes over items.</summary>
    public void SkipItems(GgufType element, long count)
    {
        if (element == GgufType.Text)
            cursor.SkipTexts(count);
        else
            cursor.Skip(count * element.Size());
    }

    private GgufValue Text()
    {
        var length = cursor.TextLength(GgufLimits.Value);
        var keep = Math.Min(GgufLimits.KeptValue, Math.Max(_textLeft, 0));
        _textLeft -= (int)Math.Min(length, keep);
        return new GgufValue
        {
            Type = GgufType.Text,
            Count = length,
            Scalar = cursor.Text(length, keep),
            IsCut = length > keep,
        };
    }

    private GgufValue Sequence()
    {
        var (element, count) = ArrayHead();
        var whole = count <= Math.Min(_itemsLeft, element == GgufType.Text ? GgufLimits.KeptTexts : GgufLimits.KeptNumbers);
        var kept = whole ? count : Math.Min(_itemsLeft, Math.Min(count, GgufLimits.KeptSample));
        _itemsLeft -= (int)kept;
        var items = Items(element, kept);
        SkipItems(element, count - kept);
        return new GgufValue
        {
            Type = GgufType.Array,
            Element = element,
            Count = count,
            Items = items,
            IsCut = !whole,
        };
    }
}
