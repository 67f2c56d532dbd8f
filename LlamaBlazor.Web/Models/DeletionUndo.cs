using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Models;

/// <summary>
/// Brings back what was deleted within the last half minute, whole. A deletion is done at once and kept here in memory: a process that ends
/// meanwhile has
/// deleted it, and nothing lies between.
/// </summary>
internal sealed class DeletionUndo(DatabaseWriter writer, DatabaseState database, Broadcast<ModelChanged> changes, TimeProvider clock)
{
    private const int SqliteConstraint = 19;

    /// <summary>How long a deletion can be undone.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Deletions kept at once; the oldest leaves.</summary>
    private const int Bound = 20;

    /// <summary>Models of one deletion that are kept; a larger one cannot be undone.</summary>
    private const int ModelBound = 500;

    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];
    private long _lastId;

    /// <summary>Those that can be undone now, the newest first.</summary>
    public IReadOnlyList<Deletion> All
    {
        get
        {
            lock (_gate)
            {
                Forget();
                return [.. _entries.Select(entry => entry.Shown).Reverse()];
            }
        }
    }

    /// <summary>Whether a deletion of so many models is kept.</summary>
    public static bool Keeps(int models) => models is > 0 and <= ModelBound;

    /// <summary>Keeps a deletion that was committed.</summary>
    public Deletion Keep(ModelBundle bundle, IReadOnlyList<string> names, IReadOnlyList<string> ignored)
    {
        lock (_gate)
        {
            Forget();
            if (_entries.Count == Bound)
                _entries.RemoveAt(0);
            var shown = new Deletion(++_lastId, names, clock.GetUtcNow().Add(Limit).ToUnixTimeMilliseconds());
            _entries.Add(new Entry(shown, bundle, ignored, clock.GetTimestamp(), database.Generation));
            return shown;
        }
    }

    /// <summary>Undoes a deletion: the models are back with their ids, settings, aliases and history.</summary>
    /// <returns>The names; not found when it is too late, a conflict when a name or an alias has another owner by now.</returns>
    public async Task<Result<IReadOnlyList<string>>> UndoAsync(long id, CancellationToken cancellation = default)
    {
        Entry? entry;
        lock (_gate)
        {
            Forget();
            entry = _entries.Find(kept => kept.Shown.Id == id);
            if (entry is not null)
                _entries.Remove(entry); // once
        }

        if (entry is null)
            return Failure.NotFound(
                $"There is no deletion {id} that can be undone: that is possible for {Limit.TotalSeconds:0} seconds, and once."
            );
        try
        {
            await writer.ExecuteAsync((context, token) => RestoreAsync(context, entry, token), cancellation).ConfigureAwait(false);
        }
        catch (SqliteException error) when (error.SqliteErrorCode == SqliteConstraint)
        {
            return Failure.Conflict(
                $"{string.Join(", ", entry.Shown.Models)} cannot come back: a name, an alias or a file of it has another owner by "
                    + "now. Rename or delete that one; the deletion stays as it was."
            );
        }
        catch
        {
            lock (_gate)
                _entries.Add(entry); // the disk was full, for example: it may be tried again
            throw;
        }

        changes.Publish(new ModelChanged(0, ModelChanged.Library));
        return entry.Shown.Models.ToArray();
    }

    // A scan may have found the file again meanwhile: its row, which nobody has touched, makes room.
    private static async Task RestoreAsync(LlamaDbContext context, Entry entry, CancellationToken cancellation)
    {
        var names = entry.Shown.Models;
        foreach (
            var found in await context
                .Models.Where(model => names.Contains(model.Name) && model.Revision == 0 && model.Status == ModelStatus.Stopped)
                .ToListAsync(cancellation)
                .ConfigureAwait(false)
        )
            context.Remove(found);
        await context.SaveChangesAsync(cancellation).ConfigureAwait(false);
        await entry.Bundle.WriteAsync(context, cancellation).ConfigureAwait(false);
        await context.IgnoredFiles.Where(file => entry.Ignored.Contains(file.Path)).ExecuteDeleteAsync(cancellation).ConfigureAwait(false);
        context.Note("model.undelete", "model", names.Count == 1 ? names[0] : null, new { models = names.Take(50) });
    }

    private void Forget() => _entries.RemoveAll(entry => clock.GetElapsedTime(entry.At) > Limit || entry.Generation != database.Generation);

    private sealed record Entry(Deletion Shown, ModelBundle Bundle, IReadOnlyList<string> Ignored, long At, int Generation);
}

/// <summary>A deletion that can be undone.</summary>
/// <param name="Id">Its number in this run.</param>
/// <param name="Models">Names of the models.</param>
/// <param name="ExpiresAt">Until when, Unix milliseconds.</param>
internal sealed record Deletion(long Id, IReadOnlyList<string> Models, long ExpiresAt);
