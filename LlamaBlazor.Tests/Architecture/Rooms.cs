namespace LlamaBlazor.Tests.Architecture;

/// <summary>
/// The rooms of the house, which are the top folders of LlamaBlazor.Web, floor by floor. A room names only rooms of floors below its own,
/// so that no two name each other and none stand in a circle. What each is for: docs/architecture.md.
/// </summary>
internal static class Rooms
{
    /// <summary>The roof: what puts the rooms together.</summary>
    public const string Program = "Program";

    /// <summary>From the ground up.</summary>
    public static readonly string[][] Floors =
    [
        ["Shared"],
        ["Data", "Simulator"],
        ["Settings"],
        ["Shell"],
        ["Security"],
        ["Models", "Engines"],
        ["Downloads", "Statistics"],
        ["Parameters", "Telemetry"],
        ["Memory", "Logs"],
        ["Instances"],
        ["ModelPages", "Resources", "Cache"],
        ["Proxy"],
        ["Overview", "Maintenance", "Activity", "Playground"],
        ["Cli"],
        [Program],
    ];

    private const string Root = "LlamaBlazor.Web";

    /// <summary>All of them.</summary>
    public static IEnumerable<string> All => Floors.SelectMany(rooms => rooms);

    /// <summary>The ground, which every page imports.</summary>
    public static string Ground => Floors[0][0];

    /// <summary>The room of a namespace, or null for one outside of the project.</summary>
    public static string? Of(string? place) =>
        place == Root ? Program
        : place?.StartsWith(Root + ".", StringComparison.Ordinal) == true ? place.Split('.')[2]
        : null;

    /// <summary>Whether a room may name another.</summary>
    public static bool May(string room, string other) => room == other || FloorOf(other) < FloorOf(room);

    // a room that is on no floor may be named by nobody, and names nobody
    private static int FloorOf(string room) =>
        Array.FindIndex(Floors, rooms => rooms.Contains(room)) is var floor and >= 0 ? floor : int.MaxValue;
}
