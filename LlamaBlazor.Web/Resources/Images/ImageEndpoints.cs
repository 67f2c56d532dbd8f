using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances.Containers;
using LlamaBlazor.Domain.Resources.Images;
using LlamaBlazor.Web.Shared.Api;
using Microsoft.AspNetCore.Mvc;

namespace LlamaBlazor.Web.Resources.Images;

/// <summary><c>/api/images</c>.</summary>
internal static class ImageEndpoints
{
    /// <summary>Maps <c>/api/images</c> and what lies below.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        var images = app.MapGroup("/api/images").WithTags("Resources");
        images.MapGet("", ListAsync);
        images.MapGet(
            "/{id:long}",
            async (long id, ImageStore store, CancellationToken cancellation) =>
                (await store.ListAsync(new ImageSearch(), cancellation)).FirstOrDefault(image => image.Id == id) is { } found
                    ? Results.Ok(found)
                    : Unknown(id)
        );
        images.MapPost("", AddAsync);
        images.MapDelete(
            "/{id:long}",
            async (long id, ImageStore store, CancellationToken cancellation) =>
                await store.RemoveAsync(id, cancellation) ? Results.NoContent() : Unknown(id)
        );
        images.MapPost(
            "/sync",
            async ([FromQuery] long? id, [FromQuery] bool? again, ImageSync sync, CancellationToken cancellation) =>
                (await sync.RunAsync(id, again ?? false, cancellation)).ToApi(items => Results.Ok(new ListPage<SyncItem>(items, null)))
        );
        images.MapGet(
            "/export",
            async (ImageStore store, CancellationToken cancellation) =>
                new ImageExport([
                    .. (await store.ListAsync(new ImageSearch(), cancellation)).Select(image => new ImageExportItem(
                        image.Image,
                        image.DisplayName,
                        image.Description,
                        [.. image.Versions.Select(version => version.Tag)]
                    )),
                ])
        );
        images.MapPost("/import", ImportAsync);
        images.MapGet("/pulls", (ImagePuller puller) => new ListPage<PullItem>(puller.All, null));
        images.MapPost("/pull", PullAsync);
        images.MapPost(
            "/pull/cancel",
            (PullOrder order, ImagePuller puller) =>
                puller.Cancel(order.Reference)
                    ? Results.NoContent()
                    : ApiResults.Problem(Failure.NotFound($"'{order.Reference}' is not being pulled. GET /api/images/pulls lists what is."))
        );
    }

    // It may be on this machine already.
    private static async Task<IResult> AddAsync(ImageEdit edit, ImageStore store, ImageCache cache, CancellationToken cancellation)
    {
        var added = await store.AddAsync(edit.Reference, edit.DisplayName, edit.Description, cancellation);
        if (!added.IsSuccess)
            return ApiResults.Problem(added.Failure!);
        await cache.RefreshAsync(cancellation);
        var made =
            (await store.ListAsync(new ImageSearch(), cancellation)).FirstOrDefault(image => image.Id == added.Value.Id) ?? added.Value;
        return Results.Created($"/api/images/{made.Id}", made);
    }

    private static async Task<IResult> ListAsync(
        ImageStore store,
        string? q,
        string? category,
        string? cuda,
        bool? cached,
        bool? flat,
        CancellationToken cancellation
    )
    {
        if (category is not null && !ImageTag.Categories.Contains(category))
            return ApiResults.Invalid("category", $"One of {string.Join(", ", ImageTag.Categories)}.");
        var images = await store.ListAsync(new ImageSearch(q, category, cuda, cached), cancellation);
        return flat == true
            ? Results.Ok(new ListPage<ImageVersion>([.. images.SelectMany(image => image.Versions)], null))
            : Results.Ok(new ListPage<ImageItem>(images, null));
    }

    private static async Task<IResult> ImportAsync(ImageFile file, ImageStore store, CancellationToken cancellation)
    {
        if (Check(file) is { } failure)
            return ApiResults.Problem(failure);
        var ids = await store.MergeAsync(file.Images!, cancellation);
        return Results.Ok(new { images = ids.Count });
    }

    /// <summary>What is wrong with a file, or null.</summary>
    internal static Failure? Check(ImageFile file)
    {
        if (file.Images is not { Count: > 0 and <= ImageEntry.Bound } images)
            return Failure.Invalid("images", $"A list of 1 to {ImageEntry.Bound} images, as GET /api/images/export writes it.");
        var errors = images
            .Select((image, at) => (At: at, Message: Trouble(image)))
            .Where(error => error.Message is not null)
            .Take(20)
            .ToDictionary(error => $"images[{error.At}]", error => new[] { error.Message! });
        return errors.Count == 0 ? null : Failure.Invalid(errors);
    }

    private static string? Trouble(ImageEntry? image) =>
        image?.Image is null
        || image.Image.Split('/')[^1].Contains(':')
        || ImageReference.Parse(image.Image) is not { } read
        || $"{read.Registry}/{read.Repository}" != image.Image
            ? "image: registry and repository without a tag, such as ghcr.io/ggml-org/llama.cpp."
        : image.Tags is null or { Count: > ImageEntry.TagBound } ? $"tags: a list of at most {ImageEntry.TagBound}."
        : image.Tags.FirstOrDefault(tag => ImageReference.Parse($"{image.Image}:{tag}") is null) is { } wrong ? $"'{wrong}' is not a tag."
        : null;

    private static async Task<IResult> PullAsync(
        PullOrder order,
        [FromQuery] bool? wait,
        ImagePuller puller,
        CancellationToken cancellation
    )
    {
        var begun = puller.Begin(order.Reference);
        if (begun.Failure is { } failure)
            return ApiResults.Problem(failure);
        if (wait != true)
            return Results.Accepted("/api/images/pulls", begun.Value);
        var ended = await puller.WaitAsync(begun.Value.Reference, cancellation);
        return ended.State is WorkState.Done
            ? Results.Ok(ended)
            : ApiResults.Problem(Failure.Unavailable(ended.Error ?? $"{ended.Reference}: the pull was cancelled."));
    }

    private static IResult Unknown(long id) => ApiResults.Problem(Failure.NotFound($"There is no image {id}. GET /api/images lists them."));
}

/// <summary>An image to add.</summary>
/// <param name="Reference">With its tag.</param>
/// <param name="DisplayName">Name for people.</param>
/// <param name="Description">What it is.</param>
internal sealed record ImageEdit(string? Reference, string? DisplayName, string? Description);

/// <summary>An image to pull.</summary>
/// <param name="Reference">With its tag.</param>
internal sealed record PullOrder(string? Reference);

/// <summary>The answer of <c>/api/images/export</c>: a catalogue as a file.</summary>
/// <param name="Images">Its images.</param>
internal sealed record ImageExport(IReadOnlyList<ImageExportItem> Images);

/// <summary>An image in a file.</summary>
/// <param name="Image">Registry and repository.</param>
/// <param name="DisplayName">Name for people.</param>
/// <param name="Description">What it is.</param>
/// <param name="Tags">Its tags.</param>
internal sealed record ImageExportItem(string Image, string? DisplayName, string? Description, IReadOnlyList<string> Tags);

/// <summary>A catalogue as a file that is read.</summary>
/// <param name="Images">Its images.</param>
internal sealed record ImageFile(IReadOnlyList<ImageEntry>? Images);
