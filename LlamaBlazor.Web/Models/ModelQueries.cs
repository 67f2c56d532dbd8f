using LlamaBlazor.Domain.Models;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared.Api;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Models;

/// <summary>Reads for lists. Only <c>models</c>, only named columns, never more than asked for.</summary>
internal sealed class ModelQueries(IDbContextFactory<LlamaDbContext> contexts)
{
    private const int TextBound = 200;
    private const int WordBound = 8;

    /// <summary>One page of the list, or null when the cursor is not one of ours.</summary>
    public async Task<ListPage<ModelListItem>?> PageAsync(
        ModelFilter filter,
        string? after,
        int limit,
        CancellationToken cancellation = default
    )
    {
        var key = ModelSortKey.For(filter.Sort);
        return await contexts
            .ReadAsync(
                async context =>
                {
                    var rows = Where(context.Models, filter);
                    var rest = after is null ? rows : key.After(rows, after, filter.Sort.Descending);
                    if (rest is null)
                        return null;
                    var ranked = await key.WithCursor(key.Order(rest, filter.Sort.Descending).Take(limit + 1))
                        .ToListAsync(cancellation)
                        .ConfigureAwait(false);
                    var page = ranked.Take(limit).ToList();
                    var items = await RowsAsync(context, [.. page.Select(row => row.Id)], cancellation).ConfigureAwait(false);
                    return new ListPage<ModelListItem>(items, ranked.Count > limit ? page[^1].Cursor : null);
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>
    /// Ids of all models that pass, in order: 8 bytes a model, so that a virtualised grid knows its height and fetches only the rows in
    /// view.
    /// </summary>
    public async Task<IReadOnlyList<long>> IdsAsync(ModelFilter filter, CancellationToken cancellation = default)
    {
        return await contexts
            .ReadAsync(
                async context =>
                {
                    var rows = ModelSortKey.For(filter.Sort).Order(Where(context.Models, filter), filter.Sort.Descending);
                    return await rows.Select(model => model.Id).ToListAsync(cancellation).ConfigureAwait(false);
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>The lines of these models, in the order of the ids; ids that are gone are left out. At most 1,000 ids.</summary>
    public async Task<IReadOnlyList<ModelListItem>> RowsAsync(IReadOnlyList<long> ids, CancellationToken cancellation = default)
    {
        return await contexts.ReadAsync(context => RowsAsync(context, ids, cancellation), cancellation).ConfigureAwait(false);
    }

    /// <summary>Number of models in the library.</summary>
    public async Task<int> CountAsync(CancellationToken cancellation = default)
    {
        return await contexts.ReadAsync(context => context.Models.CountAsync(cancellation), cancellation).ConfigureAwait(false);
    }

    /// <summary>The families in the library, by name; at most 100.</summary>
    public async Task<IReadOnlyList<string>> TypesAsync(CancellationToken cancellation = default)
    {
        return await contexts
            .ReadAsync(
                context => context.Models.Select(model => model.Type).Distinct().OrderBy(type => type).Take(100).ToListAsync(cancellation),
                cancellation
            )
            .ConfigureAwait(false);
    }

    private static async Task<IReadOnlyList<ModelListItem>> RowsAsync(
        LlamaDbContext context,
        IReadOnlyList<long> ids,
        CancellationToken cancellation
    )
    {
        var rows = await context
            .Models.AsNoTracking()
            .Where(model => ids.Contains(model.Id))
            .Select(ModelListItem.Columns)
            .ToDictionaryAsync(row => row.Id, cancellation)
            .ConfigureAwait(false);
        return [.. ids.Where(rows.ContainsKey).Select(id => rows[id])];
    }

    private static IQueryable<Model> Where(IQueryable<Model> rows, ModelFilter filter)
    {
        if (filter.Status == "missing")
            rows = rows.Where(model => model.FileMissing);
        else if (filter.Status is { } status)
            rows = rows.Where(model => model.Status == status);
        if (filter.Type is { } type)
            rows = rows.Where(model =>
                EF.Functions.Collate(model.Type, "NOCASE") == type || EF.Functions.Collate(model.Architecture, "NOCASE") == type
            );
        if (filter.Role is { } role)
            rows = rows.Where(model => model.Role == role);
        if (filter.Favorite is { } favorite)
            rows = rows.Where(model => model.Favorite == favorite);
        foreach (var word in Words(filter.Text))
        {
            rows = rows.Where(model =>
                EF.Functions.Like(model.Name, word, "\\")
                || EF.Functions.Like(model.Architecture!, word, "\\")
                || EF.Functions.Like(model.Params!, word, "\\")
                || EF.Functions.Like(model.Quantization!, word, "\\")
                || EF.Functions.Like(model.Tags!, word, "\\")
            );
        }

        return rows;
    }

    private static IEnumerable<string> Words(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return [];
        var escaped = text[..Math.Min(text.Length, TextBound)].Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_");
        return escaped
            .Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Take(WordBound)
            .Select(word => $"%{word}%");
    }
}
