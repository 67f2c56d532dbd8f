using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances.Containers;
using LlamaBlazor.Domain.Resources.Images;

namespace LlamaBlazor.Web.Resources.Images;

/// <summary>What asking the registry of one image came to.</summary>
/// <param name="Id">The image.</param>
/// <param name="Image">Registry and repository.</param>
/// <param name="Tags">Tags in the catalogue now, or null where they stayed as they were.</param>
/// <param name="FromCache">True when an answer of the last 24 hours, or without a network an older one, was used.</param>
/// <param name="Error">Why the registry could not be asked, or null.</param>
internal sealed record SyncItem(long Id, string Image, int? Tags, bool FromCache, string? Error);

/// <summary>Brings the tags of the catalogue up to date from the registries. An image whose registry does not answer keeps what it
/// has.</summary>
internal sealed class ImageSync(ImageStore store, RegistryClient registry, ImageCache cache)
{
    private const int BuildsKept = 10;

    /// <summary>Asks for one image, or for all.</summary>
    /// <param name="id">The image, or null.</param>
    /// <param name="again">True to ask whatever was answered today.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<Result<IReadOnlyList<SyncItem>>> RunAsync(long? id, bool again, CancellationToken cancellation)
    {
        var images = (await store.ListAsync(new ImageSearch(), cancellation).ConfigureAwait(false))
            .Where(image => id is null || image.Id == id)
            .ToList();
        if (id is not null && images.Count == 0)
            return Failure.NotFound($"There is no image {id}. GET /api/images lists them.");
        var items = new List<SyncItem>();
        foreach (var image in images)
            items.Add(await SyncAsync(image, again, cancellation).ConfigureAwait(false));
        await cache.RefreshAsync(cancellation).ConfigureAwait(false);
        return items;
    }

    private async Task<SyncItem> SyncAsync(ImageItem image, bool again, CancellationToken cancellation)
    {
        var name = ImageReference.Parse(image.Image)!;
        var listed = await registry.TagsAsync(name.Registry, name.Repository, again, cancellation).ConfigureAwait(false);
        if (listed.Failure is { } failure)
            return new SyncItem(image.Id, image.Image, null, false, failure.Message);
        var chosen = ImageTag.Choose(listed.Value.Tags, BuildsKept, ImageEntry.TagBound);
        await store.ReplaceTagsAsync(image.Id, chosen, cancellation).ConfigureAwait(false);
        return new SyncItem(image.Id, image.Image, chosen.Count, listed.Value.IsCached, listed.Value.Trouble);
    }
}
