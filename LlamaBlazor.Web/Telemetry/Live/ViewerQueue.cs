using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using LlamaBlazor.Web.Shared.Live;

namespace LlamaBlazor.Web.Telemetry.Live;

/// <summary>The messages that one viewer has not taken yet; past the bound the oldest are dropped.</summary>
/// <typeparam name="T">Type of the messages.</typeparam>
internal sealed class ViewerQueue<T> : IDisposable
{
    /// <summary>Samples that wait for one viewer at most.</summary>
    public const int Bound = 16;

    private readonly Channel<T> _channel;
    private readonly IDisposable _subscription;

    /// <summary>Begins to collect.</summary>
    public ViewerQueue(Broadcast<T> source, int bound = Bound)
    {
        _channel = Channel.CreateBounded<T>(
            new BoundedChannelOptions(bound) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }
        );
        _subscription = source.Subscribe(message => _channel.Writer.TryWrite(message));
    }

    /// <summary>The next message, if there is one already.</summary>
    public bool TryRead([MaybeNullWhen(false)] out T message) => _channel.Reader.TryRead(out message);

    /// <summary>The messages in their order.</summary>
    public IAsyncEnumerable<T> ReadAllAsync(CancellationToken cancellation) => _channel.Reader.ReadAllAsync(cancellation);

    /// <inheritdoc/>
    public void Dispose() => _subscription.Dispose();
}
