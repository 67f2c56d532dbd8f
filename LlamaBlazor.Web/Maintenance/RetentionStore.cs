using System.Globalization;
using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Shared.Api;
using LlamaBlazor.Web.Shared.Configuration;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>
/// The retention in force: what <c>LlamaBlazor:Retention:TABLE:Days</c> and <c>…:Rows</c> set is locked, else what was saved on the
/// Database page, else the
/// default.
/// </summary>
internal sealed class RetentionStore(
    IConfiguration configuration,
    IDbContextFactory<LlamaDbContext> contexts,
    DatabaseWriter writer,
    AuditTrail audit,
    TimeProvider clock
)
{
    private const string Prefix = "retention.";
    private const string Section = "LlamaBlazor:Retention:";

    /// <summary>Checks the configuration.</summary>
    /// <exception cref="StartupException">A value is out of range.</exception>
    public static void Validate(IConfiguration configuration)
    {
        foreach (var table in configuration.GetSection("LlamaBlazor:Retention").GetChildren())
        {
            if (RetentionRule.Defaults.All(rule => !rule.Table.Equals(table.Key, StringComparison.OrdinalIgnoreCase)))
                throw new StartupException(
                    $"{Section}{table.Key} is set, but there is no such table with a retention. There is one for "
                        + $"{string.Join(", ", RetentionRule.Defaults.Select(rule => rule.Table))}."
                );
            foreach (var limit in table.GetChildren())
            {
                var isDays = limit.Key.Equals("Days", StringComparison.OrdinalIgnoreCase);
                if (!isDays && !limit.Key.Equals("Rows", StringComparison.OrdinalIgnoreCase))
                    throw new StartupException($"{Section}{table.Key}:{limit.Key} is not known. Set Days, Rows or both.");
                var number = int.TryParse(limit.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : -1;
                if (RetentionRule.Check(isDays ? number : null, isDays ? null : number) is { } error)
                    throw new StartupException($"{Section}{table.Key}:{limit.Key} is '{limit.Value}'. {error}");
            }
        }
    }

    /// <summary>Whether the configuration sets the limits of a table.</summary>
    public bool IsLocked(string table) => configuration.GetSection(Section + table).GetChildren().Any();

    /// <summary>All rules in force.</summary>
    public async Task<IReadOnlyList<RetentionRule>> ListAsync(CancellationToken cancellation = default)
    {
        var context = await contexts.CreateDbContextAsync(cancellation).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
        {
            var saved = await context
                .Configs.AsNoTracking()
                .Where(row => row.Key.StartsWith(Prefix))
                .ToDictionaryAsync(row => row.Key[Prefix.Length..], row => row.Value, cancellation)
                .ConfigureAwait(false);
            return [.. RetentionRule.Defaults.Select(rule => InForce(rule, saved.GetValueOrDefault(rule.Table)))];
        }
    }

    /// <summary>Saves the limits of a table.</summary>
    public async Task<Result<RetentionRule>> SaveAsync(string table, RetentionLimits limits, CancellationToken cancellation = default)
    {
        if (RetentionRule.Defaults.FirstOrDefault(rule => rule.Table == table) is not { } rule)
            return Failure.NotFound(
                $"There is no retention for a table '{table}'. There is one for "
                    + $"{string.Join(", ", RetentionRule.Defaults.Select(known => known.Table))}."
            );
        if (IsLocked(table))
            return Failure.Conflict($"The retention of {table} is set by {Section}{table} and cannot be changed here.");
        if (RetentionRule.Check(limits.Days, limits.Rows) is { } error)
            return Failure.Invalid(table, error);
        await writer
            .ExecuteAsync(
                async (context, token) =>
                {
                    var row = await context.Configs.FindAsync([Prefix + table], token).ConfigureAwait(false);
                    var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
                    if (row is null)
                        context.Configs.Add(
                            row = new ConfigRow
                            {
                                Key = Prefix + table,
                                ValueType = "json",
                                CreatedAt = now,
                            }
                        );
                    (row.Value, row.UpdatedAt) = (JsonSerializer.Serialize(limits, ApiJson.Options), now);
                },
                cancellation
            )
            .ConfigureAwait(false);
        audit.Note("retention_changed", "table", table, new { limits.Days, limits.Rows });
        return rule with { Days = limits.Days, Rows = limits.Rows };
    }

    private RetentionRule InForce(RetentionRule rule, string? saved)
    {
        if (IsLocked(rule.Table))
            return rule with
            {
                Days = configuration.GetValue<int?>($"{Section}{rule.Table}:Days") ?? rule.Days,
                Rows = configuration.GetValue<int?>($"{Section}{rule.Table}:Rows") ?? rule.Rows,
            }; // what is not set there stays as it comes
        if (saved is null)
            return rule;
        try
        {
            var limits = JsonSerializer.Deserialize<RetentionLimits>(saved, ApiJson.Options);
            return limits is null || RetentionRule.Check(limits.Days, limits.Rows) is not null
                ? rule
                : rule with
                {
                    Days = limits.Days,
                    Rows = limits.Rows,
                };
        }
        catch (JsonException)
        {
            return rule; // written by hand, and not understood: the default is the safe choice
        }
    }
}

/// <summary>Limits of a table.</summary>
/// <param name="Days">Age, or null for any.</param>
/// <param name="Rows">Number, or null for any.</param>
internal sealed record RetentionLimits(int? Days, int? Rows);
