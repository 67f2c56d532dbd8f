using System.Runtime.CompilerServices;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Proxy;

/// <summary>
/// The engine's answer on its way to the client: read for statistics, never changed. When it breaks off in the middle of a stream of
/// events, the client
/// gets an error event instead of a silent end (peers.md 4a); when it is a plain answer, the connection is broken so that no half answer
/// looks whole.
/// </summary>
internal sealed class TapStream(Stream inner, HttpContext context, InFlightRequest request, bool isEvents, TimeProvider clock) : Stream
{
    private bool _over;

    /// <summary>Called with each part of the answer that is to be kept, or null.</summary>
    public ResponseCapture? Capture { get; init; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

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
        if (_over)
            return 0;
        try
        {
            var read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (buffer.Length == 0)
                return 0; // YARP's wait for data without a buffer
            if (read > 0)
            {
                Take(buffer.Span[..read]);
                return read;
            }
        }
        catch (Exception error) when (error is IOException or HttpRequestException or OperationCanceledException)
        {
            await BreakAsync(error).ConfigureAwait(false);
            return 0;
        }

        await FinishAsync().ConfigureAwait(false);
        return 0;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush() { }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        var reader = request.Reader!;
        reader.Feed(bytes);
        if (isEvents)
            request.Pace.Note(reader.Events, clock.GetElapsedTime(request.StartTimestamp).TotalMilliseconds);
        Capture?.Add(bytes);
        // an engine that only says what is wrong does not work
        if (reader is { HasFirstToken: true, Usage.Error: null } && context.Response.StatusCode < StatusCodes.Status400BadRequest)
            request.SucceededTimestamp = clock.GetTimestamp();
        if (request.FirstTokenTimestamp == 0 && reader.HasFirstToken)
        {
            request.FirstTokenTimestamp = clock.GetTimestamp();
            request.State = InFlightState.Streaming;
        }
    }

    // A clean end of the connection is not yet the end of the answer: a stream says that it is over.
    private async ValueTask FinishAsync()
    {
        _over = true;
        var reader = request.Reader!;
        reader.Complete();
        if (context.Response.StatusCode >= StatusCodes.Status400BadRequest)
            return; // the engine refused, and says so itself
        if (reader.Usage.Error is { } error)
            request.Fail(ProxyError.UpstreamFailed, $"The engine reported: {error}");
        else if (isEvents && request.Route.Generates && !reader.Usage.Finished && !reader.LastWasSkipped)
            await TellAsync(ProxyError.UpstreamDied, "The engine ended its stream before the answer was complete.").ConfigureAwait(false);
    }

    private async ValueTask BreakAsync(Exception error)
    {
        _over = true;
        request.Reader!.Complete();
        var (reason, message) = Explain(error);
        if (isEvents && reason == ProxyError.UpstreamDied && request.Reader.Usage is { Finished: true, Error: null })
            return; // the answer was whole when the engine went: nothing is missing that an error could tell of
        if (reason == ProxyError.ClientGone || !isEvents)
        {
            request.Fail(reason, message);
            throw new IOException(message, error); // the forwarder breaks the connection
        }

        await TellAsync(reason, message).ConfigureAwait(false);
    }

    private (ProxyError Error, string Message) Explain(Exception error)
    {
        if (context.RequestAborted.IsCancellationRequested)
            return (ProxyError.ClientGone, "The client went away during the answer.");
        if (request.Cancelled.IsCancellationRequested)
            return (ProxyError.Cancelled, "The request was cancelled in the dashboard.");
        return error is OperationCanceledException
            ? (
                ProxyError.UpstreamTimeout,
                "The engine sent nothing for too long. Its log tells more; LlamaBlazor:Proxy:IdleTimeoutSeconds is the limit."
            )
            : (ProxyError.UpstreamDied, $"The engine of '{request.Target?.Model.Name}' broke off during the answer. Its log tells more.");
    }

    private async ValueTask TellAsync(ProxyError error, string message)
    {
        request.Fail(error, message);
        try
        {
            await context.Response.Body.WriteAsync(Refusals.Event(context, error, message), context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // The client has left too: the failure is recorded all the same.
        }
    }
}

/// <summary>Hands <see cref="TapStream"/> to the forwarder in place of the engine's own content.</summary>
internal sealed class TapContent(HttpContent inner, Func<Stream, Stream> tap) : HttpContent
{
    /// <inheritdoc/>
    protected override async Task<Stream> CreateContentReadStreamAsync() => tap(await inner.ReadAsStreamAsync().ConfigureAwait(false));

    /// <inheritdoc/>
    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
        tap(await inner.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>Keeps an answer for the response cache, up to a limit.</summary>
internal sealed class ResponseCapture(int limit)
{
    private readonly System.Buffers.ArrayBufferWriter<byte> _bytes = new(4096);

    /// <summary>The answer so far.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

    /// <summary>Bytes that were announced, or null.</summary>
    public long? Expected { get; set; }

    /// <summary>Whether nothing had to be left out.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <summary>Adds a part.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        IsWhole &= _bytes.WrittenCount + bytes.Length <= limit;
        if (IsWhole)
            System.Buffers.BuffersExtensions.Write(_bytes, bytes);
    }
}
