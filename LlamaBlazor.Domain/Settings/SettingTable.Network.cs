using System.Globalization;

namespace LlamaBlazor.Domain.Settings;

/// <summary>What the dashboard does towards programs and the network, and how entries are written.</summary>
public static partial class SettingTable
{
    private static IEnumerable<SettingDefinition> OfEndpoint =>
        [
            Whole(Endpoint, "Proxy:BodyLimitMb", "Largest body", "Largest body of a request, unpacked.", 64, 1, 1024) with
            {
                Unit = "MiB",
            },
            Whole(
                Endpoint,
                "Proxy:BodyMemoryMb",
                "Memory for bodies",
                "Memory that all bodies together may take; what is above goes to files.",
                64,
                1,
                65_536
            ) with
            {
                Unit = "MiB",
            },
            Whole(Endpoint, "Proxy:QueueSize", "Queue", "Requests that may wait for one model.", 64, 1, 10_000) with
            {
                Unit = "requests",
            },
            Seconds(Endpoint, "Proxy:QueueWaitSeconds", "Wait in the queue", "Time a request may wait, loading included.", 300, 1),
            Seconds(
                Endpoint,
                "Proxy:KeepAliveSeconds",
                "Keep-alive",
                "Time between the comments that keep a waiting stream open; 0 sends none.",
                5,
                0
            ) with
            {
                Max = 600,
            },
            Switch(
                Endpoint,
                "Proxy:LoadingStatus",
                "Tell of loading",
                "Tells a waiting chat so in its stream, as thoughts that clients show.",
                false
            ),
            Seconds(Endpoint, "Proxy:IdleTimeoutSeconds", "Silence of an engine", "Time an engine may say nothing.", 600, 1),
            Seconds(
                Endpoint,
                "Proxy:StarvationSeconds",
                "Starvation",
                "Time after which a model that waits for its turn has the running one drained.",
                30,
                0
            ),
            Seconds(
                Endpoint,
                "Proxy:MinimumWarmSeconds",
                "Warm time",
                "Least time a model that is ready runs before it gives way to another.",
                5,
                0
            ),
            Switch(
                Endpoint,
                "Ollama:Enabled",
                "Ollama's API",
                "Serves clients that speak only Ollama's API, on a port of its own.",
                false
            ) with
            {
                NeedsRestart = true,
            },
            Whole(Endpoint, "Ollama:Port", "Port of Ollama's API", "A port of loopback; 0 takes any that is free.", 11434, 0, 65_535) with
            {
                NeedsRestart = true,
            },
        ];

    private static IEnumerable<SettingDefinition> OfDownloads =>
        [
            Whole(Downloads, "Downloads:Parallel", "At the same time", "Files that come at the same time.", 2, 1, 16) with
            {
                Unit = "files",
            },
            Whole(
                Downloads,
                "Downloads:Retries",
                "Retries",
                "How often a broken connection is tried again; bytes that came start the count anew.",
                5,
                0,
                100
            ),
            Whole(Downloads, "Downloads:ReserveMb", "Room left free", "Room of the disk that downloads leave free.", 256, 0, 1 << 20) with
            {
                Unit = "MiB",
            },
            Seconds(
                Downloads,
                "Downloads:StallSeconds",
                "Stall",
                "Time without a byte after which a connection counts as broken.",
                60,
                1
            ) with
            {
                Max = 3600,
            },
            Text(
                Downloads,
                "Downloads:HuggingFaceUrl",
                "Hugging Face",
                "Where repositories are listed and read: Hugging Face, or a mirror that speaks its API.",
                "https://huggingface.co"
            ) with
            {
                IsFixed = true, // where the stored token of the hub is sent
                Rule = SettingRules.Address,
            },
            List(
                Downloads,
                "Downloads:TrustedHosts",
                "Trusted hosts",
                "Hosts, name or name:port, that may have addresses of a private network: a mirror of one's own."
            ) with
            {
                IsFixed = true, // what of the private network a download may reach
            },
        ];

    private static IEnumerable<SettingDefinition> OfAccess =>
        [
            List(
                Access,
                "Security:AllowedOrigins",
                "Allowed origins",
                "Pages of other origins that may use the endpoint, such as http://localhost:3000."
            ) with
            {
                Rule = SettingRules.Origin,
            },
            List(
                Access,
                "Security:AllowedHosts",
                "Allowed hosts",
                "Other names of this machine by which programs may ask the endpoint, such as host.docker.internal."
            ) with
            {
                Rule = SettingRules.Host,
            },
        ];

    private static SettingDefinition Switch(string group, string key, string label, string help, bool usual) =>
        new($"{Root}:{key}", SettingKind.Switch, group, label, help) { Default = new SettingValue(usual ? "true" : "false") };

    private static SettingDefinition Whole(string group, string key, string label, string help, long? usual, long min, long max) =>
        new($"{Root}:{key}", SettingKind.Whole, group, label, help)
        {
            Default = Of(usual),
            Min = min,
            Max = max,
        };

    private static SettingDefinition Seconds(string group, string key, string label, string help, long usual, long min) =>
        Whole(group, key, label, help, usual, min, (long)Day) with
        {
            Unit = "seconds",
        };

    private static SettingDefinition Number(string group, string key, string label, string help, double? usual) =>
        new($"{Root}:{key}", SettingKind.Number, group, label, help) { Default = Of(usual) };

    private static SettingDefinition Text(string group, string key, string label, string help, string? usual = null) =>
        new($"{Root}:{key}", SettingKind.Text, group, label, help)
        {
            Default = usual is null ? SettingValue.None : new SettingValue(usual),
        };

    private static SettingDefinition List(string group, string key, string label, string help) =>
        new($"{Root}:{key}", SettingKind.List, group, label, help);

    private static SettingValue Of(IFormattable? usual) =>
        usual is null ? SettingValue.None : new SettingValue(usual.ToString(null, CultureInfo.InvariantCulture));
}
