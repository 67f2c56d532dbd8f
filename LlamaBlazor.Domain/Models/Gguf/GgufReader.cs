using System.Buffers;
using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Domain.Models.Gguf;

/// <summary>
/// Reads the header of a GGUF file: v2 and v3, either byte order, everything but the tensor data (parameters.md, h; llama.cpp
/// <c>gguf.cpp</c>).
/// Whatever the header claims, it takes one buffer of 64 KiB and what <see cref="GgufLimits"/> allows, and it refuses what llama.cpp
/// refuses, with the reason.
/// Layout: magic, version, counts · keys and values · tensor table · padding · data.
/// </summary>
public static class GgufReader
{
    private const int BufferSize = 64 << 10;

    /// <summary>Reads from the start of a stream.</summary>
    /// <param name="stream">A stream that can seek; stays open.</param>
    /// <param name="cancellation">Ends the reading between two buffers.</param>
    /// <returns>The header, or why the file cannot be used.</returns>
    public static Result<GgufFile> Read(Stream stream, CancellationToken cancellation = default) =>
        WithCursor(stream, static cursor => new GgufHeaderReader(cursor).File(), cancellation);

    /// <summary>Reads some items of one array, for showing vocabularies page by page.</summary>
    /// <param name="stream">A stream that can seek; stays open.</param>
    /// <param name="key">Key of the array.</param>
    /// <param name="after">Items to leave out, from 0.</param>
    /// <param name="limit">Most items to read, up to 10,000.</param>
    /// <param name="cancellation">Ends the reading between two buffers.</param>
    public static Result<GgufValue> ReadItems(Stream stream, string key, long after, int limit, CancellationToken cancellation = default) =>
        WithCursor(
            stream,
            cursor => new GgufHeaderReader(cursor).Items(key, Math.Max(0, after), Math.Clamp(limit, 1, 10_000)),
            cancellation
        );

    private static Result<T> WithCursor<T>(Stream stream, Func<GgufCursor, T?> read, CancellationToken cancellation)
        where T : class
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var cursor = new GgufCursor(stream, buffer, cancellation);
            var result = read(cursor);
            if (cursor.Error is not { } error)
                return result is null ? Failure.NotFound("There is no such key.") : result;
            return new Failure(FailureKind.Invalid, char.ToUpperInvariant(error[0]) + error[1..] + ".");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
