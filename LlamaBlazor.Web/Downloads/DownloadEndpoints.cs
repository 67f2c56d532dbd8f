using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models.Downloads;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Downloads;

/// <summary><c>/api/downloads</c>.</summary>
internal static class DownloadEndpoints
{
    private const int PageDefault = 100;
    private const int PageBound = 1000;

    /// <summary>Maps <c>/api/downloads</c> and what lies below.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/downloads").WithTags("Downloads");
        group.MapGet("", ListAsync);
        group.MapPost("", AddAsync);
        group.MapDelete(
            "",
            async (DownloadService downloads, CancellationToken cancellation) => new ClearedAnswer(await downloads.ClearAsync(cancellation))
        );
        group.MapGet(
            "choices",
            async (string? source, DownloadPlanner planner, CancellationToken cancellation) =>
                (await planner.OfferAsync(source ?? "", cancellation)).ToApi(offer => Results.Ok(OfferAnswer.Of(offer)))
        );
        group.MapGet(
            "token",
            async (HubToken token, CancellationToken cancellation) => new TokenSource(await token.SourceAsync(cancellation))
        );
        group.MapPut(
            "token",
            async (TokenRequest request, HubToken token, CancellationToken cancellation) =>
                (await token.SaveAsync(request.Token, cancellation)).ToApi(_ => Results.NoContent())
        );
        group.MapGet(
            "{id:long}",
            async (long id, DownloadStore store, DownloadService downloads, CancellationToken cancellation) =>
                await store.FindAsync(id, cancellation) is { } row
                    ? Results.Ok(downloads.Show(row))
                    : ApiResults.Problem(Failure.NotFound($"There is no download {id}. GET /api/downloads lists all of them."))
        );
        group.MapPost(
            "{id:long}/cancel",
            async (long id, DownloadService downloads, CancellationToken cancellation) =>
                (await downloads.CancelAsync(id, cancellation)).ToApi()
        );
        group.MapPost(
            "{id:long}/resume",
            async (long id, DownloadService downloads, CancellationToken cancellation) =>
                (await downloads.ResumeAsync(id, cancellation)).ToApi(download => Results.Accepted($"/api/downloads/{id}", download))
        );
        group.MapDelete(
            "{id:long}",
            async (long id, DownloadService downloads, CancellationToken cancellation) =>
                (await downloads.RemoveAsync(id, cancellation)).ToApi(_ => Results.NoContent())
        );
    }

    private static async Task<IResult> ListAsync(
        string? status,
        long? after,
        int? limit,
        DownloadStore store,
        DownloadService downloads,
        CancellationToken cancellation
    )
    {
        if (status is not null && !DownloadStatus.All.Contains(status))
            return ApiResults.Invalid("status", $"One of {string.Join(", ", DownloadStatus.All)}.");
        if (limit is < 1 or > PageBound)
            return ApiResults.Invalid("limit", $"A number from 1 to {PageBound}.");
        var page = await store.PageAsync(status, after, limit ?? PageDefault, cancellation);
        return Results.Ok(new ListPage<DownloadSnapshot>([.. page.Items.Select(downloads.Show)], page.Next));
    }

    private static async Task<IResult> AddAsync(
        DownloadRequest request,
        DownloadPlanner planner,
        DownloadService downloads,
        CancellationToken cancellation
    )
    {
        var items = await planner.PlanAsync(request, cancellation);
        return items.IsSuccess
            ? (await downloads.AddAsync(items.Value, cancellation)).ToApi(added =>
                Results.Accepted("/api/downloads", new ListPage<DownloadSnapshot>(added, null))
            )
            : ApiResults.Problem(items.Failure!);
    }
}

/// <summary>Body of <c>PUT /api/downloads/token</c>.</summary>
/// <param name="Token">The token; null or empty forgets it.</param>
internal sealed record TokenRequest(string? Token);

/// <summary>The answer of <c>GET /api/downloads/choices</c>.</summary>
/// <param name="Repo">The repository.</param>
/// <param name="Chosen">File of the choice that is meant, or null.</param>
/// <param name="Choices">What it offers.</param>
internal sealed record OfferAnswer(string Repo, string? Chosen, IReadOnlyList<ChoiceAnswer> Choices)
{
    /// <summary>The answer for an offer.</summary>
    public static OfferAnswer Of(HubOffer offer) =>
        new(
            offer.Reference.Repo,
            offer.Choose(offer.Reference.File)?.Files[0].Path,
            [
                .. offer.Choices.Select(choice => new ChoiceAnswer(
                    choice.Name,
                    choice.Files[0].Path,
                    choice.Quantization,
                    choice.IsProjector,
                    choice.Files.Count,
                    choice.MissingParts,
                    choice.Size
                )),
            ]
        );
}

/// <summary>One thing a repository offers.</summary>
internal sealed record ChoiceAnswer(
    string Name,
    string File,
    string? Quantization,
    bool Projector,
    int Parts,
    int MissingParts,
    long SizeBytes
);

/// <summary>The answer of <c>GET /api/downloads/token</c>.</summary>
/// <param name="Source">saved, environment, or none; never the token.</param>
internal sealed record TokenSource(string Source);

/// <summary>How many downloads were taken off the list.</summary>
internal sealed record ClearedAnswer(int Removed);
