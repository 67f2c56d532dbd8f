using System.Text.Json;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Models.Library;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Models.Library;

/// <summary>Brings the rows of <c>models</c> up to what a scan found; one transaction a batch.</summary>
internal sealed class LibraryUpdate(IDbContextFactory<LlamaDbContext> contexts, DatabaseWriter writer, TimeProvider clock)
{
    /// <summary>Key of <c>metadata</c>: when the last scan ended, in Unix milliseconds.</summary>
    public const string TimeKey = "lastScanTime";

    /// <summary>Key of <c>metadata</c>: the folders it searched, as a JSON array.</summary>
    public const string FoldersKey = "lastScanFolders";

    /// <summary>All models that have a file.</summary>
    public async Task<List<KnownFile>> KnownAsync(CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync(
                context => context.Models.Where(model => model.ModelPath != null).Select(KnownFile.Columns).ToListAsync(cancellation),
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>Files that scans leave out.</summary>
    public async Task<HashSet<string>> IgnoredAsync(CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync(context => context.IgnoredFiles.Select(file => file.Path).ToHashSetAsync(cancellation), cancellation)
            .ConfigureAwait(false);
    }

    /// <summary>The folders of the last scan as JSON, or null before the first one.</summary>
    public async Task<string?> LastFoldersAsync(CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync(
                context => context.Metadata.Where(row => row.Key == FoldersKey).Select(row => row.Value).FirstOrDefaultAsync(cancellation),
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>Adds and changes models. A new file that is one of the gone by its fingerprint is that model, moved.</summary>
    public Task<(int Added, int Updated)> SaveAsync(
        IReadOnlyList<ScannedModel> batch,
        List<KnownFile> gone,
        CancellationToken cancellation
    ) =>
        writer.ExecuteAsync(
            async (context, token) =>
            {
                if (batch.Count == 0)
                    return (0, 0);
                var paths = batch.Select(scanned => scanned.Entry.Path).ToList();
                var rows = (
                    await context.Models.Where(model => paths.Contains(model.ModelPath!)).ToListAsync(token).ConfigureAwait(false)
                ).ToLookup(model => model.ModelPath!);
                var names = await ModelNames.LoadAsync(context, token).ConfigureAwait(false);
                var (fresh, updated) = (new List<Model>(), 0);
                foreach (var scanned in batch)
                {
                    var existing = rows[scanned.Entry.Path].ToList();
                    if (existing.Count == 0 && gone.Find(file => file.Fingerprint == scanned.Fingerprint) is { } moved)
                    {
                        // a file may have several models
                        var ids = gone.Where(file => file.Path == moved.Path).Select(file => file.Id).ToList();
                        gone.RemoveAll(file => file.Path == moved.Path);
                        existing.AddRange(
                            await context.Models.Where(model => ids.Contains(model.Id)).ToListAsync(token).ConfigureAwait(false)
                        );
                    }

                    foreach (var model in existing)
                        Change(model, scanned);
                    if (existing.Count == 0)
                        fresh.Add(Create(scanned, names));
                    updated += existing.Count;
                }

                await ModelRows.AddManyAsync(context, fresh, token).ConfigureAwait(false);
                return (fresh.Count, updated);
            },
            cancellation
        );

    /// <summary>Marks what is gone and what is back, pairs projectors, and notes the scan. Returns how many models are without their
    /// file.</summary>
    public Task<int> FinishAsync(
        IReadOnlyList<KnownFile> gone,
        IReadOnlyList<long> back,
        IReadOnlyList<string> folders,
        CancellationToken cancellation
    ) =>
        writer.ExecuteAsync(
            async (context, token) =>
            {
                var now = Now();
                foreach (var ids in gone.Where(file => !file.Missing).Select(file => file.Id).Chunk(500))
                    await context
                        .Models.Where(model => ids.Contains(model.Id))
                        .ExecuteUpdateAsync(
                            set => set.SetProperty(model => model.FileMissing, true).SetProperty(model => model.UpdatedAt, now),
                            token
                        )
                        .ConfigureAwait(false);
                foreach (var ids in back.Chunk(500))
                    await context
                        .Models.Where(model => ids.Contains(model.Id))
                        .ExecuteUpdateAsync(
                            set => set.SetProperty(model => model.FileMissing, false).SetProperty(model => model.UpdatedAt, now),
                            token
                        )
                        .ConfigureAwait(false);
                await PairAsync(context, token).ConfigureAwait(false);
                await NoteAsync(context, TimeKey, now.ToString(), token).ConfigureAwait(false);
                await NoteAsync(context, FoldersKey, JsonSerializer.Serialize(folders), token).ConfigureAwait(false);
                return await context.Models.CountAsync(model => model.FileMissing, token).ConfigureAwait(false);
            },
            cancellation
        );

    private static async Task PairAsync(LlamaDbContext context, CancellationToken cancellation)
    {
        var files = await context
            .Models.AsNoTracking()
            .Where(model => model.ModelPath != null && !model.FileMissing)
            .Select(KnownFile.Columns)
            .ToListAsync(cancellation)
            .ConfigureAwait(false);
        var folders = files
            .GroupBy(file => Path.GetDirectoryName(file.Path) ?? "")
            .ToDictionary(folder => folder.Key, folder => new PairedFolder(folder));
        var below = folders.Keys.ToLookup(folder => Path.GetDirectoryName(folder) ?? "");
        foreach (var (path, folder) in folders.Where(folder => folder.Value.Models.Count > 0))
        {
            var above =
                folder.Projectors.Count == 0
                && folders.GetValueOrDefault(Path.GetDirectoryName(path) ?? "") is { Models.Count: 0, Projectors.Count: > 0 } found
                    ? found
                    : null;
            var beside = above is null ? [] : below[Path.GetDirectoryName(path)!].SelectMany(other => folders[other].Paths).ToList();
            foreach (var model in folder.Models)
            {
                var projector =
                    above is not null ? ProjectorPairing.FindAbove(model.Path, above.Projectors, beside)
                    : folder.Projectors.Count > 0 ? ProjectorPairing.Find(model.Path, folder.Projectors, folder.Paths)
                    : null;
                if (projector != model.ProjectorPath)
                    await context
                        .Models.Where(row => row.Id == model.Id)
                        .ExecuteUpdateAsync(set => set.SetProperty(row => row.ProjectorPath, projector), cancellation)
                        .ConfigureAwait(false);
            }
        }
    }

    private sealed class PairedFolder(IEnumerable<KnownFile> files)
    {
        public IReadOnlyList<KnownFile> Models { get; } = [.. files.Where(file => file.Role == ModelRole.Model)];

        public IReadOnlyList<string> Paths => [.. Models.Select(file => file.Path).Distinct()];

        public IReadOnlyList<string> Projectors { get; } =
        [.. files.Where(file => file.Role == ModelRole.Projector).Select(file => file.Path).Distinct()];
    }

    private async Task NoteAsync(LlamaDbContext context, string key, string value, CancellationToken cancellation)
    {
        var row = await context.Metadata.FindAsync([key], cancellation).ConfigureAwait(false);
        if (row is null)
            context.Metadata.Add(row = new MetadataRow { Key = key });
        (row.Value, row.UpdatedAt) = (value, Now());
    }

    private Model Create(ScannedModel scanned, ModelNames names)
    {
        var model = ModelRows.New(names.Take(scanned.Entry.Path, scanned.Entry.Files[0].Name), Now());
        scanned.Apply(model);
        return model;
    }

    private void Change(Model model, ScannedModel scanned)
    {
        scanned.Apply(model);
        model.UpdatedAt = Now();
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
