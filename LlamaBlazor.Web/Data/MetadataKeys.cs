namespace LlamaBlazor.Web.Data;

/// <summary>The keys of <c>metadata</c> that the dashboard keeps for itself: they can be read, and not written or removed through the
/// API.</summary>
internal static class MetadataKeys
{
    /// <summary>Version of the schema as seed 000 counts it.</summary>
    public const string DbVersion = "db_version";

    /// <summary>When this run began, Unix milliseconds.</summary>
    public const string ServerStartTime = "server_start_time";

    /// <summary>When samples of the machine were saved last, Unix milliseconds (seed S0.24).</summary>
    public const string LastMetricsSave = "last_metrics_save";

    /// <summary><c>light</c>, <c>dark</c> or <c>auto</c> (seed S0.24); anybody may set it.</summary>
    public const string Theme = "theme_preference";

    /// <summary>Opens the endpoint again although all keys were revoked.</summary>
    public const string EndpointOpen = "endpoint_open";

    private static readonly HashSet<string> Own = new(StringComparer.Ordinal)
    {
        DbVersion,
        ServerStartTime,
        LastMetricsSave,
        EndpointOpen,
        "boot_id",
        "gpu_allocations_taken",
        "images_seeded",
        "lastScanTime",
        "lastScanFolders",
    };

    /// <summary>Whether a key is the dashboard's own.</summary>
    public static bool IsOwn(string key) => Own.Contains(key);
}
