using System.Text.Json;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Maintenance.Legacy;
using LlamaBlazor.Web.Shared.Api;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>A row of an old database that has no place here.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Source">The file it comes from.</param>
/// <param name="TableName">Its table there.</param>
/// <param name="Reason">Why it was kept aside.</param>
/// <param name="Row">Its values, secrets hidden.</param>
/// <param name="CreatedAt">When it was imported, Unix milliseconds.</param>
internal sealed record LeftoverItem(long Id, string Source, string TableName, string Reason, JsonElement Row, long CreatedAt);

/// <summary>Lists <c>import_leftovers</c>.</summary>
internal sealed class LeftoverStore(IDbContextFactory<LlamaDbContext> contexts)
{
    /// <summary>A page, in the order they came.</summary>
    /// <param name="table">Of one old table alone; null for all.</param>
    /// <param name="after">Id of the last row of the page before; 0 for the first.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<ListPage<LeftoverItem>> ListAsync(string? table, long after, int limit, CancellationToken cancellation = default)
    {
        return await contexts
            .ReadAsync(
                async context =>
                {
                    var rows = await context
                        .Set<ImportLeftoverRow>()
                        .Where(row => row.Id > after && (table == null || row.TableName == table))
                        .OrderBy(row => row.Id)
                        .Take(limit + 1)
                        .ToListAsync(cancellation)
                        .ConfigureAwait(false);
                    var items = rows.Take(limit)
                        .Select(row => new LeftoverItem(
                            row.Id,
                            row.Source,
                            row.TableName,
                            row.Reason,
                            JsonElement.Parse(LegacyLeftovers.Hide(row.RowJson)),
                            row.CreatedAt
                        ))
                        .ToList();
                    return new ListPage<LeftoverItem>(items, rows.Count > limit ? $"{items[^1].Id}" : null);
                },
                cancellation
            )
            .ConfigureAwait(false);
    }
}
