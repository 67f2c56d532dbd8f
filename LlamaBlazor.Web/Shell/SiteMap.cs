namespace LlamaBlazor.Web.Shell;

/// <summary>The pages in the order of the side bar.</summary>
internal static class SiteMap
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<SiteMapItem> Items { get; } =
    [
        new("/", "Overview", "dashboard"),
        new("/models", "Models", "deployed_code"),
        new("/server", "Server", "dns"),
        new("/presets", "Presets", "tune"),
        new("/activity", "Activity", "receipt_long"),
        new("/playground", "Playground", "chat"),
        new("/logs", "Logs", "article"),
        new("/resources", "Resources", "memory"),
        new("/database", "Database", "database"),
        new("/keys", "API keys", "key"),
        new("/parameters", "Parameters", "menu_book"),
        new("/settings", "Settings", "settings"),
    ];

    /// <summary>Whether a path is that of a page: asking for it shows the page and does nothing else.</summary>
    public static bool IsPage(PathString path) =>
        Items.Any(item => item.Href == "/" ? path.Value is null or "" or "/" : path.StartsWithSegments(item.Href));
}

/// <summary>A page of the side bar.</summary>
/// <param name="Href">Its address.</param>
/// <param name="Title">Its name.</param>
/// <param name="Icon">A Material symbol.</param>
internal sealed record SiteMapItem(string Href, string Title, string Icon);
