using System.Buffers;

namespace LlamaBlazor.Domain.Proxy;

/// <summary>Takes the data of one event. The bytes are gone when it returns.</summary>
/// <param name="data">The data lines, joined with line feeds.</param>
public delegate void SseHandler(ReadOnlySpan<byte> data);

/// <summary>
/// Splits a stream of server-sent events, wherever the bytes are cut: lines end with LF, CRLF or CR, <c>data:</c> lines of one event are
/// joined,
/// comments and other fields are skipped. An event over the limit is skipped, so that memory stays bounded.
/// </summary>
/// <param name="handler">Called for each event with data.</param>
/// <param name="limit">Most bytes of one event that are kept.</param>
public sealed class SseParser(SseHandler handler, int limit = SseParser.DefaultLimit)
{
    /// <summary>1 MiB.</summary>
    public const int DefaultLimit = 1 << 20;

    private readonly ArrayBufferWriter<byte> _line = new(256); // the part of a line that has arrived; at most limit
    private readonly ArrayBufferWriter<byte> _data = new(256); // the data of the event so far; at most limit
    private bool _hasData;
    private bool _tooLong;
    private bool _afterCarriageReturn;
    private bool _started;

    /// <summary>Whether the last event was over the limit, so that nobody knows what it said.</summary>
    public bool LastWasSkipped { get; private set; }

    /// <summary>Takes the next bytes.</summary>
    /// <param name="bytes">Any number of them.</param>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        if (!_started && bytes.Length > 0)
        {
            _started = true;
            if (bytes.StartsWith("\uFEFF"u8))
                bytes = bytes[3..];
        }

        if (_afterCarriageReturn && bytes.Length > 0)
        {
            _afterCarriageReturn = false;
            if (bytes[0] == '\n')
                bytes = bytes[1..];
        }

        for (var end = bytes.IndexOfAny((byte)'\n', (byte)'\r'); end >= 0; end = bytes.IndexOfAny((byte)'\n', (byte)'\r'))
        {
            TakeLine(bytes[..end]);
            var next = end + 1;
            if (bytes[end] == '\r')
            {
                if (next == bytes.Length)
                    _afterCarriageReturn = true;
                else if (bytes[next] == '\n')
                    next++;
            }

            bytes = bytes[next..];
        }

        Append(_line, bytes);
    }

    /// <summary>The stream is over: an event that was not closed by an empty line counts too.</summary>
    public void Complete()
    {
        if (_line.WrittenCount > 0)
            TakeLine([]);
        Dispatch();
    }

    private void TakeLine(ReadOnlySpan<byte> end)
    {
        if (_line.WrittenCount == 0)
        {
            Interpret(end);
            return;
        }

        Append(_line, end);
        Interpret(_line.WrittenSpan);
        _line.ResetWrittenCount();
    }

    private void Interpret(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
        {
            Dispatch();
        }
        else if (line.StartsWith("data:"u8))
        {
            var value = line[5..];
            if (value.Length > 0 && value[0] == ' ')
                value = value[1..];
            if (_hasData)
                Append(_data, "\n"u8);
            Append(_data, value);
            _hasData = true;
        }
    }

    private void Dispatch()
    {
        if (_hasData && !_tooLong)
            handler(_data.WrittenSpan);
        if (_hasData || _tooLong)
            LastWasSkipped = _tooLong;
        _data.ResetWrittenCount();
        (_hasData, _tooLong) = (false, false);
    }

    private void Append(ArrayBufferWriter<byte> buffer, ReadOnlySpan<byte> bytes)
    {
        if (buffer.WrittenCount + bytes.Length > limit)
            _tooLong = true;
        else
            buffer.Write(bytes);
    }
}
