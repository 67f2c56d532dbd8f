using System.Text.Json;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Web.Settings;

namespace LlamaBlazor.Web.Maintenance.Transfer;

/// <summary>Settings and models as a JSON file: everything a person has set, and nothing that was measured. Secrets are apart, sealed, or
/// absent.</summary>
internal sealed record SettingsFile
{
    /// <summary>What tells such a file from any other.</summary>
    public const string KnownFormat = "llamablazor-settings";

    /// <summary>The version of the format that this program writes, and the newest it reads.</summary>
    public const int KnownVersion = 1;

    /// <summary>Always <see cref="KnownFormat"/>.</summary>
    public string? Format { get; init; }

    /// <summary>Version of the format.</summary>
    public int Version { get; init; }

    /// <summary>When it was written, Unix milliseconds.</summary>
    public long CreatedAt { get; init; }

    /// <summary>Folders, engine and ports.</summary>
    public LaunchSettings? LaunchSettings { get; init; }

    /// <summary>The defaults of all instances.</summary>
    public SectionValues? ServerConfig { get; init; }

    /// <summary>Preferences by key, retention among them.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Preferences { get; init; }

    /// <summary>The user's own templates.</summary>
    public IReadOnlyList<TemplateValues>? Templates { get; init; }

    /// <summary>All models.</summary>
    public IReadOnlyList<ModelValues>? Models { get; init; }

    /// <summary>The secrets, a <see cref="SettingsSecrets"/> as JSON, where they were asked for.</summary>
    public SealedText? Sealed { get; init; }
}

/// <summary>What is set in one section.</summary>
/// <param name="Values">Values by column.</param>
/// <param name="Forced">Columns emitted even where they equal the engine's default.</param>
internal sealed record SectionValues(Dictionary<string, JsonElement>? Values, IReadOnlyList<string>? Forced);

/// <summary>A model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its family.</param>
/// <param name="Favorite">Its mark.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="Notes">Its notes.</param>
/// <param name="Sections">What is set, by section.</param>
/// <param name="Aliases">Its other names; null for none, as in files of before there were any.</param>
internal sealed record ModelValues(
    string? Name,
    string? Type,
    bool Favorite,
    string? Tags,
    string? Notes,
    IReadOnlyDictionary<string, SectionValues>? Sections,
    IReadOnlyList<AliasValues>? Aliases
);

/// <summary>Another name of a model.</summary>
/// <param name="Name">The name.</param>
/// <param name="Parameters">Request fields it sets; null for a plain alias.</param>
internal sealed record AliasValues(string? Name, JsonElement? Parameters);

/// <summary>A template.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">For people.</param>
/// <param name="Values">Values by section and column.</param>
internal sealed record TemplateValues(string? Name, string? Description, JsonElement Values);

/// <summary>The secrets of a file.</summary>
/// <param name="Server">Of the server settings, by column.</param>
/// <param name="Models">Of the models, by name, section and column.</param>
/// <param name="Preferences">Of the preferences, by key.</param>
internal sealed record SettingsSecrets(
    Dictionary<string, JsonElement> Server,
    Dictionary<string, Dictionary<string, Dictionary<string, JsonElement>>> Models,
    Dictionary<string, JsonElement> Preferences
)
{
    /// <summary>None.</summary>
    public static SettingsSecrets None => new([], [], []);

    /// <summary>How many there are.</summary>
    public int Count => Server.Count + Preferences.Count + Models.Values.Sum(model => model.Values.Sum(section => section.Count));
}
