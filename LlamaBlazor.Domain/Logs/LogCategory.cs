namespace LlamaBlazor.Domain.Logs;

/// <summary>What a line is about, in the words of seed S3.7, and <c>system</c> for the rest.</summary>
public static class LogCategory
{
    /// <summary>A request and its answer, by the endpoint or an engine.</summary>
    public const string Generation = "generation";

    /// <summary>The response cache.</summary>
    public const string Cache = "cache";

    /// <summary>Settings, models, keys and the database.</summary>
    public const string Config = "config";

    /// <summary>Something failed, wherever.</summary>
    public const string Error = "error";

    /// <summary>The program itself.</summary>
    public const string System = "system";

    private const string Root = "LlamaBlazor.Web.";

    private const string ResponseCache = Root + "Proxy.Caching.";

    private static readonly string[] Settings =
    [
        "Parameters",
        "Settings",
        "Models",
        "Downloads",
        "Memory",
        "Security",
        "Maintenance",
        "Data",
    ];

    private static readonly string[] Requests = ["Proxy", "Playground", "Statistics"];

    /// <summary>The category of a line.</summary>
    /// <param name="level">debug, info, warn, error or critical.</param>
    /// <param name="source">One of the five sources.</param>
    /// <param name="origin">Name of the logger, or of an engine's model.</param>
    public static string Of(string level, string source, string? origin)
    {
        if (level is "error" or "critical")
            return Error;
        if (source == "llama-server")
            return Generation;
        var room = origin?.StartsWith(Root, StringComparison.Ordinal) == true ? origin[Root.Length..].Split('.')[0] : "";
        return room == "Cache" || origin?.StartsWith(ResponseCache, StringComparison.Ordinal) == true ? Cache
            : Requests.Contains(room) || origin?.StartsWith("Yarp", StringComparison.Ordinal) == true ? Generation
            : Settings.Contains(room) ? Config
            : System;
    }
}
