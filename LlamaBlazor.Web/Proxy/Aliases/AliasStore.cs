using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Models.Library;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Proxy.Aliases;

/// <summary>An alias as it is sent.</summary>
/// <param name="Name">The name clients use.</param>
/// <param name="Model">Id or name of the model.</param>
/// <param name="Parameters">Request fields to set; none for a plain alias.</param>
internal sealed record AliasBody(string? Name, JsonElement? Model, JsonElement? Parameters);

/// <summary>An alias as it is shown.</summary>
internal sealed record AliasAnswer(
    long Id,
    string Name,
    long ModelId,
    string Model,
    JsonElement? Parameters,
    long CreatedAt,
    long UpdatedAt
)
{
    /// <summary>Whether it stands for all names that fit, where none is known by itself.</summary>
    public bool IsWildcard => WildcardName.Read(Name) is not null;
}

/// <summary>Names that stand for a model, with request fields of their own: <c>model_aliases</c>.</summary>
internal sealed class AliasStore(
    IDbContextFactory<LlamaDbContext> contexts,
    DatabaseWriter writer,
    ModelDirectory directory,
    TimeProvider clock
)
{
    private const int ListBound = 1000;

    /// <summary>Aliases by name, of one model or of all.</summary>
    public async Task<IReadOnlyList<AliasAnswer>> ListAsync(long? modelId, CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync<IReadOnlyList<AliasAnswer>>(
                async context =>
                {
                    var query =
                        from alias in context.Set<ModelAliasRow>()
                        join model in context.Models on alias.ModelId equals model.Id
                        where modelId == null || alias.ModelId == modelId
                        orderby alias.Name
                        select new { Alias = alias, model.Name };
                    return
                    [
                        .. (await query.Take(ListBound).ToListAsync(cancellation).ConfigureAwait(false)).Select(row =>
                            AnswerOf(row.Alias, row.Name)
                        ),
                    ];
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>Makes an alias.</summary>
    public async Task<Result<AliasAnswer>> CreateAsync(string? name, string? model, string? parametersJson, CancellationToken cancellation)
    {
        if (AliasRules.Check(name, parametersJson) is { } invalid)
            return invalid;
        var wanted = name!.Trim();
        var result = await writer
            .ExecuteAsync<Result<AliasAnswer>>(
                async (context, token) =>
                {
                    var id = long.TryParse(model, out var number) ? number : 0;
                    var owner = await context
                        .Models.AsNoTracking()
                        .Where(row => row.Id == id || row.Name == model)
                        .Select(row => new { row.Id, row.Name })
                        .FirstOrDefaultAsync(token)
                        .ConfigureAwait(false);
                    if (owner is null)
                        return Failure.Invalid("model", "The id or the name of a model.");
                    if ((await ModelNames.LoadAsync(context, token).ConfigureAwait(false)).Refuse(wanted) is { } taken)
                        return Failure.Invalid("name", taken);
                    var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
                    var row = new ModelAliasRow
                    {
                        Name = wanted,
                        ModelId = owner.Id,
                        ParametersJson = string.IsNullOrWhiteSpace(parametersJson) ? null : parametersJson,
                        CreatedAt = now,
                        UpdatedAt = now,
                    };
                    context.Add(row);
                    await context.SaveChangesAsync(token).ConfigureAwait(false);
                    return AnswerOf(row, owner.Name);
                },
                cancellation
            )
            .ConfigureAwait(false);
        directory.Invalidate();
        return result;
    }

    /// <summary>Removes an alias. False when there is none.</summary>
    public async Task<bool> DeleteAsync(long id, CancellationToken cancellation)
    {
        var removed = await writer
            .ExecuteAsync(
                async (context, token) =>
                {
                    var row = await context.Set<ModelAliasRow>().FindAsync([id], token).ConfigureAwait(false);
                    if (row is not null)
                        context.Remove(row);
                    return row is not null;
                },
                cancellation
            )
            .ConfigureAwait(false);
        directory.Invalidate();
        return removed;
    }

    private static AliasAnswer AnswerOf(ModelAliasRow row, string model) =>
        new(
            row.Id,
            row.Name,
            row.ModelId,
            model,
            row.ParametersJson is null ? null : JsonSerializer.Deserialize<JsonElement>(row.ParametersJson),
            row.CreatedAt,
            row.UpdatedAt
        );
}
