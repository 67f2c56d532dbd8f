using System.Collections.Concurrent;
using LlamaBlazor.Domain.Proxy;

namespace LlamaBlazor.Web.Shared.Configuration;

/// <summary>
/// The keys that the dashboard knows, so that a misspelt one is told instead of doing nothing. Letters count alike in both cases, as in the
/// configuration itself.
/// </summary>
internal static class ConfigurationKeys
{
    /// <summary>The section all of them are in.</summary>
    public const string Root = "LlamaBlazor";

    private const string Any = "*"; // a number of a list, or a name
    private const string Item = ":" + Any;

    // One entry a property of the option classes.
    private static readonly ConcurrentDictionary<string, bool> Sections = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Keys that are read one by one.</summary>
    public static IReadOnlyList<string> Single { get; } =
    [
        "Demo",
        "DataDirectory",
        "EnginePath",
        "AllowedDirectories",
        "AllowedDirectories:*",
        "EngineDirectories:*",
        "ModelDirectories:*",
        "PortRange",
        "WatchFolders",
        "Logs:Index",
        "Logs:Level",
        "Telemetry:IntervalMs",
        "Retention:*:Days",
        "Retention:*:Rows",
        "Security:AllowedOrigins",
        "Security:AllowedOrigins:*",
        "Security:AllowedHosts",
        "Security:AllowedHosts:*",
        "Security:StorePrompts",
        "Admission:MaxMemoryPercent",
        "Admission:MinFreeMemoryGb",
        "Admission:MaxCpuPercent",
        "Admission:MaxLoadPerCore",
        "Containers:Runtime",
        "Containers:OciRuntime",
        "Containers:ExtraArguments",
        "Containers:ExtraArguments:*",
    ];

    /// <summary>Makes the keys of an option class known.</summary>
    /// <param name="section">Such as <c>LlamaBlazor:Proxy</c>.</param>
    /// <param name="options">Its class.</param>
    public static void Note(string section, Type options)
    {
        foreach (var property in options.GetProperties().Where(property => property.SetMethod is { IsPublic: true }))
        {
            var key = $"{section}:{property.Name}";
            Sections[property.PropertyType == typeof(string) || property.PropertyType.IsValueType ? key : key + Item] = true;
        }
    }

    /// <summary>The keys that are set and not known, each with a sentence that names the closest known one.</summary>
    /// <param name="configuration">The configuration, after all option classes were read.</param>
    public static IReadOnlyList<string> Unknown(IConfiguration configuration)
    {
        var keys = Single.Select(key => $"{Root}:{key}").Concat(Sections.Keys);
        var known = keys.SelectMany(key => key.EndsWith(Item, StringComparison.Ordinal) ? [key, key[..^Item.Length]] : new[] { key })
            .ToList(); // an empty list has its own key
        return
        [
            .. from pair in configuration.GetSection(Root).AsEnumerable()
            where pair.Value is not null && !known.Any(pattern => Matches(pair.Key, pattern))
            let closest = NameSuggestions.Closest(pair.Key, known.Where(key => !key.EndsWith(Item, StringComparison.Ordinal)), 1)
            let meant = closest.Count == 0 ? "" : $" Did you mean {closest[0]}?"
            select $"{pair.Key} is set, but is no key of the dashboard, so it does nothing.{meant}",
        ];
    }

    private static bool Matches(string key, string pattern)
    {
        var (words, wanted) = (key.Split(':'), pattern.Split(':'));
        return words.Length == wanted.Length
            && words.Zip(wanted).All(pair => pair.Second == Any || pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase));
    }
}
