using LlamaBlazor.Domain.Settings;

namespace LlamaBlazor.Web.Shared.Configuration;

/// <summary>
/// What was saved in the dashboard, as a source of the configuration: above the files, below the environment and the command line. It is
/// filled from the database once that can be read, and again at each change; until then it says nothing.
/// </summary>
internal sealed class SavedConfiguration : ConfigurationProvider, IConfigurationSource
{
    private IReadOnlyDictionary<string, SettingValue> _values = new Dictionary<string, SettingValue>();
    private int _read;

    /// <summary>Whether the database was read: else nothing is known of what was saved.</summary>
    public bool IsRead => Volatile.Read(ref _read) != 0;

    /// <summary>The provider of a configuration, or null where it has none.</summary>
    /// <param name="configuration">The configuration.</param>
    public static SavedConfiguration? Of(IConfiguration configuration) =>
        (configuration as IConfigurationRoot)?.Providers.OfType<SavedConfiguration>().FirstOrDefault();

    /// <inheritdoc/>
    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <summary>The saved value of a setting, or null.</summary>
    /// <param name="key">Its key.</param>
    public SettingValue? Find(string key) => Volatile.Read(ref _values).GetValueOrDefault(key);

    /// <summary>Takes over what is saved, and tells of it where it is something else than before.</summary>
    /// <param name="values">Settings by key; those that are locked by a later source left out.</param>
    public void Replace(IReadOnlyDictionary<string, SettingValue> values)
    {
        Volatile.Write(ref _read, 1);
        var before = Interlocked.Exchange(ref _values, values);
        if (before.Count == values.Count && values.All(pair => pair.Value.Equals(before.GetValueOrDefault(pair.Key))))
            return;
        Data = values.SelectMany(Lines).ToDictionary(line => line.Key, line => line.Value, StringComparer.OrdinalIgnoreCase);
        OnReload();
    }

    /// <summary>What was read does not count any more, as after the database was replaced; the values stay until it is read
    /// again.</summary>
    public void Forget() => Volatile.Write(ref _read, 0);

    private static IEnumerable<KeyValuePair<string, string?>> Lines(KeyValuePair<string, SettingValue> saved)
    {
        var (key, value) = saved;
        var definition = SettingTable.Get(key);
        if (definition.Kind == SettingKind.List && value.Items.Count > 0)
            return value.Items.Select((item, index) => KeyValuePair.Create<string, string?>($"{key}:{index}", item));
        return [KeyValuePair.Create<string, string?>(key, value.Text ?? (definition.IsOptional ? SettingDefinition.NoneWord : ""))];
    }
}
