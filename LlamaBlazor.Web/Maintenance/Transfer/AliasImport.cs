using System.Text.Json;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Shared.Api;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Maintenance.Transfer;

/// <summary>Brings the aliases of models that an import took. A name that is somebody else's here stays with its owner, whom the report
/// names.</summary>
internal sealed class AliasImport(LlamaDbContext context, TransferOptions options, TransferReport report, long now)
{
    /// <summary>Takes the aliases of one model; the caller commits.</summary>
    public async Task TakeAsync(long modelId, string model, IReadOnlyList<AliasValues> theirs, CancellationToken cancellation)
    {
        foreach (var alias in theirs)
        {
            var parameters = alias.Parameters is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } given
                ? Compact(given)
                : null;
            if (await RefuseAsync(modelId, alias, parameters, cancellation).ConfigureAwait(false) is { } reason)
            {
                report.Problems.Add(new TransferProblem($"models.{model}.aliases.{alias.Name}", reason));
                continue;
            }

            if (await SetAsync(modelId, alias.Name!.Trim(), parameters, cancellation).ConfigureAwait(false))
                report.Aliases.Add(alias.Name.Trim());
            await context.SaveChangesAsync(cancellation).ConfigureAwait(false); // the next one may have the same name
        }
    }

    private async Task<string?> RefuseAsync(long modelId, AliasValues alias, string? parameters, CancellationToken cancellation)
    {
        if (AliasRules.Check(alias.Name, parameters) is { } wrong)
            return string.Join(' ', wrong.Errors!.SelectMany(error => error.Value));
        var name = alias.Name!.Trim();
        return (await ModelNames.LoadAsync(context, cancellation).ConfigureAwait(false)).Find(name) switch
        {
            { IsAlias: false } => "A model has this name here. Rename one of them, then add the alias on the model's page.",
            { } owner when owner.ModelId != modelId =>
                $"It is an alias of {owner.Model} here, which stays. Remove it there first, or add this one under another name.",
            _ => null,
        };
    }

    // True when something was changed.
    private async Task<bool> SetAsync(long modelId, string name, string? parameters, CancellationToken cancellation)
    {
        var row = await context.Set<ModelAliasRow>().FirstOrDefaultAsync(known => known.Name == name, cancellation).ConfigureAwait(false);
        if (
            row is not null
            && (!options.Update || (row.ParametersJson is null ? null : Compact(JsonElement.Parse(row.ParametersJson))) == parameters)
        )
            return false;
        if (row is null)
            context.Add(
                row = new ModelAliasRow
                {
                    Name = name,
                    ModelId = modelId,
                    CreatedAt = now,
                }
            );
        (row.ParametersJson, row.UpdatedAt) = (parameters, now);
        return true;
    }

    // However it was indented.
    private static string Compact(JsonElement parameters) => JsonSerializer.Serialize(parameters, ApiJson.Options);
}
