using LlamaBlazor.Web.Shared.Configuration;

namespace LlamaBlazor.Web.Security;

/// <summary>
/// Pages of other origins that may use the endpoint: <c>LlamaBlazor:Security:AllowedOrigins</c>, a list such as <c>http://localhost:3000</c>. None by
/// default. They reach the routes for programs only, never the dashboard's own API.
/// </summary>
/// <param name="origins">The origins, as browsers send them.</param>
internal sealed class AllowedOrigins(IReadOnlyCollection<string> origins)
{
    private const string Key = "LlamaBlazor:Security:AllowedOrigins";
    private readonly HashSet<string> _origins = new(origins, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether an origin is on the list.</summary>
    public bool Contains(string? origin) => origin is not null && _origins.Count > 0 && _origins.Contains(origin);

    /// <summary>Reads the list, or a text with commas.</summary>
    /// <exception cref="StartupException">An entry is no origin.</exception>
    public static AllowedOrigins Read(IConfiguration configuration)
    {
        var listed = configuration.GetSection(Key).Get<string[]>() ?? configuration[Key]?.Split(',') ?? [];
        var origins = listed.Select(origin => origin.Trim().TrimEnd('/')).Where(origin => origin.Length > 0).ToList();
        return origins.Find(origin => !IsOrigin(origin)) is { } wrong
            ? throw new StartupException($"{Key}: '{wrong}' is not an origin. Write scheme, host and port, such as http://localhost:3000; * is not accepted, since every page you open could then use your models.")
            : new AllowedOrigins(origins);
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.GetLeftPart(UriPartial.Authority).Equals(text, StringComparison.OrdinalIgnoreCase);
}
