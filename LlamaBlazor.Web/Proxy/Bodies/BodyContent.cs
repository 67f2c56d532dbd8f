using System.Buffers;
using System.Net;
using LlamaBlazor.Web.Engines.Connections;

namespace LlamaBlazor.Web.Proxy.Bodies;

/// <summary>A body on disk on its way to an engine; it can be sent again.</summary>
internal sealed class BodyContent(SpoolFile file) : HttpContent, IRepeatableContent
{
    private const int PartSize = 64 << 10;

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PartSize);
        try
        {
            for (
                long offset = 0;
                await file.ReadAsync(buffer, offset, cancellationToken).ConfigureAwait(false) is > 0 and var read;
                offset += read
            )
                await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = file.Length;
        return true;
    }
}
