using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models.Downloads;
using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Files;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Downloads;

/// <summary>Turns what a person asked for into files with addresses and places, and refuses what cannot be or is there already.</summary>
internal sealed class DownloadPlanner(
    HubCatalogue hub,
    IOptionsMonitor<DownloadOptions> options,
    DownloadWriter disk,
    LaunchSettingsAccess settings,
    ForeignFolders foreign
)
{
    private const int PartBound = 1000;

    /// <summary>What a repository offers.</summary>
    public async Task<Result<HubOffer>> OfferAsync(string source, CancellationToken cancellation)
    {
        var reference = HubReference.Parse(source, options.CurrentValue.Hub.Authority);
        if (!reference.IsSuccess)
            return reference.Failure!;
        var files = await hub.FilesAsync(reference.Value, cancellation).ConfigureAwait(false);
        if (!files.IsSuccess)
            return files.Failure!;
        var choices = HubChoice.Group(files.Value);
        return choices.Count > 0
            ? new HubOffer(reference.Value, choices)
            : Failure.NotFound($"{reference.Value.Repo} has no GGUF file. Look for a repository whose name ends in GGUF.");
    }

    /// <summary>The files to download.</summary>
    public async Task<Result<IReadOnlyList<DownloadItem>>> PlanAsync(DownloadRequest request, CancellationToken cancellation)
    {
        var source = request.Source?.Trim() ?? "";
        var folder = await FolderAsync(request.Folder, cancellation).ConfigureAwait(false);
        if (!folder.IsSuccess)
            return folder.Failure!;
        var isHub =
            !source.Contains("://", StringComparison.Ordinal) || HubReference.IsHubAddress(source, options.CurrentValue.Hub.Authority);
        var items = isHub
            ? await FromHubAsync(source, request, folder.Value, cancellation).ConfigureAwait(false)
            : FromUrl(source, request, folder.Value);
        if (!items.IsSuccess)
            return items;
        var own = await FoldersAsync(cancellation).ConfigureAwait(false);
        return
            items.Value.Select(item => Path.GetDirectoryName(item.TargetPath)!).Distinct().FirstOrDefault(place => !IsOwn(place, own))
                is { } elsewhere
            ? Failure.Invalid(
                "folder",
                $"'{elsewhere}' leads out of the models folders, or into the folder of another program. Choose another one."
            )
            : Fresh(items.Value);
    }

    /// <summary>The folders that downloads may go to: those of other programs are only read.</summary>
    public async Task<IReadOnlyList<string>> FoldersAsync(CancellationToken cancellation) =>
        [.. (await settings.GetAsync(cancellation).ConfigureAwait(false)).ModelDirectories.Where(folder => foreign.Of(folder) is null)];

    private async Task<Result<string>> FolderAsync(string? wanted, CancellationToken cancellation)
    {
        var folders = await FoldersAsync(cancellation).ConfigureAwait(false);
        if (folders.Count == 0)
            return Failure.Invalid("folder", "There is no models folder of your own yet. Add one first: downloads go there.");
        if (string.IsNullOrWhiteSpace(wanted))
            return folders.FirstOrDefault(Directory.Exists) is { } first
                ? first
                : Failure.Invalid(
                    "folder",
                    $"The models folder {folders[0]} does not exist. Create it, or change the folders in the settings."
                );
        return IsOwn(wanted, folders)
            ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(wanted))
            : Failure.Invalid("folder", $"Choose one of the models folders, or a folder below one: {string.Join(", ", folders)}.");
    }

    // Where the links of a path lead counts: a folder of ours may hold one into the cache of another program.
    private bool IsOwn(string wanted, IReadOnlyList<string> folders)
    {
        try
        {
            return !wanted.Contains('\0')
                && Path.IsPathFullyQualified(wanted)
                && foreign.Of(wanted) is null
                && RealPath.Of(wanted) is var real
                && folders.Any(folder => RealPath.IsInside(real, folder));
        }
        catch (IOException)
        {
            return false; // links in a circle
        }
    }

    private async Task<Result<IReadOnlyList<DownloadItem>>> FromHubAsync(
        string source,
        DownloadRequest request,
        string folder,
        CancellationToken cancellation
    )
    {
        if (request.Name is not null || request.Sha256 is not null)
            return Failure.Invalid(
                request.Name is not null ? "name" : "sha256",
                "Only for a plain address: names and checksums of Hugging Face are known."
            );
        var found = await OfferAsync(source, cancellation).ConfigureAwait(false);
        if (!found.IsSuccess)
            return found.Failure!;
        var offer = found.Value;
        var choice = offer.Choose(request.File ?? offer.Reference.File);
        if (choice is null)
            return Failure.Invalid(
                request.File is null ? "source" : "file",
                $"{offer.Reference.Repo} has no {request.File ?? offer.Reference.File ?? offer.Reference.Quantization}. It has "
                    + $"{string.Join(", ", offer.Choices.Select(each => each.Quantization ?? each.Name).Distinct().Take(20))}."
            );
        if (choice.MissingParts > 0)
            return Failure.Conflict(
                $"{choice.Name} lacks {choice.MissingParts} of its parts in {offer.Reference.Repo}. Choose another quantisation."
            );
        var projector = request.Projector != false && !choice.IsProjector ? HubChoice.FindProjector(offer.Choices) : null;
        var place = Path.Combine([folder, .. offer.Reference.Repo.Split('/').Select(SafeFileName.Folder)]);
        var items = choice
            .Files.Concat(projector?.Files ?? [])
            .Select(file => (File: file, Name: SafeFileName.FromPath(file.Path)))
            .ToList();
        return items.Find(item => item.Name is null) is { File: { } unusable }
            ? Failure.Invalid("file", $"'{unusable.Path}' cannot be the name of a file here.")
            : items.ConvertAll(item => new DownloadItem(
                hub.AddressOf(offer.Reference, item.File).AbsoluteUri,
                Path.Combine(place, item.Name!),
                item.File.Size,
                item.File.Sha256
            ));
    }

    private static Result<IReadOnlyList<DownloadItem>> FromUrl(string source, DownloadRequest request, string folder)
    {
        if (!Uri.TryCreate(source, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            return Failure.Invalid("source", "Give an address that starts with https://, or a repository of Hugging Face.");
        if (uri.UserInfo.Length > 0)
            return Failure.Invalid("source", "Leave name and password out of the address: it would be stored and shown.");
        var sha256 = Checksum.Parse(request.Sha256);
        if (!string.IsNullOrWhiteSpace(request.Sha256) && sha256 is null)
            return Failure.Invalid("sha256", "A SHA-256 has 64 hexadecimal digits.");
        if (!string.IsNullOrEmpty(request.Name) && !SafeFileName.IsSafe(request.Name))
            return Failure.Invalid("name", "A file name without folders that ends in .gguf.");
        var name = string.IsNullOrEmpty(request.Name) ? SafeFileName.FromPath(Uri.UnescapeDataString(uri.AbsolutePath)) : request.Name;
        if (name is null)
            return Failure.Invalid("name", "The address does not end in the name of a .gguf file. Give the file a name.");
        var address = uri.GetComponents(UriComponents.AbsoluteUri & ~UriComponents.Fragment, UriFormat.UriEscaped);
        if (
            SplitName.Parse(name) is not { Count: > 1 } split
            || !uri.AbsolutePath.EndsWith(split.FileName(split.Part), StringComparison.Ordinal)
        )
            return new[] { new DownloadItem(address, Path.Combine(folder, name), null, sha256) };
        return sha256 is not null || split.Count > PartBound
            ? Failure.Invalid("sha256", $"A split model has one checksum a part, and at most {PartBound:N0} parts: download it without.")
            : Enumerable
                .Range(1, split.Count)
                .Select(part => new DownloadItem(
                    address.Replace(split.FileName(split.Part), split.FileName(part)),
                    Path.Combine(folder, split.FileName(part)),
                    null,
                    null
                ))
                .ToList();
    }

    // Files that are there already are left out; one of the same name but another size is in the way.
    private Result<IReadOnlyList<DownloadItem>> Fresh(IReadOnlyList<DownloadItem> items)
    {
        var fresh = new List<DownloadItem>();
        foreach (var item in items)
        {
            var file = new FileInfo(item.TargetPath);
            if (!Path.Exists(item.TargetPath))
                fresh.Add(item);
            else if (item.TotalBytes is null || !file.Exists || file.Length != item.TotalBytes)
                return Failure.Conflict(
                    $"'{item.TargetPath}' exists already and is never overwritten. Choose another name or folder, or move it away."
                );
        }

        if (fresh.Count == 0)
            return Failure.Conflict(
                $"'{items[0].TargetPath}' is here already, in its full size. Scan the folders if the library does not show it."
            );
        return disk.CheckSpace(Path.GetDirectoryName(fresh[0].TargetPath)!, fresh.Sum(item => item.TotalBytes ?? 0)) is { } full
            ? full
            : fresh;
    }
}

/// <summary>What to download; the body of <c>POST /api/downloads</c>.</summary>
/// <param name="Source">An address, <c>owner/repo[:quant]</c>, or a page of huggingface.co.</param>
/// <param name="File">Path of a file in the repository, instead of a quantisation.</param>
/// <param name="Name">Name for the file of an address; else its own.</param>
/// <param name="Folder">One of the models folders, or a folder below one; else the first.</param>
/// <param name="Sha256">Expected, for an address.</param>
/// <param name="Projector">Whether the projector of the repository comes along; yes unless false.</param>
internal sealed record DownloadRequest(
    string? Source,
    string? File = null,
    string? Name = null,
    string? Folder = null,
    string? Sha256 = null,
    bool? Projector = null
);

/// <summary>What a repository offers.</summary>
/// <param name="Reference">The repository, and what was meant of it.</param>
/// <param name="Choices">Models by size, then projectors.</param>
internal sealed record HubOffer(HubReference Reference, IReadOnlyList<HubChoice> Choices)
{
    /// <summary>The choice that has a file, or is meant by the reference; null where there is none.</summary>
    public HubChoice? Choose(string? file) =>
        file is null
            ? HubChoice.Find(Choices, Reference.Quantization)
            : Choices.FirstOrDefault(choice => choice.Files.Any(part => part.Path == file))
                ?? Choices.FirstOrDefault(choice => choice.Files.Any(part => part.Name == file));
}
