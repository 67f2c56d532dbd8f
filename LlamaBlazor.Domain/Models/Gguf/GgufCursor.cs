using System.Buffers.Binary;
using System.Text;

namespace LlamaBlazor.Domain.Models.Gguf;

/// <summary>
/// Walks through a stream with one buffer. The first thing that is wrong is remembered and every later read answers 0, so that the reader
/// checks once a value instead of once a byte, and a damaged file costs no exception.
/// </summary>
internal sealed class GgufCursor(Stream stream, byte[] buffer, CancellationToken cancellation)
{
    private long _start; // where in the stream the buffer begins
    private int _position;
    private int _length;

    /// <summary>Bytes of the whole stream.</summary>
    public long Length { get; } = stream.Length;

    /// <summary>Where the next read starts.</summary>
    public long Position => _start + _position;

    /// <summary>Bytes from there to the end.</summary>
    public long Remaining => Length - Position;

    /// <summary>Read numbers with their highest byte first.</summary>
    public bool BigEndian { get; set; }

    /// <summary>What is being read, for messages.</summary>
    public string Reading { get; set; } = "the header";

    /// <summary>The first thing that was wrong, or null.</summary>
    public string? Error { get; private set; }

    /// <summary>True once something was wrong.</summary>
    public bool Failed => Error is not null;

    /// <summary>Remembers what is wrong, unless something was before.</summary>
    public void Fail(string error) => Error ??= error;

    public byte Byte() => Take(1) is { Length: 1 } bytes ? bytes[0] : (byte)0;

    public ushort UInt16() =>
        Take(2) is not { Length: 2 } bytes ? (ushort)0
        : BigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes)
        : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    public uint UInt32() =>
        Take(4) is not { Length: 4 } bytes ? 0
        : BigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
        : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    public ulong UInt64() => Take(8) is not { Length: 8 } bytes ? 0 : Number(bytes);

    /// <summary>The length of a text: bounded, and not beyond the end of the file.</summary>
    public long TextLength(long limit)
    {
        var length = UInt64();
        if (length > (ulong)limit)
            Fail($"{Reading} claims {length:N0} bytes of text; at most {limit:N0} are allowed");
        else if ((long)length > Remaining)
            Fail($"{Reading} claims {length:N0} bytes of text, but the file ends after {Remaining:N0}");
        return Failed ? 0 : (long)length;
    }

    /// <summary>The next bytes as UTF-8 text, at most <paramref name="keep"/> of them; the rest is skipped.</summary>
    public string Text(long length, int keep)
    {
        var kept = (int)Math.Min(length, keep);
        string text;
        if (kept <= buffer.Length)
        {
            text = Encoding.UTF8.GetString(Take(kept));
        }
        else
        {
            var bytes = new byte[kept];
            for (var done = 0; done < kept && !Failed; )
            {
                var part = Take(Math.Min(kept - done, buffer.Length));
                part.CopyTo(bytes.AsSpan(done));
                done += part.Length;
            }

            text = Encoding.UTF8.GetString(bytes);
        }

        Skip(length - kept);
        return text;
    }

    /// <summary>Passes over bytes without reading them.</summary>
    public void Skip(long count)
    {
        if (count > Remaining)
            Fail($"{Reading} goes {count - Remaining:N0} bytes beyond the end of the file");
        else if (count <= _length - _position)
            _position += (int)count;
        else
            (_start, _position, _length) = (Position + count, 0, 0);
    }

    /// <summary>Passes over texts: a vocabulary is hundreds of thousands of them, so this walks the buffer itself.</summary>
    public void SkipTexts(long count)
    {
        while (count > 0 && !Failed)
        {
            // 1. Those that lie whole in the buffer.
            var bytes = buffer.AsSpan(0, _length);
            var position = _position;
            for (; count > 0 && _length - position >= 8; count--)
            {
                var length = Number(bytes[position..]);
                if (length > (ulong)(_length - position - 8))
                    break;
                position += 8 + (int)length;
            }

            _position = position;

            // 2. The one that crosses its end.
            if (count-- > 0)
                Skip(TextLength(GgufLimits.Value));

            // 3. Texts without a byte take eight bytes each: a lie about their number must not make us read the whole file.
            CheckHeader();
        }
    }

    /// <summary>Ends the reading of a header without end.</summary>
    public void CheckHeader()
    {
        if (Position > GgufLimits.Header)
            Fail($"The header is larger than {GgufLimits.Header >> 20} MiB");
    }

    private ulong Number(ReadOnlySpan<byte> bytes) =>
        BigEndian ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    // At most the buffer's length. Empty once something is wrong.
    private ReadOnlySpan<byte> Take(int count)
    {
        if (Failed || (_length - _position < count && !Fill(count)))
            return default;
        _position += count;
        return buffer.AsSpan(_position - count, count);
    }

    private bool Fill(int count)
    {
        cancellation.ThrowIfCancellationRequested();
        var rest = _length - _position;
        buffer.AsSpan(_position, rest).CopyTo(buffer);
        (_start, _position, _length) = (Position, 0, rest);
        stream.Position = _start + rest;
        while (_length < count)
        {
            var read = stream.Read(buffer, _length, buffer.Length - _length);
            if (read == 0)
            {
                Fail($"The file ends at byte {_start + _length:N0}, inside {Reading}");
                return false;
            }

            _length += read;
        }

        return true;
    }
}
