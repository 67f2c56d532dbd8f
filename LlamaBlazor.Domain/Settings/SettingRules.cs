using System.Globalization;
using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Settings;

/// <summary>What texts of settings must be, where kind and bounds do not say it: each answers with the rest of "It must be …", or
/// null.</summary>
public static partial class SettingRules
{
    // With another name, label or image the dashboard would not know its own containers again.
    private static readonly string[] OwnArguments = ["--name", "--label", "--detach", "-d", "--rm", "--pull", "--publish", "-p"];

    /// <summary>First and last port of a range, or null when it is not one.</summary>
    /// <param name="range">Such as <c>40000-40999</c>.</param>
    public static (int First, int Last)? ParsePorts(string range)
    {
        var parts = range.Split('-', StringSplitOptions.TrimEntries);
        return
            parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            && first is >= 1024
            && last is <= 65535
            && first <= last
            ? (first, last)
            : null;
    }

    /// <summary>A range of ports.</summary>
    /// <param name="text">The range.</param>
    public static string? Ports(string text) =>
        ParsePorts(text) is null ? "two ports from 1024 to 65535, the smaller first, such as 40000-40999" : null;

    /// <summary>An absolute path of a folder.</summary>
    /// <param name="text">The path.</param>
    public static string? Folder(string text) => Path.IsPathFullyQualified(text) ? null : "absolute paths of folders";

    /// <summary>An address of the web.</summary>
    /// <param name="text">The address.</param>
    public static string? Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? null
            : "an address that starts with https:// or http://";

    /// <summary>An argument of a container that the dashboard does not decide itself.</summary>
    /// <param name="text">The argument.</param>
    public static string? Argument(string text) =>
        OwnArguments.Contains(text.Split('=')[0]) ? $"without {text}, which the dashboard decides itself" : null;

    /// <summary>An origin as browsers send it.</summary>
    /// <param name="text">Scheme, host and port; a slash at the end changes nothing.</param>
    public static string? Origin(string text) =>
        IsOrigin(text.TrimEnd('/'))
            ? null
            : $"origins, which '{text}' is not: write scheme, host and port, such as http://localhost:3000, app://obsidian.md or "
                + "chrome-extension://ID; * is not accepted, since every page you open could then use your models";

    /// <summary>A name or address of a machine, without a port.</summary>
    /// <param name="text">The name.</param>
    public static string? Host(string text) =>
        Uri.CheckHostName(PlainHost(text)) != UriHostNameType.Unknown
            ? null
            : $"names or addresses of machines, which '{text}' is not: write them without scheme and port, such as host.docker.internal; "
                + "* is not accepted, since every page you open could then use your models";

    /// <summary>A host without what changes nothing: the dot at the end of a complete name, and the brackets of IPv6.</summary>
    /// <param name="host">The host.</param>
    public static string PlainHost(string host) => host.Trim('[', ']').TrimEnd('.');

    // Files have no origin: browsers call it null, which all of them share.
    private static bool IsOrigin(string text)
    {
        if (text.StartsWith("file:", StringComparison.OrdinalIgnoreCase) || !OriginForm().IsMatch(text))
            return false;
        return !text.StartsWith("http:", StringComparison.OrdinalIgnoreCase)
                && !text.StartsWith("https:", StringComparison.OrdinalIgnoreCase)
            || (
                Uri.TryCreate(text, UriKind.Absolute, out var uri)
                && uri.GetLeftPart(UriPartial.Authority).Equals(text, StringComparison.OrdinalIgnoreCase)
            );
    }

    // Scheme and host as RFC 6454 writes an origin: no path, no user, no wildcard.
    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9+.\-]*://[A-Za-z0-9._~\-\[\]:]+$")]
    private static partial Regex OriginForm();
}
