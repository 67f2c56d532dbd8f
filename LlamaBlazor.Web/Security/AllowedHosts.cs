using LlamaBlazor.Web.Shared.Configuration;

namespace LlamaBlazor.Web.Security;

/// <summary>
/// Further names that programs may call this machine by: <c>LlamaBlazor:Security:AllowedHosts</c>, a list such as
/// <c>host.docker.internal</c> or <c>172.17.0.1</c>. They lead to the routes for programs only: a page that was rebound to such a name gets
/// nothing of the dashboard.
/// </summary>
/// <param name="hosts">The names, without a port.</param>
internal sealed class AllowedHosts(IReadOnlyCollection<string> hosts)
{
    /// <summary>The configuration key.</summary>
    public const string Key = "LlamaBlazor:Security:AllowedHosts";

    private readonly HashSet<string> _hosts = new(hosts.Select(Plain), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a name of a Host header, without its port, is on the list.</summary>
    public bool Contains(string host) => _hosts.Count > 0 && _hosts.Contains(Plain(host));

    /// <summary>Reads the list, or a text with commas.</summary>
    /// <exception cref="StartupException">An entry is no name.</exception>
    public static AllowedHosts Read(IConfiguration configuration)
    {
        var hosts = ConfiguredList.Read(configuration, Key);
        return hosts.FirstOrDefault(host => Uri.CheckHostName(Plain(host)) == UriHostNameType.Unknown) is { } wrong
            ? throw new StartupException(
                $"{Key}: '{wrong}' is not the name or address of a machine. "
                    + "Write it without scheme and port, such as host.docker.internal; "
                    + "* is not accepted, since every page you open could then use your models."
            )
            : new AllowedHosts(hosts);
    }

    // The dot at the end of a complete name, and the brackets of IPv6, change nothing.
    private static string Plain(string host) => host.Trim('[', ']').TrimEnd('.');
}
