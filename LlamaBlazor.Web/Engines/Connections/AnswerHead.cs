namespace LlamaBlazor.Web.Engines.Connections;

/// <summary>Reads what a connection must know of the head of an answer in HTTP/1.1 (RFC 9112).</summary>
internal static class AnswerHead
{
    private static ReadOnlySpan<byte> Version => "HTTP/1."u8;

    private static ReadOnlySpan<byte> LineEnd => "\r\n"u8;

    private static ReadOnlySpan<byte> HeadEnd => "\r\n\r\n"u8;

    private static ReadOnlySpan<byte> Close => "Connection: close\r\n"u8;

    /// <summary>Whether these bytes begin an answer, or may do so.</summary>
    public static bool IsPart(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= Version.Length ? bytes.StartsWith(Version) : Version.StartsWith(bytes);

    /// <summary>Length of the head with the empty line at its end, or 0 where that has not come.</summary>
    public static int LengthOf(ReadOnlySpan<byte> bytes) => bytes.IndexOf(HeadEnd) is >= 0 and var at ? at + HeadEnd.Length : 0;

    /// <summary>Whether another head follows: 100 and its kind.</summary>
    public static bool IsInterim(ReadOnlySpan<byte> bytes) => StatusOf(bytes) is >= 100 and < 200 and not 101;

    /// <summary>Whether the connection is no longer HTTP afterwards.</summary>
    public static bool IsUpgrade(ReadOnlySpan<byte> bytes) => StatusOf(bytes) == 101;

    /// <summary>Whether the answer comes in chunks.</summary>
    public static bool IsChunked(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> name = "transfer-encoding:"u8;
        var rest = bytes[..LengthOf(bytes)];
        while (rest.IndexOf(LineEnd) is > 0 and var end)
        {
            if (end > name.Length && System.Text.Ascii.EqualsIgnoreCase(rest[..name.Length], name))
                return System.Text.Ascii.EqualsIgnoreCase(rest[name.Length..end].Trim((byte)' '), "chunked"u8);
            rest = rest[(end + LineEnd.Length)..];
        }

        return false;
    }

    /// <summary>The bytes with a header that ends the connection after this answer.</summary>
    public static byte[] WithClose(ReadOnlySpan<byte> bytes)
    {
        var at = bytes.IndexOf(LineEnd) + LineEnd.Length;
        var changed = new byte[bytes.Length + Close.Length];
        bytes[..at].CopyTo(changed);
        Close.CopyTo(changed.AsSpan(at));
        bytes[at..].CopyTo(changed.AsSpan(at + Close.Length));
        return changed;
    }

    // "HTTP/1.1 200 OK"
    private static int StatusOf(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 12
        && bytes.StartsWith(Version)
        && int.TryParse(bytes[9..12], System.Globalization.NumberStyles.None, null, out var status)
            ? status
            : 0;
}
