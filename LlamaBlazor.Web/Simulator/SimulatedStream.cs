using System.Text.Json.Nodes;

namespace LlamaBlazor.Web.Simulator;

/// <summary>The events of one answer so far, for whoever reads them and whenever. The last 4 MiB are kept.</summary>
internal sealed class SimulatedStream : IDisposable
{
    private const int MaxBytes = 4 << 20;

    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _cancel = new();
    private readonly Lock _lock = new();
    private readonly List<byte> _bytes = [];
    private readonly DateTimeOffset _startedAt;
    private DateTimeOffset? _completedAt;
    private long? _completed; // by the clock that never goes back
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SimulatedStream(string id, TimeProvider clock)
    {
        (Id, _clock, _startedAt) = (id, clock, clock.GetUtcNow());
        Cancelled = _cancel.Token;
    }

    /// <summary>The conversation.</summary>
    public string Id { get; }

    /// <summary>Ends when the stream is ended by a request.</summary>
    public CancellationToken Cancelled { get; }

    /// <summary>Bytes from the start that are no longer kept.</summary>
    public long Dropped { get; private set; }

    /// <summary>Ends the work for it.</summary>
    public void Cancel()
    {
        try
        {
            _cancel.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // it was over already
        }
    }

    /// <summary>Adds events.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            _bytes.AddRange(bytes);
            var surplus = Math.Max(0, _bytes.Count - MaxBytes);
            _bytes.RemoveRange(0, surplus);
            Dropped += surplus;
            Wake();
        }
    }

    /// <summary>The answer is over: what was kept can still be read.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            (_completedAt, _completed) = (_clock.GetUtcNow(), _clock.GetTimestamp());
            Wake();
        }

        _cancel.Dispose();
    }

    /// <summary>The events from a place on, waiting for the next where there are none yet; empty at the end.</summary>
    public async Task<byte[]> ReadAsync(long from, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                var at = (int)Math.Clamp(from - Dropped, 0, _bytes.Count);
                if (from < Dropped || at < _bytes.Count || _completed is not null)
                    return from < Dropped ? [] : [.. _bytes.Skip(at)];
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellation);
        }
    }

    /// <summary>Whether it has been over for so long.</summary>
    public bool IsOlderThan(TimeSpan age)
    {
        lock (_lock)
            return _completed is { } at && _clock.GetElapsedTime(at) > age;
    }

    /// <summary>What a look-up tells of it.</summary>
    public JsonObject Json()
    {
        lock (_lock)
        {
            return new JsonObject
            {
                ["conversation_id"] = Id,
                ["is_done"] = _completed is not null,
                ["total_bytes"] = Dropped + _bytes.Count,
                ["started_at"] = _startedAt.ToUnixTimeSeconds(),
                ["completed_at"] = _completedAt?.ToUnixTimeSeconds() ?? 0,
            };
        }
    }

    private void Wake()
    {
        _changed.TrySetResult();
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>An answer's body that is kept as well, and goes on when its client has left.</summary>
/// <param name="client">The body.</param>
/// <param name="stream">Where it is kept.</param>
internal sealed class SimulatedStreamCopy(Stream client, SimulatedStream stream) : Stream
{
    private bool _isGone;

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
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        stream.Add(buffer.Span);
        await TryAsync(() => client.WriteAsync(buffer, cancellationToken));
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override async Task FlushAsync(CancellationToken cancellationToken) =>
        await TryAsync(() => new ValueTask(client.FlushAsync(cancellationToken)));

    /// <inheritdoc/>
    public override void Flush() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private async ValueTask TryAsync(Func<ValueTask> write)
    {
        if (_isGone)
            return;
        try
        {
            await write();
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            stream.Cancelled.ThrowIfCancellationRequested();
            _isGone = true;
        }
    }
}
