using MudBlazor;

namespace LlamaBlazor.Web.Shell;

/// <summary>The pages in the order of the side bar.</summary>
internal static class SiteMap
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<SiteMapItem> Items { get; } =
    [
        new("/", "Overview", Icons.Material.Outlined.Dashboard),
        new("/models", "Models", Icons.Material.Outlined.ViewInAr),
        new("/server", "Server", Icons.Material.Outlined.Dns),
        new("/presets", "Presets", Icons.Material.Outlined.Tune),
        new("/activity", "Activity", Icons.Material.Outlined.ReceiptLong),
        new("/playground", "Playground", Icons.Material.Outlined.Chat),
        new("/logs", "Logs", Icons.Material.Outlined.Article),
        new("/resources", "Resources", Icons.Material.Outlined.Memory),
        new("/database", "Database", Icons.Material.Outlined.Storage),
        new("/keys", "API keys", Icons.Material.Outlined.Key),
        new("/parameters", "Parameters", Icons.Material.Outlined.MenuBook),
        new("/settings", "Settings", Icons.Material.Outlined.Settings),
    ];

    /// <summary>Whether a path is that of a page: asking for it shows the page and does nothing else.</summary>
    public static bool IsPage(PathString path) =>
        Items.Any(item => item.Href == "/" ? path.Value is null or "" or "/" : path.StartsWithSegments(item.Href));
}

/// <summary>A page of the side bar.</summary>
/// <param name="Href">Its address.</param>
/// <param name="Title">Its name.</param>
/// <param name="Icon">SVG of its icon.</param>
internal sealed record SiteMapItem(string Href, string Title, string Icon);
