using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances.Containers;
using LlamaBlazor.Domain.Resources.Images;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Resources.Images;

/// <summary>The catalogue of images: <c>ngc_images</c> and <c>image_versions</c>. It is filled once with llama.cpp's own; what is removed
/// stays so.</summary>
internal sealed class ImageStore(
    IDbContextFactory<LlamaDbContext> contexts,
    DatabaseWriter writer,
    Broadcast<ImagesChanged> changes,
    TimeProvider clock
)
{
    private const string SeededKey = "images_seeded";

    /// <summary>Tells of each change.</summary>
    public Broadcast<ImagesChanged> Changes => changes;

    /// <summary>The images with the tags that match; without tags only where nothing is looked for.</summary>
    public async Task<IReadOnlyList<ImageItem>> ListAsync(ImageSearch search, CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync<IReadOnlyList<ImageItem>>(
                async context =>
                {
                    var images = await context
                        .Set<ImageRow>()
                        .OrderBy(row => row.Registry)
                        .ThenBy(row => row.Organization)
                        .ThenBy(row => row.Name)
                        .Take(ImageEntry.Bound)
                        .ToListAsync(cancellation)
                        .ConfigureAwait(false);
                    var versions = (
                        await context
                            .Set<ImageVersionRow>()
                            .Select(row => new
                            {
                                row.ImageId,
                                row.Tag,
                                row.Architecture,
                                row.IsCached,
                                row.Digest,
                                row.SizeBytes,
                                row.PythonVersion,
                            })
                            .ToListAsync(cancellation)
                            .ConfigureAwait(false)
                    ).ToLookup(row => row.ImageId);
                    var items = images.Select(image =>
                    {
                        var isNamed = Contains(search.Text, image.DisplayName, image.Description, Path(image));
                        var found = versions[image.Id]
                            .Select(row =>
                                Describe(Path(image), ImageTag.Read(row.Tag), row.Architecture, row.IsCached) with
                                {
                                    Digest = row.Digest,
                                    SizeBytes = row.SizeBytes,
                                    PythonVersion = row.PythonVersion,
                                }
                            )
                            .Where(version => Matches(version, search, isNamed));
                        return new ImageItem(
                            image.Id,
                            Path(image),
                            image.DisplayName,
                            image.Description,
                            image.LastSynced,
                            [.. found.OrderBy(version => Order(version.Tag))]
                        );
                    });
                    return [.. items.Where(item => item.Versions.Count > 0 || search == new ImageSearch())];
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>Adds an image, or a tag of one that is there.</summary>
    /// <param name="reference">Such as <c>ghcr.io/ggml-org/llama.cpp:server</c>.</param>
    /// <param name="displayName">Name for people, or null.</param>
    /// <param name="description">What it is, or null.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<Result<ImageItem>> AddAsync(
        string? reference,
        string? displayName,
        string? description,
        CancellationToken cancellation
    )
    {
        if (ImageReference.Parse(reference) is not { } image)
            return Failure.Invalid("reference", "An image with its tag, such as ghcr.io/ggml-org/llama.cpp:server.");
        if (displayName?.Length > 200 || description?.Length > 2000)
            return Failure.Invalid("description", "At most 200 characters of name and 2000 of description.");
        var id = await MergeAsync(
                [new ImageEntry($"{image.Registry}/{image.Repository}", displayName, description, [image.Tag])],
                cancellation
            )
            .ConfigureAwait(false);
        return (await ListAsync(new ImageSearch(), cancellation).ConfigureAwait(false)).First(item => item.Id == id[0]);
    }

    /// <summary>Takes images over: what is there is kept, tags are added. Their rows.</summary>
    public async Task<IReadOnlyList<long>> MergeAsync(IReadOnlyList<ImageEntry> entries, CancellationToken cancellation)
    {
        var ids = await writer
            .ExecuteAsync(
                (context, token) =>
                {
                    context.Note(
                        "image.create",
                        "image",
                        entries.Count == 1 ? entries[0].Image : null,
                        new { images = entries.Select(entry => entry.Image).Take(50), tags = entries.Sum(entry => entry.Tags.Count) }
                    );
                    return MergeAsync(context, entries, token);
                },
                cancellation
            )
            .ConfigureAwait(false);
        changes.Publish(new ImagesChanged());
        return ids;
    }

    /// <summary>Puts the tags a registry has in the place of those we knew; those on this machine stay.</summary>
    public async Task ReplaceTagsAsync(long id, IReadOnlyList<ImageTag> tags, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await writer
            .ExecuteAsync(
                async (context, token) =>
                {
                    if (await context.Set<ImageRow>().FindAsync([id], token).ConfigureAwait(false) is not { } image)
                        return; // removed meanwhile
                    image.LastSynced = image.UpdatedAt = now;
                    context.Note("image.sync", "image", Path(image), new { tags = tags.Count });
                    var rows = await context
                        .Set<ImageVersionRow>()
                        .Where(row => row.ImageId == id)
                        .ToListAsync(token)
                        .ConfigureAwait(false);
                    var wanted = tags.Select(tag => tag.Tag).ToHashSet();
                    context.RemoveRange(rows.Where(row => !row.IsCached && !wanted.Contains(row.Tag)));
                    context.AddRange(tags.Where(tag => !rows.Exists(row => row.Tag == tag.Tag)).Select(tag => Row(id, tag, now)));
                },
                cancellation
            )
            .ConfigureAwait(false);
        changes.Publish(new ImagesChanged());
    }

    /// <summary>Notes which of the tags are on this machine.</summary>
    /// <param name="present">References as the runtime lists them.</param>
    /// <param name="facts">What the runtime knows of them, by reference.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task MarkCachedAsync(
        IReadOnlySet<string> present,
        IReadOnlyDictionary<string, ImageFacts> facts,
        CancellationToken cancellation
    )
    {
        var isChanged = await writer
            .ExecuteAsync(
                async (context, token) =>
                {
                    var paths = await context
                        .Set<ImageRow>()
                        .ToDictionaryAsync(row => row.Id, row => Path(row), token)
                        .ConfigureAwait(false);
                    var rows = await context.Set<ImageVersionRow>().ToListAsync(token).ConfigureAwait(false);
                    string ReferenceOf(ImageVersionRow row) => $"{paths[row.ImageId]}:{row.Tag}";
                    foreach (var row in rows)
                    {
                        row.IsCached = present.Contains(ReferenceOf(row));
                        if (facts.GetValueOrDefault(ReferenceOf(row)) is { } fact)
                            (row.Digest, row.SizeBytes, row.PythonVersion, row.ManifestJson) = (
                                fact.Digest,
                                fact.SizeBytes,
                                fact.PythonVersion,
                                fact.ManifestJson
                            );
                    }

                    return context.ChangeTracker.HasChanges();
                },
                cancellation
            )
            .ConfigureAwait(false);
        if (isChanged)
            changes.Publish(new ImagesChanged());
    }

    /// <summary>Removes an image from the catalogue; on this machine it stays. False when there is none with the id.</summary>
    public async Task<bool> RemoveAsync(long id, CancellationToken cancellation)
    {
        var isRemoved = await writer
            .ExecuteAsync(
                async (context, token) =>
                {
                    if (await context.Set<ImageRow>().FindAsync([id], token).ConfigureAwait(false) is not { } image)
                        return false;
                    context.Remove(image);
                    context.Note("image.delete", "image", Path(image));
                    return true;
                },
                cancellation
            )
            .ConfigureAwait(false);
        changes.Publish(new ImagesChanged());
        return isRemoved;
    }

    /// <summary>Fills an empty catalogue, once in the life of a database.</summary>
    public Task SeedAsync(CancellationToken cancellation) =>
        writer.ExecuteAsync(
            async (context, token) =>
            {
                if (await context.Metadata.AnyAsync(row => row.Key == SeededKey, token).ConfigureAwait(false))
                    return;
                await MergeAsync(context, ImageEntry.Seed, token).ConfigureAwait(false);
                context.Metadata.Add(
                    new MetadataRow
                    {
                        Key = SeededKey,
                        Value = "1",
                        UpdatedAt = clock.GetUtcNow().ToUnixTimeMilliseconds(),
                    }
                );
            },
            cancellation
        );

    private async Task<IReadOnlyList<long>> MergeAsync(
        LlamaDbContext context,
        IReadOnlyList<ImageEntry> entries,
        CancellationToken cancellation
    )
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var ids = new List<long>();
        foreach (var entry in entries)
        {
            var (registry, organization, team, name) = Parts(entry.Image);
            var row = await context
                .Set<ImageRow>()
                .FirstOrDefaultAsync(
                    image => image.Registry == registry && image.Organization == organization && image.Team == team && image.Name == name,
                    cancellation
                )
                .ConfigureAwait(false);
            if (row is null)
                context.Add(
                    row = new ImageRow
                    {
                        Registry = registry,
                        Organization = organization,
                        Team = team,
                        Name = name,
                        CreatedAt = now,
                    }
                );
            (row.DisplayName, row.Description, row.UpdatedAt) = (
                entry.DisplayName ?? row.DisplayName,
                entry.Description ?? row.Description,
                now
            );
            row.Category ??= ImageTag.Read(entry.Tags is [var first, ..] ? first : "").Category;
            await context.SaveChangesAsync(cancellation).ConfigureAwait(false); // its id is wanted
            var known = await context
                .Set<ImageVersionRow>()
                .Where(version => version.ImageId == row.Id)
                .Select(version => version.Tag)
                .ToListAsync(cancellation)
                .ConfigureAwait(false);
            context.AddRange(
                entry.Tags.Distinct().Except(known).Take(ImageEntry.TagBound).Select(tag => Row(row.Id, ImageTag.Read(tag), now))
            );
            await context.SaveChangesAsync(cancellation).ConfigureAwait(false);
            ids.Add(row.Id);
        }

        return ids;
    }

    private static ImageVersionRow Row(long image, ImageTag tag, long now) =>
        new()
        {
            ImageId = image,
            Tag = tag.Tag,
            CudaVersion = tag.CudaVersion,
            FrameworkVersion = tag.BuildName,
            Architecture = tag.Architecture,
            CreatedAt = now,
        };

    private static ImageVersion Describe(string path, ImageTag tag, string architecture, bool isCached) =>
        new(tag.Tag, $"{path}:{tag.Tag}", tag.Category, tag.BuiltFor, tag.CudaVersion, tag.BuildName, architecture, isCached);

    private static bool Matches(ImageVersion version, ImageSearch search, bool isNamed) =>
        (isNamed || Contains(search.Text, version.Tag, version.BuiltFor))
        && (string.IsNullOrEmpty(search.Category) || version.Category == search.Category)
        && (
            string.IsNullOrEmpty(search.Cuda)
            || version.CudaVersion?.StartsWith(search.Cuda.Split('.')[0], StringComparison.Ordinal) == true
        )
        && (search.Cached is null || version.IsCached == search.Cached);

    private static bool Contains(string? wanted, params string?[] texts) =>
        string.IsNullOrWhiteSpace(wanted) || texts.Any(text => text?.Contains(wanted.Trim(), StringComparison.OrdinalIgnoreCase) == true);

    // What can be run here first, then by variant, the newest build first.
    private static (int, string, int) Order(string text)
    {
        var tag = ImageTag.Read(text);
        return (
            tag.Category switch
            {
                "server" => 0,
                "full" => 1,
                "light" => 2,
                _ => 3,
            },
            tag.Category == "other" ? tag.Tag : tag.Variant,
            tag.Build is { } build ? int.MaxValue - build : 0
        );
    }

    private static string Path(ImageRow row) =>
        string.Join('/', new[] { row.Registry, row.Organization, row.Team, row.Name }.Where(part => part.Length > 0));

    // registry/organization/team…/name; an image without an organisation has none.
    private static (string Registry, string Organization, string Team, string Name) Parts(string image)
    {
        var parts = image.Split('/');
        return (parts[0], parts.Length > 2 ? parts[1] : "", parts.Length > 3 ? string.Join('/', parts[2..^1]) : "", parts[^1]);
    }
}
