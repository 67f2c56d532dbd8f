using System.Text.Json;
using LlamaBlazor.Domain.Settings;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;

namespace LlamaBlazor.Web.Settings;

/// <summary>The rows that hold settings, inside one edit of the database.</summary>
/// <param name="context">The context of the edit.</param>
/// <param name="config">Rows of <c>config</c> by key.</param>
/// <param name="launch">The row of <c>server_config</c>, or null.</param>
internal sealed class SavedRows(LlamaDbContext context, IReadOnlyDictionary<string, ConfigRow> config, LaunchSettingsRow? launch)
{
    private readonly Dictionary<string, string?> _texts = config.ToDictionary(row => row.Key, row => (string?)row.Value.Value);
    private string? _launchText = launch?.Value;

    /// <summary>The values in them.</summary>
    public IReadOnlyDictionary<string, SettingValue> Read() =>
        SavedPlace.Read(config.ToDictionary(row => row.Key, row => row.Value.Value), launch?.Value).Values;

    /// <summary>Whether something is saved for a setting, right or wrong.</summary>
    /// <param name="definition">The setting.</param>
    public bool Has(SettingDefinition definition) => SavedPlace.Of(definition) is { } place && place.Has(Text(place));

    /// <summary>Sets a value; counts with <see cref="Apply"/>.</summary>
    /// <param name="definition">The setting.</param>
    /// <param name="value">Its value, or null to remove it.</param>
    public void Set(SettingDefinition definition, SettingValue? value)
    {
        var place = SavedPlace.Of(definition)!;
        var text = place.Write(Text(place), definition, value);
        if (place.IsLaunch)
            _launchText = text;
        else
            _texts[place.Row] = text;
    }

    /// <summary>Makes, changes and removes the rows.</summary>
    /// <param name="now">Unix milliseconds.</param>
    public void Apply(long now)
    {
        ApplyLaunch(now);
        foreach (var (key, text) in _texts)
        {
            var row = config.GetValueOrDefault(key);
            if (text == row?.Value)
                continue;
            if (text is null)
            {
                context.Remove(row!);
                continue;
            }

            if (row is null)
                context.Configs.Add(row = new ConfigRow { Key = key, CreatedAt = now });
            (row.Value, row.ValueType, row.UpdatedAt) = (text, PreferenceText.TypeOf(JsonElement.Parse(text)), now);
        }
    }

    private string? Text(SavedPlace place) => place.IsLaunch ? _launchText : _texts.GetValueOrDefault(place.Row);

    private void ApplyLaunch(long now)
    {
        var row = launch;
        if (_launchText == row?.Value)
            return;
        if (_launchText is null)
        {
            context.Remove(row!);
            return;
        }

        if (row is null)
            context.LaunchSettings.Add(row = new LaunchSettingsRow { Key = SavedPlace.LaunchRow });
        (row.Value, row.UpdatedAt) = (_launchText, now);
    }
}
