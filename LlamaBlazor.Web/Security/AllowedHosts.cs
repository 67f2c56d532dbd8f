using LlamaBlazor.Domain.Settings;
using LlamaBlazor.Web.Settings;

namespace LlamaBlazor.Web.Security;

/// <summary>
/// Further names that programs may call this machine by: <c>LlamaBlazor:Security:AllowedHosts</c>, a list such as
/// <c>host.docker.internal</c> or <c>172.17.0.1</c>. They lead to the routes for programs only: a page that was rebound to such a name gets
/// nothing of the dashboard.
/// </summary>
/// <param name="values">The settings; a change counts for the next request.</param>
internal sealed class AllowedHosts(SettingValues values)
{
    /// <summary>The configuration key.</summary>
    public const string Key = "LlamaBlazor:Security:AllowedHosts";

    /// <summary>Whether a name of a Host header, without its port, is on the list.</summary>
    /// <param name="host">The name.</param>
    public bool Contains(string host) =>
        values[Key]
            .Items.Any(allowed => SettingRules.PlainHost(allowed).Equals(SettingRules.PlainHost(host), StringComparison.OrdinalIgnoreCase));
}
