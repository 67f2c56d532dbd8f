namespace LlamaBlazor.Domain.Security;

/// <summary>Whose page made a request, as far as its headers tell.</summary>
public enum RequestSource
{
    /// <summary>A page of this very origin, a person (address bar, bookmark), or a program: programs send none of these headers.</summary>
    Own,

    /// <summary>A page of another origin sends the person here: a link that was clicked, an address that was assigned.</summary>
    ForeignNavigation,

    /// <summary>A page of another origin asks by itself: an image, a frame, a form, a fetch, a socket.</summary>
    Foreign,
}

/// <summary>
/// What a browser tells of the page behind a request: Origin (RFC 6454), Sec-Fetch-* (W3C Fetch Metadata) and, of old ones, Referer.
/// Scripts cannot set any of them.
/// </summary>
/// <param name="Method">Method of the request.</param>
/// <param name="Origins">Values of Origin; usually none or one.</param>
/// <param name="Site">Sec-Fetch-Site, or null.</param>
/// <param name="Mode">Sec-Fetch-Mode, or null.</param>
/// <param name="Destination">Sec-Fetch-Dest, or null.</param>
/// <param name="Referer">Referer, or null.</param>
public sealed record BrowserRequest(
    string Method,
    IReadOnlyList<string?> Origins,
    string? Site,
    string? Mode,
    string? Destination,
    string? Referer
)
{
    /// <summary>Whether the request shows a document to a person: the whole window goes there.</summary>
    public bool IsNavigation => Method == "GET" && Mode == "navigate" && Destination == "document";

    /// <summary>Judges whose page it was.</summary>
    /// <param name="own">The origin that was asked: <c>http://127.0.0.1:5080</c>. Another name, port or scheme of this machine is another
    /// site: somebody else may serve there.</param>
    public RequestSource Judge(string own)
    {
        if (Origins.Any(origin => !IsSame(origin, own)))
            return RequestSource.Foreign;
        if (!string.IsNullOrEmpty(Site))
            return Site is "same-origin" or "none" ? RequestSource.Own
                : IsNavigation ? RequestSource.ForeignNavigation
                : RequestSource.Foreign;
        if (Origins.Count > 0 || string.IsNullOrEmpty(Referer) || IsSame(OriginOf(Referer), own))
            return RequestSource.Own;
        return Method == "GET" ? RequestSource.ForeignNavigation : RequestSource.Foreign; // a browser without Fetch Metadata
    }

    /// <summary>The origin of an address, or the text itself where it is none.</summary>
    /// <param name="address">An address, such as that of a page.</param>
    public static string OriginOf(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) ? $"{uri.Scheme}://{uri.Authority}" : address;

    private static bool IsSame(string? origin, string own) =>
        origin is not null
        && Uri.TryCreate(origin, UriKind.Absolute, out var one)
        && Uri.TryCreate(own, UriKind.Absolute, out var other)
        && one.Scheme == other.Scheme
        && one.Port == other.Port
        && one.IdnHost.Equals(other.IdnHost, StringComparison.OrdinalIgnoreCase)
        && one.UserInfo.Length == 0
        && one.PathAndQuery is "/";
}
