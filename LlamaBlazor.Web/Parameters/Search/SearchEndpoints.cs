using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared.Api;
using LlamaBlazor.Web.Shared.ModelTabs;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Parameters.Search;

/// <summary><c>/api/parameters</c>: settings by their name, flag or description, each with the page it is set on.</summary>
internal static class SearchEndpoints
{
    private const int LimitDefault = 20;
    private const int LimitBound = 300;
    private const int TextBound = 200;

    /// <summary>Maps <c>/api/parameters</c> and what lies below.</summary>
    public static void MapSearch(this IEndpointRouteBuilder app) => app.MapGet("/api/parameters", FindAsync).WithTags("Configuration");

    private static async Task<IResult> FindAsync(
        string? q,
        long? model,
        int? limit,
        [FromServices] IEnumerable<ModelTab> tabs,
        IDbContextFactory<LlamaDbContext> contexts,
        CancellationToken cancellation
    )
    {
        if (limit is < 1 or > LimitBound)
            return ApiResults.Invalid("limit", $"1 to {LimitBound}.");
        if (q?.Length > TextBound)
            return ApiResults.Invalid("q", $"At most {TextBound} characters.");
        var text = q?.Trim() ?? "";
        var target = await TargetAsync(contexts, model, cancellation);
        var titles = tabs.ToDictionary(tab => tab.Key, tab => tab.Title);
        var ofModel = ParameterSearch
            .Find(text, null, ofModel: true)
            .Select(found => target is null ? Explained(found) : Hit(found, target, titles));
        var ofServer = ParameterSearch.Find(text, null, ofModel: false).Select(found => Hit(found, null, titles));
        var hits = ofModel.Concat(ofServer).DistinctBy(hit => hit.Column).Take(limit ?? LimitDefault).ToList();
        return Results.Ok(new ListPage<SettingHit>(hits, null));
    }

    // The one that is meant, else the one used last: a setting has no page without a model.
    private static Task<Target?> TargetAsync(IDbContextFactory<LlamaDbContext> contexts, long? wanted, CancellationToken cancellation) =>
        contexts.ReadAsync(
            context =>
            {
                var models = context.Models.Where(row => row.Role == ModelRole.Model);
                if (wanted is { } id)
                    models = models.Where(row => row.Id == id);
                return models
                    .OrderByDescending(row => row.LastUsedAt)
                    .ThenByDescending(row => row.Favorite)
                    .ThenBy(row => row.Name)
                    .Select(row => new Target(row.Id, row.Name))
                    .FirstOrDefaultAsync(cancellation);
            },
            cancellation
        );

    private static SettingHit Hit(ParameterDefinition found, Target? model, Dictionary<string, string> titles)
    {
        var tab = found.Tab is { } own ? ParameterTabs.KeyOf(own) : "";
        return model is null
            ? new SettingHit(found.Column, found.Label, found.Flag, found.Group, null, $"/server#p-{found.Column}")
            : new SettingHit(
                found.Column,
                found.Label,
                found.Flag,
                titles.GetValueOrDefault(tab, found.Group),
                model.Name,
                $"/models/{model.Id}/{tab}#p-{found.Column}"
            );
    }

    // Without a model there is nowhere to set it: the reference says what it is.
    private static SettingHit Explained(ParameterDefinition found) =>
        new(found.Column, found.Label, found.Flag, found.Group, null, "/parameters");

    private sealed record Target(long Id, string Name);
}

/// <summary>A setting and where it is set.</summary>
/// <param name="Column">Its column.</param>
/// <param name="Label">Its name.</param>
/// <param name="Flag">Its flag, or null.</param>
/// <param name="Tab">Title of the tab or group it stands on.</param>
/// <param name="Model">The model whose page it is, or null for the server settings.</param>
/// <param name="Href">Address of the field.</param>
internal sealed record SettingHit(string Column, string Label, string? Flag, string Tab, string? Model, string Href);
