using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Web.Models.Library;

namespace LlamaBlazor.Web.Models.Headers;

/// <summary>Reads the headers of a model's files for pages and answers. The last few are kept, since a page asks several times.</summary>
internal sealed class HeaderStore
{
    /// <summary>Headers kept; one takes at most a few MiB.</summary>
    private const int KeptBound = 4;

    private readonly LinkedList<(string Key, GgufFile File)> _kept = [];

    /// <summary>The header of a model, all parts joined.</summary>
    public async Task<Result<GgufFile>> ReadAsync(Model model, CancellationToken cancellation = default)
    {
        if (model.ModelPath is not { } path)
            return Failure.Conflict($"'{model.Name}' has no file on this machine yet.");
        return await ReadAsync(path, cancellation).ConfigureAwait(false);
    }

    /// <summary>The header of a file, all parts joined.</summary>
    public Task<Result<GgufFile>> ReadAsync(string path, CancellationToken cancellation = default) =>
        Task.Run(() => Read(path, cancellation), cancellation);

    /// <summary>Some items of an array of the header.</summary>
    public static Task<Result<GgufValue>> ReadItemsAsync(
        Model model,
        string key,
        long after,
        int limit,
        CancellationToken cancellation = default
    ) =>
        Task.Run<Result<GgufValue>>(
            () =>
            {
                try
                {
                    using var file = ScannedModel.Open(DiskEntry.Describe(new FileInfo(model.ModelPath ?? "")));
                    var items = file is null
                        ? Failure.Conflict(ScannedModel.Nothing)
                        : GgufReader.ReadItems(file, key, after, limit, cancellation);
                    return items.Failure is { Kind: FailureKind.NotFound } ? Failure.NotFound($"The header has no array '{key}'.") : items;
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
                {
                    return Failure.Conflict(FolderWalker.Explain(error));
                }
            },
            cancellation
        );

    private Result<GgufFile> Read(string path, CancellationToken cancellation)
    {
        try
        {
            var entry = DiskEntry.Of(path);
            if (entry.Problem is { } problem)
                return Failure.Conflict(problem);
            var key = string.Join('\n', entry.Files.Select(part => $"{part.Path}|{part.Size}|{part.ModifiedAt}"));
            if (Find(key) is { } known)
                return known;
            var parts = new List<GgufFile>();
            foreach (var part in entry.Files)
            {
                using var file = ScannedModel.Open(part);
                var header = file is null ? Failure.Conflict($"{part.Path}: {ScannedModel.Nothing}") : GgufReader.Read(file, cancellation);
                if (!header.IsSuccess)
                    return Failure.Conflict($"{part.Path}: {header.Failure!.Message}");
                parts.Add(header.Value);
            }

            return Keep(key, GgufFile.Join(parts));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Failure.Conflict($"{path}: {FolderWalker.Explain(error)}");
        }
    }

    private GgufFile? Find(string key)
    {
        lock (_kept)
            return _kept.FirstOrDefault(kept => kept.Key == key).File;
    }

    private GgufFile Keep(string key, GgufFile file)
    {
        lock (_kept)
        {
            _kept.AddFirst((key, file));
            while (_kept.Count > KeptBound)
                _kept.RemoveLast();
        }

        return file;
    }
}
