using System.Buffers;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Web.Proxy.Bodies;
using Microsoft.AspNetCore.Http.Features;

namespace LlamaBlazor.Web.Proxy;

/// <summary>Gets the bytes of a body, and writes those that come in their place.</summary>
internal delegate void BodyRewrite(ReadOnlySpan<byte> bytes, BytesWriter write);

/// <summary>A whole request body, so that the model can be read from it and the same bytes go upstream: in memory where there is room, else
/// in a file.</summary>
internal sealed class RequestBody(BodyStore store) : IDisposable
{
    /// <summary>Most bytes that one body takes of the memory of all.</summary>
    public const int MemoryLimit = 8 << 20;

    private const int FirstSize = 16 << 10;
    private const int PartSize = 64 << 10;
    private const int PooledLimit = 1 << 20; // larger arrays would stay in the pool for good

    private byte[] _buffer = [];
    private int _inBuffer;
    private long _granted;
    private SpoolFile? _file;

    /// <summary>Bytes.</summary>
    public long Length => _file?.Length ?? _inBuffer;

    /// <summary>Whether it is on disk.</summary>
    public bool IsOnDisk => _file is not null;

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
    public static ProxyError ErrorOf(BadHttpRequestException error) =>
        error.StatusCode switch
        {
            StatusCodes.Status408RequestTimeout => ProxyError.SlowClient,
            StatusCodes.Status413PayloadTooLarge => ProxyError.BodyTooLarge,
            _ => ProxyError.BadBody,
        };

    /// <summary>Reads something from the bytes, which are there for the length of the call.</summary>
    /// <param name="read">Reads.</param>
    /// <param name="cancellation">The client went away.</param>
    public async ValueTask<T> ReadAsync<T>(BytesReader<T> read, CancellationToken cancellation)
    {
        if (_file is null)
            return read(_buffer.AsSpan(0, _inBuffer));
        await store.Views.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return _file.View(read);
        }
        finally
        {
            store.Views.Release();
        }
    }

    /// <summary>A copy of the bytes; for small bodies.</summary>
    /// <param name="cancellation">The client went away.</param>
    public ValueTask<byte[]> CopyAsync(CancellationToken cancellation) => ReadAsync(static bytes => bytes.ToArray(), cancellation);

    /// <summary>Makes the request carry a plain body of this length once more; its bytes go upstream from
    /// <see cref="ToContent"/>.</summary>
    /// <param name="request">The request.</param>
    public void Rewind(HttpRequest request)
    {
        request.Body = Stream.Null;
        request.ContentLength = Length;
        request.Headers.Remove("Transfer-Encoding");
        request.Headers.Remove("Content-Encoding");
    }

    /// <summary>The bytes as a body for an engine, as often as needed.</summary>
    public HttpContent ToContent() => _file is null ? new ReadOnlyMemoryContent(_buffer.AsMemory(0, _inBuffer)) : new BodyContent(_file);

    /// <summary>Replaces the bytes.</summary>
    /// <param name="write">Gets the bytes as they are, and writes new ones piece by piece.</param>
    /// <param name="cancellation">The client went away.</param>
    /// <exception cref="BodyNotKeptException">The disk is full.</exception>
    public async ValueTask RewriteAsync(BodyRewrite write, CancellationToken cancellation)
    {
        var changed = new RequestBody(store);
        try
        {
            await ReadAsync(
                    bytes =>
                    {
                        write(bytes, changed.Append);
                        return true;
                    },
                    cancellation
                )
                .ConfigureAwait(false);
        }
        catch
        {
            changed.Dispose();
            throw;
        }

        Release();
        (_buffer, _inBuffer, _granted, _file) = (changed._buffer, changed._inBuffer, changed._granted, changed._file);
    }

    /// <summary>Takes all of a stream.</summary>
    /// <param name="source">The stream.</param>
    /// <param name="limit">Most bytes.</param>
    /// <param name="cancellation">The client went away.</param>
    /// <returns>What is wrong with it, or null.</returns>
    /// <exception cref="BodyNotKeptException">The disk is full.</exception>
    public async ValueTask<ProxyError?> FillAsync(Stream source, long limit, CancellationToken cancellation)
    {
        while (HasRoom(1))
        {
            var read = await source.ReadAsync(_buffer.AsMemory(_inBuffer), cancellation).ConfigureAwait(false);
            if (read == 0)
                return null;
            _inBuffer += read;
            if (_inBuffer > limit)
                return ProxyError.BodyTooLarge;
        }

        MoveToDisk();
        var part = ArrayPool<byte>.Shared.Rent(PartSize);
        try
        {
            while (await source.ReadAsync(part, cancellation).ConfigureAwait(false) is > 0 and var read)
            {
                if (Length + read > limit)
                    return ProxyError.BodyTooLarge;
                await AppendToFileAsync(part.AsMemory(0, read), cancellation).ConfigureAwait(false);
            }

            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(part);
        }
    }

    /// <summary>Adds bytes.</summary>
    /// <exception cref="BodyNotKeptException">The disk is full.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_file is null && HasRoom(bytes.Length))
        {
            bytes.CopyTo(_buffer.AsSpan(_inBuffer));
            _inBuffer += bytes.Length;
            return;
        }

        MoveToDisk();
        try
        {
            _file!.Append(bytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BodyNotKeptException(error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Release();

    private async ValueTask AppendToFileAsync(ReadOnlyMemory<byte> part, CancellationToken cancellation)
    {
        try
        {
            await _file!.AppendAsync(part, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BodyNotKeptException(error);
        }
    }

    // Doubles: a client that announces much and sends little holds little.
    private bool HasRoom(int more)
    {
        if (_inBuffer + more <= _buffer.Length)
            return true;
        var size = Math.Max(Math.Max(_inBuffer + more, _buffer.Length * 2), FirstSize);
        if (size > MemoryLimit || !store.Budget.TryTake(size - _granted))
            return false;
        var larger = size <= PooledLimit ? ArrayPool<byte>.Shared.Rent(size) : GC.AllocateUninitializedArray<byte>(size);
        _buffer.AsSpan(0, _inBuffer).CopyTo(larger);
        GiveBack(_buffer);
        (_buffer, _granted) = (larger, size);
        return true;
    }

    private void MoveToDisk()
    {
        if (_file is not null)
            return;
        try
        {
            _file = store.CreateFile();
            _file.Append(_buffer.AsSpan(0, _inBuffer));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BodyNotKeptException(error);
        }

        ReleaseMemory();
    }

    private void Release()
    {
        _file?.Dispose();
        _file = null;
        ReleaseMemory();
    }

    private void ReleaseMemory()
    {
        GiveBack(_buffer);
        store.Budget.Return(_granted);
        (_buffer, _inBuffer, _granted) = ([], 0, 0);
    }

    private static void GiveBack(byte[] buffer)
    {
        if (buffer.Length is > 0 and <= PooledLimit)
            ArrayPool<byte>.Shared.Return(buffer);
    }
}
