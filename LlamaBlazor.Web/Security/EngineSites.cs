using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Domain.Security;

namespace LlamaBlazor.Web.Security;

/// <summary>
/// Where the page of an engine runs in a browser: at a name of its own, <c>engine-….localhost</c>, which browsers resolve to this machine
/// (RFC 6761). So the page has an origin of its own, with its own storage, and neither its scripts nor its windows reach the dashboard. The
/// name cannot be guessed: only whom the dashboard sent there knows it. Whatever asks elsewhere gets the page in a sandbox.
/// </summary>
internal sealed class EngineSites(DashboardPass pass)
{
    private const string Prefix = "engine-";
    private const string Suffix = ".localhost";

    /// <summary>Whether a Host is such a name, of whichever engine.</summary>
    public static bool IsSite(string host) =>
        host.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && host.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a request came to the site of that model.</summary>
    public bool IsSiteOf(string host, string model) =>
        KeySecret.AreEqual(KeySecret.Hash(host.ToLowerInvariant()), KeySecret.Hash(HostOf(model)));

    /// <summary>The address of a page at its own site, or null where the request shows no page to a person. Certificates do not know such
    /// names, so over TLS there is none.</summary>
    /// <param name="request">A request of <c>/upstream/MODEL/…</c>.</param>
    /// <param name="model">Name of the model, as the path has it.</param>
    /// <param name="path">The path as it came.</param>
    public string? AddressOf(HttpRequest request, string model, string path) =>
        !request.IsHttps
        && !IsSite(request.Host.Host)
        && SecurityFeature.IsThisMachine(request.Host.Host)
        && OriginGuard.Read(request).IsNavigation
            ? $"http://{HostOf(model)}{(request.Host.Port is { } port ? $":{port}" : "")}{path}{request.QueryString.ToUriComponent()}"
            : null;

    private string HostOf(string model) => Prefix + pass.Derive(RouteTable.UpstreamPrefix + model.ToLowerInvariant()) + Suffix;
}
