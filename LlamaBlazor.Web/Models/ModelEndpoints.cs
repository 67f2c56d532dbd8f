using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Web.Models.Duplicates;
using LlamaBlazor.Web.Models.Headers;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Models;

/// <summary><c>/api/models</c> (product.md 4), but for what rooms above this one know: a model of columns, what fits.</summary>
internal static class ModelEndpoints
{
    private const int PageDefault = 100;
    private const int PageBound = 1000;

    /// <summary>Maps <c>/api/models</c> and what lies below.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/models").WithTags("Models");
        group.MapGet("", ListAsync);
        group.MapPost("scan", async (LibraryService library, CancellationToken cancellation) => await library.ScanAsync(cancellation));
        group.MapPost("cleanup", CleanUpAsync);
        group.MapGet("{id}", GetAsync);
        group.MapPatch("{id}", PatchAsync);
        group.MapDelete("{id}", DeleteAsync);
        group.MapGet("duplicates", DuplicatesAsync);
        group.MapGet("deletions", (DeletionUndo undo) => new ListPage<Deletion>(undo.All, null));
        group.MapPost(
            "deletions/{deletion:long}/undo",
            async (long deletion, DeletionUndo undo, CancellationToken cancellation) =>
                (await undo.UndoAsync(deletion, cancellation)).ToApi(models => Results.Ok(new { models }))
        );
        group.MapPost(
            "{id}/favorite",
            async (string id, FavoriteRequest? request, ModelStore store, CancellationToken cancellation) =>
                (await store.SetFavoriteAsync(id, request?.Favorite, cancellation)).ToApi(model =>
                    Results.Ok(new FavoriteRequest(model.Favorite))
                )
        );
        group.MapPost(
            "{id}/duplicate",
            async (string id, DuplicateRequest? request, LibraryEdits library, CancellationToken cancellation) =>
                Created(await library.DuplicateAsync(id, request?.Name, cancellation))
        );
        GgufEndpoints.Map(group);
    }

    private static async Task<IResult> ListAsync([AsParameters] ModelListQuery query, ModelQueries models, CancellationToken cancellation)
    {
        if (Check(query) is { } failure)
            return ApiResults.Problem(failure);
        var filter = new ModelFilter
        {
            Status = query.Status,
            Type = query.Type,
            Role = query.Role,
            Text = query.Q,
            Favorite = query.Favorite,
            Sort = ModelSort.Parse(query.Sort)!,
        };
        return await models.PageAsync(filter, query.After, query.Limit ?? PageDefault, cancellation) is { } page
            ? Results.Ok(page)
            : ApiResults.Invalid("after", "Send back what 'next' of the page before said, with the same sort.");
    }

    private static async Task<IResult> DeleteAsync(
        string id,
        HttpContext context,
        bool? ignore,
        bool? file,
        ModelStore store,
        LibraryFiles files,
        CancellationToken cancellation
    )
    {
        if (file is not true)
            return (await store.DeleteAsync(id, ignore ?? false, cancellation)).ToApi(done => NoContent(context, done.Undo));
        if (await store.FindAsync(id, cancellation) is not { } model)
            return ApiResults.Problem(ModelStore.Unknown(id));
        var deleted = await files.DeleteAsync([model.Id], cancellation);
        return deleted.Failure is { } failure
            ? ApiResults.Problem(failure)
            : (await store.DeleteManyAsync([model.Id], ignore: false, cancellation)).ToApi(_ => Results.NoContent()); // one without a file
    }

    // 204 has no body: where the deletion can be undone stands in a header.
    private static IResult NoContent(HttpContext context, Deletion? undo)
    {
        if (undo is not null)
            context.Response.Headers["X-Undo"] = $"/api/models/deletions/{undo.Id}/undo";
        return Results.NoContent();
    }

    private static async Task<DuplicatesAnswer> DuplicatesAsync(DuplicateFinder finder, CancellationToken cancellation)
    {
        var groups = await finder.FindAsync(cancellation);
        return new DuplicatesAnswer(groups, groups.Sum(group => group.WastedBytes));
    }

    private static async Task<CleanupAnswer> CleanUpAsync(LibraryEdits library, CancellationToken cancellation)
    {
        var (removed, plan) = await library.CleanupAsync(cancellation);
        return new CleanupAnswer(removed, plan.Kept, plan.Reasons);
    }

    private static async Task<IResult> GetAsync(string id, ModelStore store, CancellationToken cancellation) =>
        await store.FindAsync(id, cancellation) is { } model ? Results.Ok(ModelJson.Of(model)) : ApiResults.Problem(ModelStore.Unknown(id));

    private static async Task<IResult> PatchAsync(string id, JsonElement body, ModelStore store, CancellationToken cancellation)
    {
        var patch = ModelPatchReader.Read(body);
        return patch.IsSuccess
            ? (await store.PatchAsync(id, patch.Value, cancellation)).ToApi(model => Results.Ok(ModelJson.Of(model)))
            : ApiResults.Problem(patch.Failure!);
    }

    private static IResult Created(Result<Model> result) =>
        result.ToApi(model => Results.Created($"/api/models/{model.Id}", ModelJson.Of(model)));

    private static Failure? Check(ModelListQuery query)
    {
        var errors = new Dictionary<string, string[]>();
        if (query.Status is { } status && status != "missing" && !ModelStatus.All.Contains(status))
            errors["status"] = [$"One of {string.Join(", ", ModelStatus.All)}, missing."];
        if (query.Role is { } role && !ModelRole.All.Contains(role))
            errors["role"] = [$"One of {string.Join(", ", ModelRole.All)}."];
        if (ModelSort.Parse(query.Sort) is null)
            errors["sort"] = [$"One of {string.Join(", ", ModelSort.Keys)}, with - in front for downwards."];
        if (query.Limit is < 1 or > PageBound)
            errors["limit"] = [$"A number from 1 to {PageBound}."];
        return errors.Count == 0 ? null : Failure.Invalid(errors);
    }
}

/// <summary>Query of the list.</summary>
internal sealed record ModelListQuery
{
    /// <inheritdoc cref="ModelFilter.Status"/>
    public string? Status { get; init; }

    /// <inheritdoc cref="ModelFilter.Type"/>
    public string? Type { get; init; }

    /// <inheritdoc cref="ModelFilter.Role"/>
    public string? Role { get; init; }

    /// <inheritdoc cref="ModelFilter.Text"/>
    public string? Q { get; init; }

    /// <inheritdoc cref="ModelFilter.Favorite"/>
    public bool? Favorite { get; init; }

    /// <summary>Key of the order, with <c>-</c> in front for downwards.</summary>
    public string? Sort { get; init; }

    /// <summary>What <c>next</c> of the page before said.</summary>
    public string? After { get; init; }

    /// <summary>Rows of a page, 1 to 1,000; 100 where none is asked for.</summary>
    public int? Limit { get; init; }
}

/// <summary>A copy to make.</summary>
/// <param name="Name">Name to give, else the original's with <c>-copy</c>.</param>
internal sealed record DuplicateRequest(string? Name);

/// <summary>The mark of a favourite; null toggles.</summary>
internal sealed record FavoriteRequest(bool? Favorite);

/// <summary>Files that are there more than once.</summary>
/// <param name="Items">By what they waste.</param>
/// <param name="WastedBytes">In all.</param>
internal sealed record DuplicatesAnswer(IReadOnlyList<DuplicateGroup> Items, long WastedBytes);

/// <summary>What a clean-up did.</summary>
/// <param name="Removed">Models that left.</param>
/// <param name="Kept">Models whose whole folder is not available, as on a disk that is not mounted: they stay.</param>
/// <param name="Reasons">What is the matter with those folders.</param>
internal sealed record CleanupAnswer(int Removed, int Kept, IReadOnlyList<string> Reasons);
