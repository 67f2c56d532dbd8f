using System.Buffers;

namespace LlamaBlazor.Domain.Proxy;

/// <summary>
/// Reads an answer as it passes: counts its events, and takes usage, timings, finish reason and error from it. Never changes a byte, never
/// throws on
/// what the engine sends, holds at most <see cref="BodyLimit"/> bytes.
/// </summary>
public sealed class UsageReader
{
    /// <summary>Bytes of a plain JSON answer that are kept for reading: 4 MiB. Past it only the beginning is read.</summary>
    public const int BodyLimit = 4 << 20;

    private readonly SseParser? _events;
    private readonly ArrayBufferWriter<byte>? _body;

    /// <summary>A reader for one answer.</summary>
    /// <param name="streamed">Whether it is a stream of events, otherwise one JSON object.</param>
    public UsageReader(bool streamed)
    {
        if (streamed)
            _events = new SseParser(TakeEvent);
        else
            _body = new ArrayBufferWriter<byte>(1024);
    }

    /// <summary>What was read so far.</summary>
    public GenerationUsage Usage { get; } = new();

    /// <summary>Events with data, without <c>[DONE]</c>: about the number of tokens so far.</summary>
    public int Events { get; private set; }

    /// <summary>Whether anything of the answer itself has come; reports of progress do not count.</summary>
    public bool HasFirstToken { get; private set; }

    /// <summary>Whether the answer is a stream of events.</summary>
    public bool IsEvents => _events is not null;

    /// <summary>Whether the last event was too long to be read: the answer may have said there that it is over.</summary>
    public bool LastWasSkipped => _events?.LastWasSkipped == true;

    /// <summary>Takes the next bytes.</summary>
    /// <param name="bytes">Any number of them.</param>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        if (_events is not null)
        {
            _events.Feed(bytes);
            return;
        }

        HasFirstToken |= bytes.Length > 0;
        var room = BodyLimit - _body!.WrittenCount;
        _body.Write(bytes[..Math.Min(room, bytes.Length)]);
    }

    /// <summary>The answer is over.</summary>
    public void Complete()
    {
        _events?.Complete();
        if (_body is not null)
            UsageJson.Read(_body.WrittenSpan, Usage);
    }

    private void TakeEvent(ReadOnlySpan<byte> data)
    {
        if (data.SequenceEqual("[DONE]"u8))
        {
            Usage.Finished = true;
            return;
        }

        Events++;
        HasFirstToken |= data.IndexOf("\"prompt_progress\""u8) < 0;
        if (IsInteresting(data))
            UsageJson.Read(data, Usage);
    }

    // Most events are one token of text: a search for a few names is much cheaper than parsing each.
    private static bool IsInteresting(ReadOnlySpan<byte> data) =>
        data.IndexOf("\"usage\""u8) >= 0
        || data.IndexOf("\"timings\""u8) >= 0
        || data.IndexOf("\"error\""u8) >= 0
        || data.IndexOf("\"stop_type\""u8) >= 0
        || data.IndexOf("\"message_stop\""u8) >= 0
        || HasValue(data, "\"finish_reason\""u8)
        || HasValue(data, "\"stop_reason\""u8);

    private static bool HasValue(ReadOnlySpan<byte> data, ReadOnlySpan<byte> name)
    {
        var at = data.IndexOf(name);
        if (at < 0)
            return false;
        var rest = data[(at + name.Length)..].TrimStart(" \t\r\n:"u8);
        return rest.Length > 0 && rest[0] == '"';
    }
}
