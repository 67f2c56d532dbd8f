using System.Data.Common;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Settings;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared.Configuration;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Settings;

/// <summary>
/// The one place where settings are changed: checked as a whole, saved in one transaction with a line each in the audit trail, in force
/// when it returns, and told to all.
/// </summary>
internal sealed class SettingStore(
    IConfiguration configuration,
    SettingValues values,
    SavedSettings saved,
    EnginePathRules engines,
    DatabaseWriter writer,
    Broadcast<SettingsChanged> changes,
    TimeProvider clock
)
{
    /// <summary>Type of the lines in the audit trail.</summary>
    public const string AuditType = "setting";

    private const string Hidden = "***";

    /// <summary>All settings as they are now.</summary>
    public IReadOnlyList<SettingState> List() => [.. SettingTable.All.Select(Describe)];

    /// <summary>The state of a setting.</summary>
    /// <param name="definition">The setting.</param>
    public SettingState Describe(SettingDefinition definition)
    {
        var key = definition.Key;
        var (now, atStart) = (values[key], values.AtStart.Values[key]);
        return new SettingState(
            definition,
            now,
            SettingSources.Of(configuration, key),
            IsLocked(key),
            definition.NeedsRestart && !now.Equals(atStart) ? atStart : null,
            saved.Problems.GetValueOrDefault(key)
        );
    }

    /// <summary>Whether the environment or the command line sets a setting, or only they and the file may.</summary>
    /// <param name="key">Its key.</param>
    public bool IsLocked(string key) => SettingTable.Get(key).IsFixed || SettingSources.IsOutside(configuration, key);

    /// <summary>Why a locked setting cannot be changed, with the next step.</summary>
    /// <param name="definition">The setting.</param>
    public Failure LockedBy(SettingDefinition definition) =>
        Failure.Conflict(
            definition.IsFixed
                ? $"{definition.Key} can be set in appsettings.json, in the environment ({definition.Variable}) or on the command line "
                    + "only. Set it there and start the dashboard again."
                : $"{definition.Key} is set by "
                    + (
                        SettingSources.Of(configuration, definition.Key) == SettingSource.CommandLine
                            ? $"the command line ({definition.Variable} in the environment would do the same)"
                            : $"the environment ({definition.Variable})"
                    )
                    + ". Remove it there to set it here."
        );

    /// <summary>What is wrong with edits that only the disk can tell, by key, or null.</summary>
    /// <param name="edits">Values by key.</param>
    public Failure? Check(SettingEdits edits) => LaunchSettingsRules.Check(edits, engines);

    /// <summary>Saves values, all or none.</summary>
    /// <param name="edits">Values by key; null takes what was saved away.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>What was changed. Invalid where <see cref="Check"/> says so; a conflict where one is locked.</returns>
    public Task<Result<string[]>> SaveAsync(SettingEdits edits, CancellationToken cancellation = default) =>
        EditAsync(_ => Check(edits) is { } invalid ? invalid : edits, cancellation);

    /// <summary>Saves what is made of the values of now, all or none.</summary>
    /// <param name="decide">Makes the edits of the values that hold, in the transaction that saves them; or says why not.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>What was changed. A conflict where one is locked.</returns>
    public async Task<Result<string[]>> EditAsync(
        Func<Func<string, SettingValue>, Result<SettingEdits>> decide,
        CancellationToken cancellation = default
    )
    {
        var result = await writer
            .ExecuteAsync<Result<string[]>>(
                async (context, token) =>
                {
                    var rows = await RowsAsync(context, token).ConfigureAwait(false);
                    var stored = rows.Read();
                    SettingValue Now(string key) => Effective(key, stored);
                    var decided = decide(Now);
                    if (!decided.IsSuccess)
                        return decided.Failure!;
                    if (decided.Value.Keys.FirstOrDefault(IsLocked) is { } locked)
                        return LockedBy(SettingTable.Get(locked));
                    return Write(context, rows, decided.Value, stored);
                },
                cancellation
            )
            .ConfigureAwait(false);
        if (!result.IsSuccess || result.Value.Length == 0)
            return result;
        try
        {
            saved.Reload();
        }
        catch (DbException)
        {
            SavedConfiguration.Of(configuration)?.Forget(); // it is saved; whoever needs it next reads it
        }

        changes.Publish(new SettingsChanged(result.Value));
        return result;
    }

    private SettingValue Effective(string key, IReadOnlyDictionary<string, SettingValue> stored)
    {
        if (!IsLocked(key) && stored.TryGetValue(key, out var value))
            return value;
        var read = SettingSources.ReadConfigured(configuration, SettingTable.Get(key));
        return read.IsSuccess ? read.Value : values[key];
    }

    private static async Task<SavedRows> RowsAsync(LlamaDbContext context, CancellationToken cancellation)
    {
        var config = await context
            .Configs.Where(row => SavedPlace.Rows.Contains(row.Key))
            .ToDictionaryAsync(row => row.Key, cancellation)
            .ConfigureAwait(false);
        var launch = await context.LaunchSettings.FindAsync([SavedPlace.LaunchRow], cancellation).ConfigureAwait(false);
        return new SavedRows(context, config, launch);
    }

    private string[] Write(LlamaDbContext context, SavedRows rows, SettingEdits edits, IReadOnlyDictionary<string, SettingValue> stored)
    {
        var changed = new List<string>();
        foreach (var (key, value) in edits)
        {
            var definition = SettingTable.Get(key);
            var before = Effective(key, stored);
            if (value is null ? !rows.Has(definition) : stored.TryGetValue(key, out var same) && same.Equals(value))
                continue;
            rows.Set(definition, value);
            var after = value ?? Effective(key, new Dictionary<string, SettingValue>());
            context.Note(
                value is null ? "setting.reset" : "setting.change",
                AuditType,
                key,
                new { before = Show(definition, before), after = Show(definition, after) }
            );
            changed.Add(definition.Key);
        }

        rows.Apply(clock.GetUtcNow().ToUnixTimeMilliseconds());
        return [.. changed];
    }

    private static object? Show(SettingDefinition definition, SettingValue value) =>
        definition.IsSecret ? Hidden : definition.ToJson(value);
}

/// <summary>Values to save, by key; null takes what was saved away.</summary>
internal sealed class SettingEdits : Dictionary<string, SettingValue?>;

/// <summary>A setting as it is now.</summary>
/// <param name="Definition">What it is.</param>
/// <param name="Value">Its value.</param>
/// <param name="Source">Who sets it.</param>
/// <param name="IsLocked">Whether it cannot be changed in the dashboard.</param>
/// <param name="Pending">What still holds until the next start, where that is something else; else null.</param>
/// <param name="Problem">What is wrong with the saved value, which does not count; or null.</param>
public sealed record SettingState(
    SettingDefinition Definition,
    SettingValue Value,
    SettingSource Source,
    bool IsLocked,
    SettingValue? Pending,
    string? Problem
);
