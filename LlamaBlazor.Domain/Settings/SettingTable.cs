using LlamaBlazor.Domain.Logs;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Domain.Security;

namespace LlamaBlazor.Domain.Settings;

/// <summary>Every option of the dashboard: <see cref="All"/>. A new one is one entry here and a property of its room's options.</summary>
public static partial class SettingTable
{
    /// <summary>The section all keys are in.</summary>
    public const string Root = "LlamaBlazor";

    /// <summary>Longest time in seconds that a setting of a minute's kind may be: a day.</summary>
    private const double Day = 86_400;

    private const string Places = "Models and engine";
    private const string Instances = "Instances";
    private const string Starts = "Admission of starts";
    private const string Endpoint = "Endpoint";
    private const string Keeping = "Privacy and cache";
    private const string Downloads = "Downloads";
    private const string Watching = "Telemetry and log";
    private const string Access = "Access";
    private const string Retention = "Retention";
    private const string Containers = "Containers";
    private const string Program = "Program";

    private static readonly AdmissionLimits Limits = new();

    /// <summary>The headings, in the order of the page.</summary>
    public static IReadOnlyList<string> Groups { get; } =
    [Places, Instances, Starts, Endpoint, Keeping, Downloads, Watching, Access, Retention, Containers, Program];

    /// <summary>All settings, in the order of the page.</summary>
    public static IReadOnlyList<SettingDefinition> All { get; } =
    [
        .. OfPlaces,
        .. OfInstances,
        .. OfStarts,
        .. OfEndpoint,
        .. OfKeeping,
        .. OfDownloads,
        .. OfWatching,
        .. OfAccess,
        .. RetentionRule.Defaults.SelectMany(OfRetention),
        .. OfContainers,
        .. OfProgram,
    ];

    private static readonly Dictionary<string, SettingDefinition> ByKey = All.ToDictionary(
        definition => definition.Key,
        StringComparer.OrdinalIgnoreCase
    );

    /// <summary>The setting of a key, whatever the case of its letters; null for none.</summary>
    /// <param name="key">The configuration key.</param>
    public static SettingDefinition? Find(string key) => ByKey.GetValueOrDefault(key);

    /// <summary>The setting of a key.</summary>
    /// <param name="key">The configuration key.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static SettingDefinition Get(string key) => Find(key) ?? throw new ArgumentException($"{key} is no setting.", nameof(key));

    private static IEnumerable<SettingDefinition> OfPlaces =>
        [
            List(Places, "ModelDirectories", "Model folders", "Folders that are scanned for models, with everything below them."),
            Text(Places, "EnginePath", "Engine", "The llama-server to run; empty looks in PATH and the usual places."),
            Text(Places, "PortRange", "Ports for instances", "First and last port that engines may listen on.", "40000-40999") with
            {
                Rule = SettingRules.Ports,
            },
            Switch(Places, "WatchFolders", "Watch model folders", "Scans by itself when files in the model folders change.", true) with
            {
                NeedsRestart = true,
            },
            List(
                Places,
                "AllowedDirectories",
                "Folders for files of settings",
                "Folders in which templates, grammars and other files that settings name may lie, beside the model folders."
            ) with
            {
                IsFixed = true,
                NeedsRestart = true,
            },
            List(Places, "EngineDirectories", "Folders of engines", "Folders whose programs may all be run as engines.") with
            {
                IsFixed = true,
                NeedsRestart = true,
                Rule = SettingRules.Folder,
            },
        ];

    private static IEnumerable<SettingDefinition> OfInstances =>
        [
            Seconds(Instances, "Instances:TtlSeconds", "Idle time", "Stops a model after so long without a request; 0 is never.", 0, 0) with
            {
                Max = 31_536_000,
            },
            Seconds(
                Instances,
                "Instances:StopGraceSeconds",
                "Grace at a stop",
                "Time between asking an engine to end and forcing it.",
                10,
                0
            ) with
            {
                Max = 600,
            },
            Seconds(Instances, "Instances:StartLimitSeconds", "Start limit", "Time within which an engine must be ready.", 300, 1),
            Whole(Instances, "Instances:StartAttempts", "Attempts of a start", "Launches until an engine was ready once.", 3, 1, 100),
            Whole(
                Instances,
                "Instances:RestartAttempts",
                "Restarts",
                "Restarts within ten minutes of an engine that was ready and failed.",
                5,
                0,
                100
            ),
            Seconds(
                Instances,
                "Instances:HangProbeSeconds",
                "Hang probe",
                "Time without a success after which an engine is asked for a token; 0 is never.",
                60,
                0
            ),
            Switch(Instances, "Instances:Preload", "Preload", "Starts the models marked for it together with the dashboard.", true) with
            {
                NeedsRestart = true,
            },
        ];

    private static IEnumerable<SettingDefinition> OfStarts =>
        [
            Number(
                Starts,
                "Admission:MaxMemoryPercent",
                "Memory in use",
                "Most of the main memory that may be in use after a start.",
                Limits.MaxMemoryPercent
            ) with
            {
                Unit = "percent",
                Min = 1,
                Max = 100,
            },
            Number(
                Starts,
                "Admission:MinFreeMemoryGb",
                "Memory left free",
                "Main memory that stays free after a start.",
                Limits.MinFreeMemoryGb
            ) with
            {
                Unit = "GiB",
                Min = 0,
                Max = 4096,
            },
            Number(
                Starts,
                "Admission:MaxCpuPercent",
                "Processor in use",
                "Most of the processor that other programs may keep busy; none only warns above 90.",
                Limits.MaxCpuPercent
            ) with
            {
                Unit = "percent",
                Min = 1,
                Max = 100,
                IsOptional = true,
            },
            Number(
                Starts,
                "Admission:MaxLoadPerCore",
                "Load of a core",
                "Most load average of one minute a core, without our engines; none only warns above 2.",
                Limits.MaxLoadPerCore
            ) with
            {
                Min = 0.1,
                Max = 1000,
                IsOptional = true,
            },
        ];

    private static IEnumerable<SettingDefinition> OfKeeping =>
        [
            new("LlamaBlazor:Security:StorePrompts", SettingKind.Choice, Keeping, "Prompts", "How much of a prompt is kept.")
            {
                Choices = RequestKeeping.Levels,
                Default = new SettingValue(RequestKeeping.Preview),
            },
            Switch(
                Keeping,
                "Cache:Enabled",
                "Response cache",
                "Answers repeated requests from the cache, unless a model says else.",
                false
            ),
            Seconds(Keeping, "Cache:TtlSeconds", "Life of a cached answer", "Time a cached answer is kept; 0 is for ever.", 604_800, 0) with
            {
                Max = RequestKeeping.MaxTtlSeconds,
            },
            Whole(
                Keeping,
                "Cache:MaxSizeMb",
                "Room for cached answers",
                "Past it the least recently used answers leave.",
                100,
                1,
                RequestKeeping.MaxSizeMb
            ) with
            {
                Unit = "MiB",
            },
        ];

    private static IEnumerable<SettingDefinition> OfWatching =>
        [
            Whole(
                Watching,
                "Telemetry:IntervalMs",
                "Interval of samples",
                "Time between two looks at the machine.",
                1000,
                1000,
                60_000
            ) with
            {
                Unit = "milliseconds",
            },
            new("LlamaBlazor:Logs:Level", SettingKind.Choice, Watching, "Level of the log", "Least level of lines that are kept.")
            {
                Choices = LogLevels.All,
                Default = new SettingValue("info"),
            },
            Switch(
                Watching,
                "Logs:Index",
                "Index of the log",
                "Finds text in the log at once, for about half the size of the lines.",
                true
            ) with
            {
                NeedsRestart = true,
            },
        ];

    private static IEnumerable<SettingDefinition> OfRetention(RetentionRule rule) =>
        [
            Whole(
                Retention,
                $"Retention:{rule.Table}:Days",
                $"Days of {rule.Table}",
                $"{rule.What}: rows that are older leave.",
                rule.Days,
                0,
                RetentionRule.MaxDays
            ) with
            {
                Unit = "days",
                IsOptional = true,
            },
            Whole(
                Retention,
                $"Retention:{rule.Table}:Rows",
                $"Rows of {rule.Table}",
                $"{rule.What}: so many rows stay, the newest.",
                rule.Rows,
                1,
                RetentionRule.MaxRows
            ) with
            {
                Unit = "rows",
                IsOptional = true,
            },
        ];

    private static IEnumerable<SettingDefinition> OfContainers =>
        [
            Text(Containers, "Containers:Runtime", "Runtime", "Path or name of podman or docker; empty looks in PATH.") with
            {
                IsFixed = true,
                NeedsRestart = true,
            },
            Text(Containers, "Containers:OciRuntime", "Low-level runtime", "Such as runc; empty takes the usual one.") with
            {
                IsFixed = true,
                NeedsRestart = true,
            },
            List(Containers, "Containers:ExtraArguments", "Extra arguments", "Added to each container, as a list or one text.") with
            {
                IsFixed = true,
                NeedsRestart = true,
                Rule = SettingRules.Argument,
                Split = ShellWords.Split,
            },
        ];

    private static IEnumerable<SettingDefinition> OfProgram =>
        [
            Text(Program, "DataDirectory", "Data folder", "Where the database and all other files of the dashboard are.", "data") with
            {
                IsFixed = true,
                NeedsRestart = true,
            },
            Switch(Program, "Demo", "Demo", "Shows every page with simulated models and engines.", false) with
            {
                IsFixed = true,
                NeedsRestart = true,
            },
        ];
}
