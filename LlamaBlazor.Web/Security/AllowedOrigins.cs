using LlamaBlazor.Web.Settings;

namespace LlamaBlazor.Web.Security;

/// <summary>
/// Pages of other origins that may use the endpoint: <c>LlamaBlazor:Security:AllowedOrigins</c>, a list such as
/// <c>http://localhost:3000</c>. Apps and browser extensions have origins of their own (<c>app://obsidian.md</c>,
/// <c>chrome-extension://ID</c>). None by default. They reach the routes for programs only, never the dashboard's own API.
/// </summary>
/// <param name="values">The settings; a change counts for the next request.</param>
internal sealed class AllowedOrigins(SettingValues values)
{
    /// <summary>The configuration key.</summary>
    public const string Key = "LlamaBlazor:Security:AllowedOrigins";

    /// <summary>Whether an origin is on the list.</summary>
    /// <param name="origin">As browsers send it.</param>
    public bool Contains(string? origin) =>
        origin is not null && values[Key].Items.Any(allowed => allowed.TrimEnd('/').Equals(origin, StringComparison.OrdinalIgnoreCase));
}
