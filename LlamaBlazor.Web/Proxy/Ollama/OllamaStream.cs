using System.Buffers;
using System.IO.Pipelines;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Domain.Proxy.Ollama;
using Microsoft.AspNetCore.Http.Features;

namespace LlamaBlazor.Web.Proxy.Ollama;

/// <summary>
/// Stands where the answer is written: events of an engine leave as lines of JSON at once, a plain answer leaves as a whole when it is
/// complete. Comments
/// that keep a waiting stream open say nothing in Ollama's form and go no further.
/// </summary>
internal sealed class OllamaStream : Stream, IHttpResponseBodyFeature
{
    private readonly HttpContext _context;
    private readonly OllamaAnswer _answer;
    private readonly IHttpResponseBodyFeature _inner;
    private readonly SseParser _events;
    private readonly ArrayBufferWriter<byte> _lines = new(512); // what one write brought
    private readonly ArrayBufferWriter<byte> _whole = new(512); // a plain answer; as long as the engine makes it, and it is one of its own
    private bool? _isEvents;
    private bool _complete;
    private PipeWriter? _writer;

    public OllamaStream(HttpContext context, OllamaAnswer answer)
    {
        (_context, _answer) = (context, answer);
        _inner = context.Features.Get<IHttpResponseBodyFeature>()!;
        _events = new SseParser(data =>
        {
            if (answer.Line(data) is { } line)
                _lines.Write(line);
        });
    }

    Stream IHttpResponseBodyFeature.Stream => this;

    PipeWriter IHttpResponseBodyFeature.Writer => _writer ??= PipeWriter.Create(this, new StreamPipeWriterOptions(leaveOpen: true));

    /// <inheritdoc/>
    public override bool CanRead => false;

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
    public void DisableBuffering() => _inner.DisableBuffering();

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken = default) =>
        IsEvents() ? _inner.StartAsync(cancellationToken) : Task.CompletedTask;

    /// <inheritdoc/>
    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    /// <summary>The answer is over: what was kept back is sent.</summary>
    public async Task CompleteAsync()
    {
        if (_complete || _context.RequestAborted.IsCancellationRequested)
            return;
        _complete = true;
        if (_isEvents == true)
        {
            _events.Complete();
            await SendLinesAsync(_context.RequestAborted).ConfigureAwait(false);
        }
        else
        {
            await SendWholeAsync().ConfigureAwait(false);
        }

        await _inner.CompleteAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!IsEvents())
        {
            _whole.Write(buffer.Span);
            return;
        }

        _events.Feed(buffer.Span);
        await SendLinesAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) =>
        _isEvents == true ? _inner.Stream.FlushAsync(cancellationToken) : Task.CompletedTask;

    /// <inheritdoc/>
    public override void Flush() { }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    // Decided by what the answer turns out to be when its first byte comes.
    private bool IsEvents()
    {
        if (_isEvents is { } known)
            return known;
        _isEvents = _context.Response.ContentType?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) == true;
        if (_isEvents.Value)
        {
            _context.Response.ContentType = "application/x-ndjson";
            _context.Response.ContentLength = null;
        }

        return _isEvents.Value;
    }

    private async ValueTask SendLinesAsync(CancellationToken cancellation)
    {
        if (_lines.WrittenCount == 0)
            return;
        await _inner.Stream.WriteAsync(_lines.WrittenMemory, cancellation).ConfigureAwait(false);
        _lines.ResetWrittenCount();
        await _inner.Stream.FlushAsync(cancellation).ConfigureAwait(false);
    }

    private async Task SendWholeAsync()
    {
        var body = _answer.Whole(_context.Response.StatusCode, _whole.WrittenSpan);
        _context.Response.ContentType = "application/json; charset=utf-8";
        _context.Response.ContentLength = body.Length;
        await _inner.Stream.WriteAsync(body, _context.RequestAborted).ConfigureAwait(false);
    }
}
