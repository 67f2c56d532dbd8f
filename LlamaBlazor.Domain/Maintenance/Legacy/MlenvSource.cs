namespace LlamaBlazor.Domain.Maintenance.Legacy;

/// <summary>MLEnv: containers, images, projects and users (seed S4). Its models, where it has any, are the usual ones.</summary>
public sealed class MlenvSource : ILegacySource
{
    /// <inheritdoc/>
    public LegacyKind Kind => LegacyKind.Mlenv;

    /// <inheritdoc/>
    public string Mark => "MLEnv (ngc_images or container_instances)";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> ModelColumns => LegacyNames.Usual;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object> Defaults => LegacyNames.NoDefaults;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> KeptAside { get; } =
        new Dictionary<string, string> { ["gpu_allocations"] = "Those containers do not run here, so they hold no GPU" };

    /// <inheritdoc/>
    public IReadOnlyList<LegacyTable> Tables { get; } =
    [
        new("api_cache", ["endpoint"], new Dictionary<string, object> { ["response"] = "", ["cached_at"] = LegacyTable.Now }),
        new("ngc_images", ["organization", "team", "name"], new Dictionary<string, object> { ["team"] = "", ["registry"] = "nvcr.io" }),
        new("image_versions", ["image_id", "tag"], new Dictionary<string, object> { ["architecture"] = "amd64", ["is_cached"] = 0L }),
        new("users", ["name"], new Dictionary<string, object> { ["role"] = "user", ["created_at"] = LegacyTable.Now })
        {
            Renamed = new Dictionary<string, string> { ["username"] = "name" },
        },
        new(
            "container_instances",
            ["container_id"],
            new Dictionary<string, object> { ["kind"] = "docker", ["created_at"] = LegacyTable.Now }
        )
        {
            // what ran there does not run here
            Adapt = row => row["status"] = row.GetValueOrDefault("status") is "deleted" or "error" ? row["status"] : "stopped",
        },
        new("resource_metrics", ["container_id", "timestamp"], new Dictionary<string, object> { ["timestamp"] = LegacyTable.Now }),
        new("system_snapshots", ["timestamp"], new Dictionary<string, object> { ["timestamp"] = LegacyTable.Now }),
        new(
            "project_quotas",
            ["project_path"],
            new Dictionary<string, object>
            {
                ["current_containers"] = 0L,
                ["current_cpu_cores"] = 0.0,
                ["current_memory_gb"] = 0.0,
                ["current_gpus"] = 0L,
                ["created_at"] = LegacyTable.Now,
                ["updated_at"] = "$created_at",
            }
        ),
        new(
            "audit_log",
            ["created_at", "user_id", "action", "resource_type", "resource_id", "details"],
            new Dictionary<string, object>
            {
                ["action"] = "unknown",
                ["resource_type"] = "unknown",
                ["created_at"] = LegacyTable.Now,
            }
        )
        {
            CountsEqualRows = true,
            Renamed = new Dictionary<string, string> { ["timestamp"] = "created_at" },
        },
        new(
            "health_checks",
            ["container_id", "timestamp"],
            new Dictionary<string, object>
            {
                ["status"] = "unknown",
                ["failure_count"] = 0L,
                ["checked_at"] = LegacyTable.Now,
                ["timestamp"] = "$checked_at",
            }
        )
        {
            Renamed = new Dictionary<string, string> { ["last_check"] = "checked_at" },
            Adapt = row => row["checked_at"] = row.GetValueOrDefault("checked_at") ?? row.GetValueOrDefault("timestamp"),
        },
    ];

    /// <inheritdoc/>
    public bool Recognises(LegacyTables tables) => tables.Has("ngc_images") || tables.Has("container_instances");
}
