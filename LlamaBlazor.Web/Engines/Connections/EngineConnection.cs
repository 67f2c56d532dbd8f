using System.Buffers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace LlamaBlazor.Web.Engines.Connections;

/// <summary>
/// One connection to an engine, below the HTTP client. Where an answer is chunked and the engine is not known to keep the connection, the
/// client is told
/// <c>Connection: close</c>, so that it does not give the connection to the next request; where the engine closed a reused connection
/// without having read
/// a request, the client gets <see cref="UnreadRequestException"/>.
/// </summary>
internal sealed class EngineConnection(Stream inner, string authority, EngineHabits habits, TimeProvider clock) : Stream
{
    private const int HeadLimit = 64 << 10;

    // How long the reset may take that follows an end of the connection when a request was left unread.
    private static readonly TimeSpan ResetLimit = TimeSpan.FromMilliseconds(50);

    private volatile bool _awaiting; // a request was written, and nothing of its answer has come
    private int _requests;
    private bool _isRaw; // no longer HTTP
    private bool _wasChunked; // the last answer
    private bool _willClose;
    private ReadOnlyMemory<byte> _pending; // of an answer, already received
    private uint _last; // its last four bytes

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_pending.IsEmpty)
            return TakePending(buffer);
        var read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (buffer.IsEmpty || _isRaw)
            return read;
        // Looked at after the wait: an idle connection is read before the next request is written.
        if (_awaiting)
            return read > 0
                ? await TakeHeadAsync(buffer, read, cancellationToken).ConfigureAwait(false)
                : await EndAsync().ConfigureAwait(false);
        if (read == 0 && _wasChunked)
            habits.Note(authority, kept: false); // it was taken for one that keeps it
        NoteEnd(buffer.Span[..read]);
        return read;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_awaiting && !_isRaw)
        {
            _requests++;
            _awaiting = true;
        }

        try
        {
            await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException error) when (_awaiting && _requests > 1)
        {
            throw new UnreadRequestException(error); // an engine begins with a whole request only
        }
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush() => inner.Flush();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // Broken off in the middle, it is closed at once: the engine stops working for nobody.
            if (_willClose && _last == EndOfChunks && habits.TryWatch(authority))
                _ = WatchAsync();
            else
                inner.Dispose();
        }

        base.Dispose(disposing);
    }

    // "\r\n\r\n" behind the chunk of no bytes.
    private const uint EndOfChunks = 0x0D0A0D0A;

    private void NoteEnd(ReadOnlySpan<byte> bytes)
    {
        if (!_willClose)
            return;
        foreach (var letter in bytes.Length > 4 ? bytes[^4..] : bytes)
            _last = (_last << 8) | letter;
    }

    private int TakePending(Memory<byte> buffer)
    {
        var length = Math.Min(buffer.Length, _pending.Length);
        _pending[..length].CopyTo(buffer);
        _pending = _pending[length..];
        return length;
    }

    // The head of an answer: whole in nearly every case, else the rest of it is waited for.
    private async ValueTask<int> TakeHeadAsync(Memory<byte> buffer, int read, CancellationToken cancellation)
    {
        _awaiting = false;
        (_wasChunked, _willClose) = (false, false);
        var head = buffer[..read];
        if (AnswerHead.IsPart(head.Span) && AnswerHead.LengthOf(head.Span) == 0)
            head = await ReadHeadAsync(head, cancellation).ConfigureAwait(false);
        if (AnswerHead.IsInterim(head.Span))
            _awaiting = true; // the answer itself follows
        _isRaw = AnswerHead.IsUpgrade(head.Span);
        if (AnswerHead.IsChunked(head.Span))
        {
            _wasChunked = true;
            _willClose = !habits.Keeps(authority);
        }

        NoteEnd(head.Span);
        return Hand(buffer, _willClose ? AnswerHead.WithClose(head.Span) : head);
    }

    private int Hand(Memory<byte> buffer, ReadOnlyMemory<byte> bytes)
    {
        var length = Math.Min(buffer.Length, bytes.Length);
        bytes[..length].CopyTo(buffer);
        _pending = bytes[length..];
        return length;
    }

    private async ValueTask<Memory<byte>> ReadHeadAsync(ReadOnlyMemory<byte> part, CancellationToken cancellation)
    {
        var whole = new ArrayBufferWriter<byte>(4096);
        whole.Write(part.Span);
        while (whole.WrittenCount < HeadLimit && AnswerHead.LengthOf(whole.WrittenSpan) == 0)
        {
            var read = await inner.ReadAsync(whole.GetMemory(4096), cancellation).ConfigureAwait(false);
            if (read == 0)
                break;
            whole.Advance(read);
        }

        return whole.WrittenSpan.ToArray();
    }

    // An engine that closes with a request unread has its kernel answer with a reset: one that read it has not.
    private async ValueTask<int> EndAsync()
    {
        if (_wasChunked)
            habits.Note(authority, kept: false);
        if (_requests < 2 || inner is not NetworkStream { Socket: var socket })
            return 0;
        var since = clock.GetTimestamp();
        do
        {
            if (socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error) is not 0)
                throw new UnreadRequestException();
            await Task.Delay(TimeSpan.FromMilliseconds(1), clock).ConfigureAwait(false);
        } while (clock.GetElapsedTime(since) < ResetLimit);
        return 0;
    }

    private async Task WatchAsync()
    {
        bool? kept = null;
        try
        {
            using var limit = new CancellationTokenSource(EngineHabits.Watch, clock);
            var buffer = new byte[1];
            kept = await inner.ReadAsync(buffer, limit.Token).ConfigureAwait(false) == 0 ? false : null;
        }
        catch (OperationCanceledException)
        {
            kept = true;
        }
        catch (IOException)
        {
            kept = false;
        }
        finally
        {
            habits.Note(authority, kept);
            await inner.DisposeAsync().ConfigureAwait(false);
        }
    }
}
