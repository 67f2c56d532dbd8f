using System.IO.Compression;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace LlamaBlazor.Web.Proxy.Bodies;

/// <summary>Takes bodies out of their <c>Content-Encoding</c>.</summary>
internal static class Unpacking
{
    private const int MostLayers = 2;

    // 8 MiB, as much as a decoder must hold for HTTP (RFC 9659 3): a frame may ask for gigabytes.
    private const int LargestZstdWindowLog = 23;

    /// <summary>The plain body, or null where an encoding is not known or there are too many.</summary>
    /// <param name="body">The body as it comes; it is not closed with the result.</param>
    /// <param name="encoding">The header; a list names the encodings in the order they were applied.</param>
    public static Stream? Open(Stream body, string encoding)
    {
        var layers = encoding
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(layer => !layer.Equals("identity", StringComparison.OrdinalIgnoreCase))
            .ToList();
        if (layers.Count > MostLayers || layers.Any(layer => !IsKnown(layer)))
            return null;
        var plain = body;
        for (var i = layers.Count - 1; i >= 0; i--)
            plain = Layer(plain, layers[i], leaveOpen: ReferenceEquals(plain, body));
        return plain;
    }

    /// <summary>Whether an exception says that packed bytes are damaged.</summary>
    public static bool IsDamage(Exception error) =>
        error is InvalidDataException or InvalidOperationException or ZstdException or EndOfStreamException;

    private static bool IsKnown(string layer) => layer.ToLowerInvariant() is "gzip" or "x-gzip" or "br" or "deflate" or "zstd";

    private static Stream Layer(Stream inner, string layer, bool leaveOpen) =>
        layer.ToLowerInvariant() switch
        {
            "br" => new BrotliStream(inner, CompressionMode.Decompress, leaveOpen),
            "deflate" => new ZLibStream(inner, CompressionMode.Decompress, leaveOpen),
            "zstd" => Zstd(inner, leaveOpen),
            _ => new GZipStream(inner, CompressionMode.Decompress, leaveOpen),
        };

    private static DecompressionStream Zstd(Stream inner, bool leaveOpen)
    {
        var stream = new DecompressionStream(inner, leaveOpen: leaveOpen);
        stream.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, LargestZstdWindowLog);
        return stream;
    }
}
