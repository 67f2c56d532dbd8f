using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Parameters;
using Microsoft.Data.Sqlite;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>Takes the models of another database of ours that this one does not have, by name, with all their settings. Nothing that is here is changed.</summary>
internal sealed class DatabaseMerge(DataFolder folder, DatabaseWriter writer, DatabaseFollowers followers, SecretProtector secrets)
{
    private const string Aliases = "model_aliases";

    private static readonly string[] OwnedTables =
    [
        "model_sampling_config", "model_memory_config", "model_gpu_config", "model_advanced_config", "model_lora_config",
        "model_multimodal_config", "model_fit_params", "model_runtime", "model_server_override",
    ];

    /// <summary>Merges a file, which is copied first so that it stays as it is.</summary>
    public async Task<Result<MergeReport>> MergeAsync(string path, IProgress<WorkStep>? progress = null, CancellationToken cancellation = default)
    {
        var copy = Path.Combine(folder.Backups, $".merge-{Guid.NewGuid():N}.part");
        try
        {
            File.Copy(path, copy);
            if ((await DatabaseCandidate.PrepareAsync(copy, cancellation).ConfigureAwait(false)).Failure is { } failure)
                return failure;
            var report = await writer.MaintainAsync(live => Merge(copy, live, progress, cancellation), CancellationToken.None).ConfigureAwait(false);
            await followers.TellAsync("merge", Path.GetFileName(path), new { added = report.Added.Count, kept = report.Kept.Count }).ConfigureAwait(false);
            return report;
        }
        catch (Exception error) when (DatabaseTrouble.Is(error))
        {
            return DatabaseTrouble.Explain("The merge", error, folder.Root);
        }
        finally
        {
            DatabaseBackup.DeleteWithCompanions(copy);
        }
    }

    private MergeReport Merge(string path, SqliteConnection live, IProgress<WorkStep>? progress, CancellationToken cancellation)
    {
        using var other = SqliteSetup.Open(path);
        using var transaction = live.BeginTransaction();
        List<string> added = [], kept = [], unreadable = [];
        var rows = SqliteRead.Rows(other, "models").OrderBy(row => Convert.ToInt64(row["id"])).ToList();
        var theirs = OwnedTables.Append(Aliases).ToDictionary(table => table, table => SqliteRead.Rows(other, table).ToLookup(owned => Convert.ToInt64(owned["model_id"])));
        foreach (var row in rows)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new WorkStep("Merging models", (double)(added.Count + kept.Count) / rows.Count));
            var name = (string)row["name"]!;
            if (SqliteWrite.Scalar(live, transaction, "SELECT 1 FROM models WHERE name = $value", name) is not null)
            {
                kept.Add(name);
                continue;
            }

            Insert(live, transaction, row, theirs, unreadable);
            added.Add(name);
        }

        transaction.Commit();
        return new MergeReport(added, kept, unreadable);
    }

    private void Insert(SqliteConnection live, SqliteTransaction transaction, Dictionary<string, object?> row, Dictionary<string, ILookup<long, Dictionary<string, object?>>> theirs, List<string> unreadable)
    {
        var (oldId, name) = (Convert.ToInt64(row["id"]), (string)row["name"]!);
        row.Remove("id");
        row["status"] = "stopped";
        row["runtime_status"] = null;
        if (SqliteWrite.Scalar(live, transaction, "SELECT 1 FROM models WHERE uid = $value", row["uid"]) is not null)
            row["uid"] = $"{row["uid"]}m{oldId}";
        DropUnreadable(row, name, unreadable);
        var id = SqliteWrite.Insert(live, transaction, "models", row);
        foreach (var (table, rows) in theirs)
        {
            foreach (var owned in rows[oldId].Where(owned => table != Aliases || !IsTaken(live, transaction, owned["name"])))
            {
                owned.Remove("id");
                owned["model_id"] = id;
                DropUnreadable(owned, name, unreadable);
                SqliteWrite.Insert(live, transaction, table, owned);
            }
        }
    }

    private static bool IsTaken(SqliteConnection live, SqliteTransaction transaction, object? name) =>
        SqliteWrite.Scalar(live, transaction, "SELECT 1 FROM model_aliases WHERE name = $value COLLATE NOCASE UNION SELECT 1 FROM models WHERE name = $value COLLATE NOCASE", name) is not null;

    // The key that opens them is in the data folder of the other installation.
    private void DropUnreadable(Dictionary<string, object?> row, string model, List<string> unreadable)
    {
        foreach (var column in row.Where(pair => pair.Value is string text && secrets.Unprotect(text) is null).Select(pair => pair.Key).ToList())
        {
            row[column] = null;
            unreadable.Add($"{model}: {column}");
        }
    }
}

/// <summary>What a merge did.</summary>
/// <param name="Added">Models that came.</param>
/// <param name="Kept">Models of the file that were here already.</param>
/// <param name="UnreadableSecrets">Secrets that only the other installation can open, by model and column: now unset. Enter them again.</param>
internal sealed record MergeReport(IReadOnlyList<string> Added, IReadOnlyList<string> Kept, IReadOnlyList<string> UnreadableSecrets);
