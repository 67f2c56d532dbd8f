namespace LlamaBlazor.Web.Cli;

/// <summary>The commands that are one call of the API.</summary>
internal static class CliVerbs
{
    private static readonly CliArgument Model = new("model", "Id, uid or name of a model", "llama-3-8b");
    private static readonly CliArgument SettingKey = new("key", "Its key", "Proxy:QueueSize");
    private static readonly CliArgument Since = new("since", "Unix milliseconds or a date such as 2026-01-31");
    private static readonly CliArgument Reference = new(
        "reference",
        "Image with its tag, such as ghcr.io/ggml-org/llama.cpp:server",
        "ghcr.io/ggml-org/llama.cpp:server"
    );
    private static readonly string[] ImageColumns = ["reference", "built_for", "cuda_version", "framework_version", "is_cached"];
    private static readonly string[] ModelColumns =
    [
        "id",
        "name",
        "status",
        "architecture",
        "quantization",
        "context_length",
        "file_size_bytes",
    ];

    private static readonly string[] DownloadColumns = ["id", "status", "received_bytes", "total_bytes", "target_path", "error"];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<CliVerb> All { get; } = [.. Models, .. Instances, .. Images, .. Database, .. Others];

    private static IEnumerable<CliVerb> Models =>
        [
            new("models", "list", "Lists the models", "GET", "/api/models?limit=1000")
            {
                HasPages = true,
                Columns = ModelColumns,
                Options = [new("q", "Text to look for"), new("status", "stopped, loading, running or error")],
            },
            new("models", "scan", "Looks through the model folders", "POST", "/api/models/scan"),
            new("models", "add", "Adds a GGUF file", "POST", "/api/models")
            {
                Arguments = [new("path", "Path of the file", "~/models/llama-3-8b.gguf")],
                Body = words => new { path = Path.GetFullPath(words["path"]) },
            },
            new(
                "models",
                "download",
                "Downloads a model: an address, or owner/repository[:QUANT] of Hugging Face",
                "POST",
                "/api/downloads"
            )
            {
                Arguments = [new("source", "Address or repository", "ggml-org/gemma-3-1b-it-GGUF:Q4_K_M")],
                Body = words => new { source = words["source"] },
                Columns = DownloadColumns,
                NeedsServer = true,
            },
            new("models", "downloads", "Lists the downloads", "GET", "/api/downloads?limit=1000")
            {
                HasPages = true,
                Columns = DownloadColumns,
            },
            new("models", "remove", "Removes a model from the list; its file stays", "DELETE", "/api/models/{model}")
            {
                Arguments = [Model],
            },
            new("models", "cleanup", "Removes models whose file is gone", "POST", "/api/models/cleanup"),
            new("models", "start", "Starts a model", "POST", "/api/models/{model}/start")
            {
                Arguments = [Model],
                Options =
                [
                    new("wait", "Seconds it may wait for a place"),
                    new("force", "Starts it whatever speaks against it", Flag: "force=true"),
                    new("no_evict", "Stops no other model for it", Flag: "evict=false"),
                    new("dry_run", "Only tells what would happen", Flag: "dry_run=true"),
                ],
                NeedsServer = true,
            },
            new("models", "stop", "Stops a model", "POST", "/api/models/{model}/stop") { Arguments = [Model], NeedsServer = true },
            new("models", "check", "Tries the settings of a model on its engine, without loading it", "POST", "/api/models/{model}/check")
            {
                Arguments = [Model],
            },
            new("models", "command", "Shows the command line a model is started with", "GET", "/api/models/{model}/command")
            {
                Arguments = [Model],
            },
            new("models", "fit", "Finds settings that fit into memory", "POST", "/api/models/{model}/fit") { Arguments = [Model] },
        ];

    private static IEnumerable<CliVerb> Instances =>
        [
            new("instances", "list", "Lists the running engines", "GET", "/api/instances")
            {
                Columns = ["id", "model", "status", "runtime_status", "pid", "port"],
                NeedsServer = true,
            },
            new("instances", "logs", "Shows the last lines of an engine", "GET", "/api/instances/{id}/logs")
            {
                Arguments = [new("id", "Id of the instance", "12")],
                NeedsServer = true,
            },
        ];

    private static IEnumerable<CliVerb> Images =>
        [
            new("images", "list", "Lists the images of the catalogue", "GET", "/api/images?flat=true") { Columns = ImageColumns },
            new("images", "search", "Looks for images", "GET", "/api/images?flat=true")
            {
                Columns = ImageColumns,
                Word = new("q", "Part of a name or tag", "cuda13"),
                Options =
                [
                    new("q", "Part of a name or tag"),
                    new("category", "server, full, light or other"),
                    new("cuda", "Version of CUDA, such as 13"),
                    new("cached", "true: on this machine; false: not"),
                ],
            },
            new("images", "sync", "Asks the registries for their tags; at most once a day each", "POST", "/api/images/sync")
            {
                Columns = ["id", "image", "tags", "from_cache", "error"],
                Options = [new("id", "One image alone"), new("again", "true: also what was asked today")],
            },
            new("images", "pull", "Downloads an image to this machine", "POST", "/api/images/pull?wait=true")
            {
                Arguments = [Reference],
                Body = words => new { reference = words["reference"] },
            },
            new("images", "add", "Adds an image to the catalogue", "POST", "/api/images")
            {
                Arguments = [Reference],
                Body = words => new { reference = words["reference"] },
            },
            new("images", "remove", "Removes an image from the catalogue; on this machine it stays", "DELETE", "/api/images/{id}")
            {
                Arguments = [new("id", "Its id", "3")],
            },
        ];

    private static IEnumerable<CliVerb> Database =>
        [
            new("db", "backup", "Backs the database up, verified, into data/backups", "POST", "/api/database/backup") { IsJob = true },
            new("db", "backups", "Lists the backups", "GET", "/api/database/backups")
            {
                Columns = ["name", "kind", "created_at", "size_bytes"],
            },
            new("db", "vacuum", "Rebuilds the file without gaps", "POST", "/api/database/vacuum") { IsJob = true },
            new("db", "analyze", "Renews what the planner of queries knows", "POST", "/api/database/analyze") { IsJob = true },
            new("db", "check", "Checks every page and reference", "POST", "/api/database/check") { IsJob = true },
            new("db", "prune", "Removes what retention says, now", "POST", "/api/database/prune") { IsJob = true },
            new("db", "stats", "Tells sizes, rows and retention", "GET", "/api/database"),
            new("db", "leftovers", "Lists what imports of old databases kept aside", "GET", "/api/database/leftovers?limit=1000")
            {
                HasPages = true,
                Columns = ["id", "source", "table_name", "reason", "row"],
                Options = [new("table", "Of one old table alone")],
            },
            new("db", "jobs", "Lists the newest operations and how far they are", "GET", "/api/database/jobs")
            {
                Columns = ["id", "kind", "state", "step", "percent", "started_at", "ended_at", "error"],
            },
            new("db", "cancel", "Ends an operation that runs; what it began is taken back", "POST", "/api/database/jobs/{id}/cancel")
            {
                Arguments = [new("id", "Its number; db jobs lists them", "3")],
            },
        ];

    private static IEnumerable<CliVerb> Others =>
        [
            new("cache", "stats", "Tells what the response cache holds", "GET", "/api/cache/stats"),
            new("cache", "clear", "Empties the response cache, or a part of it", "DELETE", "/api/cache")
            {
                Options =
                [
                    Model,
                    new("older_than", "Unix milliseconds or a date"),
                    new("prompt", "Answers of this prompt: its text or its SHA-256"),
                ],
            },
            new("cache", "cleanup", "Removes what has expired", "POST", "/api/cache/cleanup"),
            new("logs", "clear", "Deletes all stored lines", "DELETE", "/api/logs"),
            new("stats", "summary", "Sums up the requests", "GET", "/api/stats/summary")
            {
                Options = [Model, Since, new("until", "Unix milliseconds or a date")],
            },
            new("settings", "list", "Lists the settings of the dashboard", "GET", "/api/settings")
            {
                Columns = ["key", "value", "unit", "source", "locked", "pending_restart"],
            },
            new("settings", "get", "Shows a setting", "GET", "/api/settings/{key}") { Arguments = [SettingKey] },
            new("settings", "set", "Sets a setting", "PUT", "/api/settings")
            {
                Arguments = [SettingKey, new("value", "JSON, or plain text; a list with commas; none for no limit", "128")],
                Body = words => new Dictionary<string, object?> { [words["key"]] = CliJson.Read(words["value"]) },
                Columns = ["key", "value", "unit", "source", "locked", "pending_restart"],
            },
            new("settings", "reset", "Takes what was saved for a setting away", "DELETE", "/api/settings/{key}")
            {
                Arguments = [SettingKey],
            },
            new("config", "list", "Lists the preferences", "GET", "/api/config"),
            new("config", "get", "Shows a preference", "GET", "/api/config/{key}") { Arguments = [new("key", "Its name", "theme")] },
            new("config", "set", "Sets a preference", "PUT", "/api/config/{key}")
            {
                Arguments = [new("key", "Its name", "theme"), new("value", "JSON, or plain text", "dark")],
                Body = words => new { value = CliJson.Read(words["value"]) },
            },
            new("keys", "list", "Lists the API keys", "GET", "/api/keys")
            {
                Columns = ["id", "name", "prefix", "scopes", "expires_at", "last_used_at", "revoked_at"],
            },
            new("keys", "create", "Makes an API key and shows it, once", "POST", "/api/keys")
            {
                Arguments = [new("name", "What it is for", "laptop")],
                Options =
                [
                    new("scopes", "inference, read or admin; several with commas"),
                    new("models", "Models it may ask, with commas; all when left out"),
                    new("project", "Project it belongs to"),
                    new("requests_per_minute", "Limit"),
                    new("tokens_per_minute", "Limit"),
                    new("expires", "Unix milliseconds or a date such as 2027-01-31"),
                ],
                OptionsInBody = true,
                Body = CliKeys.Body,
            },
            new(
                "keys",
                "open",
                "Lets every program of this machine in without a key, after all keys were revoked",
                "POST",
                "/api/keys/open"
            ),
            new("keys", "revoke", "Ends an API key", "DELETE", "/api/keys/{id}") { Arguments = [new("id", "Its id", "3")] },
        ];
}
