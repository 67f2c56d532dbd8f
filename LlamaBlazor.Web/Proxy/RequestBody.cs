using System.Buffers;
using System.IO.Compression;
using LlamaBlazor.Domain.Proxy;
using Microsoft.AspNetCore.Http.Features;

namespace LlamaBlazor.Web.Proxy;

/// <summary>A whole request body in a pooled array, so that the model can be read from it and the same bytes go upstream.</summary>
internal sealed class RequestBody : IDisposable
{
    private const int FirstSize = 16 << 10;
    private byte[] _buffer;
    private int _length;

    private RequestBody(int size) => _buffer = ArrayPool<byte>.Shared.Rent(size);

    /// <summary>The bytes. Gone after <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, _length);

    /// <summary>Reads the body, unpacked where it is packed.</summary>
    /// <param name="request">The request.</param>
    /// <param name="limit">Most bytes, after unpacking.</param>
    /// <param name="cancellation">The client went away.</param>
    /// <returns>The body, or why there is none.</returns>
    public static async ValueTask<(RequestBody? Body, ProxyError Error)> ReadAsync(HttpRequest request, long limit, CancellationToken cancellation)
    {
        if (request.ContentLength > limit)
            return (null, ProxyError.BodyTooLarge);
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = null; // ours is checked below, with an answer in the form clients read
        var body = new RequestBody((int)Math.Min(request.ContentLength ?? FirstSize, FirstSize));
        var error = await body.TryFillAsync(request, limit, cancellation).ConfigureAwait(false);
        if (error is null)
            return (body, default);
        body.Dispose();
        return (null, error.Value);
    }

    /// <summary>Lets no more of a body through that is passed on unread.</summary>
    /// <param name="request">The request.</param>
    /// <param name="limit">Most bytes, as they come.</param>
    /// <returns>False when it is known to be larger.</returns>
    public static bool TryLimit(HttpRequest request, long limit)
    {
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = limit;
        return request.ContentLength is not { } length || length <= limit;
    }

    /// <summary>What the server found wrong with a body while it came.</summary>
    /// <param name="error">Its finding.</param>
    public static ProxyError ErrorOf(BadHttpRequestException error) => error.StatusCode switch
    {
        StatusCodes.Status408RequestTimeout => ProxyError.SlowClient,
        StatusCodes.Status413PayloadTooLarge => ProxyError.BodyTooLarge,
        _ => ProxyError.BadBody,
    };

    /// <summary>Makes the request carry these bytes once more, as a plain body of known length.</summary>
    /// <param name="request">The request.</param>
    public void Rewind(HttpRequest request)
    {
        request.Body = new MemoryStream(_buffer, 0, _length, writable: false);
        request.ContentLength = _length;
        request.Headers.Remove("Transfer-Encoding");
        request.Headers.Remove("Content-Encoding");
    }

    /// <summary>Replaces the bytes.</summary>
    /// <param name="bytes">The new ones.</param>
    public void Replace(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length - _length);
        bytes.CopyTo(_buffer);
        _length = bytes.Length;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _length = 0;
    }

    private async ValueTask<ProxyError?> TryFillAsync(HttpRequest request, long limit, CancellationToken cancellation)
    {
        try
        {
            if (request.Headers.ContentEncoding is { Count: 0 } || IsPlain(request.Headers.ContentEncoding.ToString()))
                return await FillAsync(request.Body, limit, cancellation).ConfigureAwait(false);
            if (Unpack(request) is not { } unpacked)
                return ProxyError.UnsupportedEncoding;
            await using (unpacked.ConfigureAwait(false))
                return await FillAsync(unpacked, limit, cancellation).ConfigureAwait(false);
        }
        catch (InvalidDataException)
        {
            return ProxyError.BadBody; // packed, but damaged
        }
        catch (BadHttpRequestException error)
        {
            return ErrorOf(error);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            return ProxyError.ClientGone;
        }
    }

    private static bool IsPlain(string encoding) => encoding.Trim().Equals("identity", StringComparison.OrdinalIgnoreCase);

    private static Stream? Unpack(HttpRequest request) => request.Headers.ContentEncoding.ToString().Trim().ToLowerInvariant() switch
    {
        "gzip" or "x-gzip" => new GZipStream(request.Body, CompressionMode.Decompress, leaveOpen: true),
        "br" => new BrotliStream(request.Body, CompressionMode.Decompress, leaveOpen: true),
        "deflate" => new ZLibStream(request.Body, CompressionMode.Decompress, leaveOpen: true),
        _ => null,
    };

    private async ValueTask<ProxyError?> FillAsync(Stream source, long limit, CancellationToken cancellation)
    {
        while (true)
        {
            Reserve(1);
            var read = await source.ReadAsync(_buffer.AsMemory(_length), cancellation).ConfigureAwait(false);
            if (read == 0)
                return null;
            _length += read;
            if (_length > limit)
                return ProxyError.BodyTooLarge;
        }
    }

    // Doubles: a client that announces much and sends little holds little.
    private void Reserve(int more)
    {
        if (_length + more <= _buffer.Length)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + more, _buffer.Length * 2));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
