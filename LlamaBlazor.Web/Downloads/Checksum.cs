namespace LlamaBlazor.Web.Downloads;

/// <summary>A SHA-256 as text.</summary>
internal static class Checksum
{
    private const int Length = 64;

    /// <summary>The 64 hexadecimal digits in small letters, or null where the text is no SHA-256; a prefix <c>sha256:</c> and quotes are
    /// taken off.</summary>
    public static string? Parse(string? text)
    {
        var digits = text?.Trim().Trim('"');
        if (digits?.StartsWith("sha256:", StringComparison.OrdinalIgnoreCase) == true)
            digits = digits["sha256:".Length..];
        return digits is { Length: Length } && digits.All(char.IsAsciiHexDigit) ? digits.ToLowerInvariant() : null;
    }
}
