using System.Globalization;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Domain.Settings;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Settings;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>The rules of retention in force, over the settings.</summary>
internal sealed class RetentionAccess(SettingValues values, SettingStore store, SavedSettings saved, AuditTrail audit)
{
    private const string Section = "LlamaBlazor:Retention:";

    /// <summary>Whether the environment or the command line sets a limit of a table.</summary>
    public bool IsLocked(string table) =>
        Find(table) is not null && (store.IsLocked($"{Section}{table}:Days") || store.IsLocked($"{Section}{table}:Rows"));

    /// <summary>All rules in force.</summary>
    /// <exception cref="System.Data.Common.DbException">What was saved is not known: by the defaults rows would leave that somebody
    /// keeps.</exception>
    public IReadOnlyList<RetentionRule> List()
    {
        saved.EnsureRead();
        return [.. RetentionRule.Defaults.Select(rule => rule with { Days = Limit(rule.Table, "Days"), Rows = Limit(rule.Table, "Rows") })];
    }

    /// <summary>Saves the limits of a table.</summary>
    public async Task<Result<RetentionRule>> SaveAsync(string table, RetentionLimits limits, CancellationToken cancellation = default)
    {
        if (Find(table) is not { } rule)
            return Failure.NotFound(
                $"There is no retention for a table '{table}'. There is one for "
                    + $"{string.Join(", ", RetentionRule.Defaults.Select(known => known.Table))}."
            );
        if (IsLocked(table))
            return Failure.Conflict($"The retention of {table} is set by {Section}{table} and cannot be changed here.");
        if (RetentionRule.Check(limits.Days, limits.Rows) is { } error)
            return Failure.Invalid(table, error);
        var changed = await store
            .SaveAsync(
                new SettingEdits { [$"{Section}{table}:Days"] = Value(limits.Days), [$"{Section}{table}:Rows"] = Value(limits.Rows) },
                cancellation
            )
            .ConfigureAwait(false);
        if (!changed.IsSuccess)
            return changed.Failure!;
        audit.Note("retention_changed", "table", table, new { limits.Days, limits.Rows });
        return rule with { Days = limits.Days, Rows = limits.Rows };
    }

    private static RetentionRule? Find(string table) => RetentionRule.Defaults.FirstOrDefault(rule => rule.Table == table);

    private static SettingValue Value(int? limit) =>
        limit is { } number ? new SettingValue(number.ToString(CultureInfo.InvariantCulture)) : SettingValue.None;

    private int? Limit(string table, string name) =>
        values[$"{Section}{table}:{name}"].Text is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}

/// <summary>Limits of a table.</summary>
/// <param name="Days">Age, or null for any.</param>
/// <param name="Rows">Number, or null for any.</param>
internal sealed record RetentionLimits(int? Days, int? Rows);
