using System.Text;

namespace LlamaBlazor.Domain.Proxy;

/// <summary>A model named by a path, and what of the path is left for the engine.</summary>
/// <param name="Model">The name, decoded.</param>
/// <param name="Rest">The rest with its leading slash, encoded as it came; empty when the path ended with the model.</param>
public sealed record PathModel(string Model, string Rest);

/// <summary>Finds the model a request names, outside of JSON bodies (<see cref="RequestReader"/> reads those).</summary>
public static class ModelSelector
{
    /// <summary>Segments of a path that may belong to a name.</summary>
    private const int MaxSegments = 8;

    /// <summary>Splits <c>owner/name/v1/…</c> after the longest prefix of segments that names a model. <c>%2F</c> counts as a slash of the
    /// name.</summary>
    /// <param name="path">The path after the prefix, still percent-encoded, without a leading slash and without the query.</param>
    /// <param name="exists">Whether a name is a model or an alias.</param>
    /// <returns>The split, or null when no prefix names a model.</returns>
    public static PathModel? FromPath(string path, Func<string, bool> exists)
    {
        PathModel? found = null;
        var end = -1;
        for (var segment = 0; segment < MaxSegments && end < path.Length; segment++)
        {
            end = path.IndexOf('/', end + 1);
            if (end < 0)
                end = path.Length;
            var name = Uri.UnescapeDataString(path[..end]);
            if (name.Length > 0 && exists(name))
                found = new PathModel(name, path[end..]);
        }

        return found;
    }

    /// <summary>The first segment of a path, decoded: what to name in an error when <see cref="FromPath"/> finds nothing.</summary>
    /// <param name="path">As for <see cref="FromPath"/>.</param>
    public static string FirstSegment(string path) => Uri.UnescapeDataString(path.Split('/', 2)[0]);

    /// <summary>The boundary of a multipart form, or null when the content type is none.</summary>
    /// <param name="contentType">The header, such as <c>multipart/form-data; boundary=x</c>.</param>
    public static string? Boundary(string? contentType)
    {
        if (contentType is null || !contentType.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            return null;
        var at = contentType.IndexOf("boundary=", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            return null;
        var value = contentType[(at + "boundary=".Length)..].Split(';')[0].Trim().Trim('"');
        return value.Length is > 0 and <= 200 ? value : null;
    }

    /// <summary>The value of a text field of a multipart form, or null.</summary>
    /// <param name="body">The whole body.</param>
    /// <param name="boundary">The boundary without its dashes.</param>
    /// <param name="field">Name of the field.</param>
    public static string? FromForm(ReadOnlySpan<byte> body, string boundary, string field)
    {
        var delimiter = Encoding.UTF8.GetBytes("--" + boundary).AsSpan();
        for (var start = body.IndexOf(delimiter); start >= 0; )
        {
            var part = body[(start + delimiter.Length)..];
            var next = part.IndexOf(delimiter);
            if (next < 0)
                return null;
            if (FieldValue(part[..next], field) is { } value)
                return value;
            start += delimiter.Length + next;
        }

        return null;
    }

    // A part is: CRLF, headers, CRLF CRLF, value, CRLF.
    private static string? FieldValue(ReadOnlySpan<byte> part, string field)
    {
        var gap = part.IndexOf("\r\n\r\n"u8);
        if (gap < 0)
            return null;
        var headers = Encoding.UTF8.GetString(part[..gap]);
        var isField =
            headers.Contains($"name=\"{field}\"", StringComparison.OrdinalIgnoreCase)
            || headers.Contains($"name={field}\r", StringComparison.OrdinalIgnoreCase)
            || headers.EndsWith($"name={field}", StringComparison.OrdinalIgnoreCase);
        if (!isField || headers.Contains("filename", StringComparison.OrdinalIgnoreCase))
            return null;
        var value = part[(gap + 4)..];
        return Encoding.UTF8.GetString(value.EndsWith("\r\n"u8) ? value[..^2] : value);
    }
}
