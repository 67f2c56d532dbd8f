using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Web.Data;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Proxy.Bodies;

/// <summary>Reads bodies of requests: into memory as long as all of them together have room there, else into files of the data
/// folder.</summary>
internal sealed class BodyStore(IOptionsMonitor<ProxyOptions> options, DataFolder folder) : IDisposable
{
    private const int ViewsAtOnce = 2;

    /// <summary>Memory of all bodies.</summary>
    public BodyBudget Budget { get; } = new(() => (long)options.CurrentValue.BodyMemoryMb << 20);

    /// <summary>A body on disk is read in whole by few at a time: its pages count as memory for that while.</summary>
    public SemaphoreSlim Views { get; } = new(ViewsAtOnce, ViewsAtOnce);

    /// <summary>Makes a file for a body.</summary>
    public SpoolFile CreateFile() => SpoolFile.Create(folder);

    /// <summary>Reads the body, unpacked where it is packed.</summary>
    /// <param name="request">The request.</param>
    /// <param name="limit">Most bytes, after unpacking.</param>
    /// <param name="cancellation">The client went away.</param>
    /// <returns>The body, or why there is none.</returns>
    public async ValueTask<(RequestBody? Body, ProxyError Error)> ReadAsync(HttpRequest request, long limit, CancellationToken cancellation)
    {
        if (request.ContentLength > limit)
            return (null, ProxyError.BodyTooLarge);
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = null; // ours is checked below, with an answer in the form clients read
        var body = new RequestBody(this);
        var error = await TryFillAsync(body, request, limit, cancellation).ConfigureAwait(false);
        if (error is null)
            return (body, default);
        body.Dispose();
        return (null, error.Value);
    }

    /// <inheritdoc/>
    public void Dispose() => Views.Dispose();

    private static async ValueTask<ProxyError?> TryFillAsync(
        RequestBody body,
        HttpRequest request,
        long limit,
        CancellationToken cancellation
    )
    {
        var encoding = request.Headers.ContentEncoding;
        try
        {
            if (encoding.Count == 0)
                return await body.FillAsync(request.Body, limit, cancellation).ConfigureAwait(false);
            if (Unpacking.Open(request.Body, encoding.ToString()) is not { } plain)
                return ProxyError.UnsupportedEncoding;
            if (ReferenceEquals(plain, request.Body))
                return await body.FillAsync(plain, limit, cancellation).ConfigureAwait(false);
            await using (plain.ConfigureAwait(false))
                return await body.FillAsync(plain, limit, cancellation).ConfigureAwait(false);
        }
        catch (BodyNotKeptException)
        {
            return ProxyError.BodyNotKept;
        }
        catch (BadHttpRequestException error)
        {
            return RequestBody.ErrorOf(error);
        }
        catch (IOException error) when (error.InnerException is OverflowException)
        {
            return ProxyError.BadBody; // a chunk of a size that no number holds; the server has no word of its own for it
        }
        catch (Exception error) when (encoding.Count > 0 && Unpacking.IsDamage(error))
        {
            return ProxyError.BadBody;
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            return ProxyError.ClientGone;
        }
    }
}

/// <summary>A body has no room in memory and could not be written to disk.</summary>
internal sealed class BodyNotKeptException(Exception cause) : Exception(cause.Message, cause);
