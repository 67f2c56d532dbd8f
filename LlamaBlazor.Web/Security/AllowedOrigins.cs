using System.Text.RegularExpressions;
using LlamaBlazor.Web.Shared.Configuration;

namespace LlamaBlazor.Web.Security;

/// <summary>
/// Pages of other origins that may use the endpoint: <c>LlamaBlazor:Security:AllowedOrigins</c>, a list such as
/// <c>http://localhost:3000</c>. Apps and browser extensions have origins of their own (<c>app://obsidian.md</c>,
/// <c>chrome-extension://ID</c>). None by default. They reach the routes for programs only, never the dashboard's own API.
/// </summary>
/// <param name="origins">The origins, as browsers send them.</param>
internal sealed partial class AllowedOrigins(IReadOnlyCollection<string> origins)
{
    /// <summary>The configuration key.</summary>
    public const string Key = "LlamaBlazor:Security:AllowedOrigins";

    private readonly HashSet<string> _origins = new(origins, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether an origin is on the list.</summary>
    public bool Contains(string? origin) => origin is not null && _origins.Count > 0 && _origins.Contains(origin);

    /// <summary>Reads the list, or a text with commas.</summary>
    /// <exception cref="StartupException">An entry is no origin.</exception>
    public static AllowedOrigins Read(IConfiguration configuration)
    {
        var origins = ConfiguredList.Read(configuration, Key).Select(origin => origin.TrimEnd('/')).ToList();
        return origins.Find(origin => !IsOrigin(origin)) is { } wrong
            ? throw new StartupException(
                $"{Key}: '{wrong}' is not an origin. "
                    + "Write scheme, host and port, such as http://localhost:3000, app://obsidian.md or chrome-extension://ID; "
                    + "* is not accepted, since every page you open could then use your models."
            )
            : new AllowedOrigins(origins);
    }

    // Files have no origin: browsers call it null, which all of them share.
    private static bool IsOrigin(string text)
    {
        if (text.StartsWith("file:", StringComparison.OrdinalIgnoreCase) || !Form().IsMatch(text))
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
    private static partial Regex Form();
}
