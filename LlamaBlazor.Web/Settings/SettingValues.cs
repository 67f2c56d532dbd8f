using LlamaBlazor.Domain.Settings;
using LlamaBlazor.Web.Shared.Configuration;
using Microsoft.Extensions.Primitives;

namespace LlamaBlazor.Web.Settings;

/// <summary>
/// The values of all settings that hold now, always valid: of a value that became wrong while the program runs, as in a file that is being
/// edited, the last good one stays. The options of all rooms are bound to this.
/// </summary>
internal sealed class SettingValues : IDisposable
{
    private readonly Lock _gate = new();
    private readonly IConfiguration _configuration;
    private readonly IDisposable _subscription;
    private Snapshot _current;
    private ConfigurationReloadToken _token = new();

    /// <summary>Reads them, and follows the configuration.</summary>
    public SettingValues(IConfiguration configuration)
    {
        _configuration = configuration;
        _subscription = ChangeToken.OnChange(configuration.GetReloadToken, Reload); // first: what changes meanwhile is read then
        AtStart = _current = Read(null);
    }

    /// <summary>What held when the program started, which is what settings that need a restart still do.</summary>
    public Snapshot AtStart { get; }

    /// <summary>What holds now.</summary>
    public Snapshot Current => Volatile.Read(ref _current);

    /// <summary>The value of a setting.</summary>
    /// <param name="key">Its key.</param>
    public SettingValue this[string key] => Current.Values[key];

    /// <summary>A token that tells of the next change.</summary>
    public IChangeToken GetReloadToken() => Volatile.Read(ref _token);

    /// <inheritdoc/>
    public void Dispose() => _subscription.Dispose();

    private void Reload()
    {
        lock (_gate)
            Volatile.Write(ref _current, Read(_current));
        Interlocked.Exchange(ref _token, new ConfigurationReloadToken()).OnReload();
    }

    private Snapshot Read(Snapshot? before)
    {
        var values = new Dictionary<string, SettingValue>(StringComparer.OrdinalIgnoreCase);
        foreach (var definition in SettingTable.All)
        {
            var read = SettingSources.Read(_configuration, definition);
            var known = before?.Values[definition.Key] ?? definition.Default;
            values[definition.Key] = read.IsSuccess ? read.Value : known;
        }

        return new Snapshot(values);
    }

    /// <summary>The values of a moment.</summary>
    /// <param name="values">All settings by key.</param>
    internal sealed class Snapshot(IReadOnlyDictionary<string, SettingValue> values)
    {
        /// <summary>All settings by key.</summary>
        public IReadOnlyDictionary<string, SettingValue> Values { get; } = values;

        /// <summary>The same as a configuration, to bind options to: those without a value are left out.</summary>
        public IConfiguration Configuration { get; } =
            new ConfigurationBuilder().AddInMemoryCollection(values.SelectMany(pair => Lines(pair.Key, pair.Value))).Build();

        private static IEnumerable<KeyValuePair<string, string?>> Lines(string key, SettingValue value) =>
            SettingTable.Get(key).Kind == SettingKind.List
                ? value.Items.Select((item, index) => KeyValuePair.Create<string, string?>($"{key}:{index}", item))
                : value.Items.Select(item => KeyValuePair.Create<string, string?>(key, item));
    }
}
