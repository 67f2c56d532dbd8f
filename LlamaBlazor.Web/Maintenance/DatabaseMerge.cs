using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Models.Library;
using Microsoft.Data.Sqlite;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>Takes the models of another database of ours that this one does not have, by name, with all their settings. Nothing that is
/// here is changed.</summary>
internal sealed class DatabaseMerge(DataFolder folder, DatabaseWriter writer, DatabaseFollowers followers, SecretProtector secrets)
{
    private const string Aliases = "model_aliases";

    private static readonly string[] OwnedTables =
    [
        "model_sampling_config",
        "model_memory_config",
        "model_gpu_config",
        "model_advanced_config",
        "model_lora_config",
        "model_multimodal_config",
        "model_fit_params",
        "model_runtime",
        "model_server_override",
    ];

    /// <summary>Merges a file, which is copied first so that it stays as it is.</summary>
    public async Task<Result<MergeReport>> MergeAsync(
        string path,
        IProgress<WorkStep>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var copy = Path.Combine(folder.Backups, $".merge-{Guid.NewGuid():N}.part");
        try
        {
            PrivateFile.Copy(path, copy);
            if ((await DatabaseCandidate.PrepareAsync(copy, cancellation).ConfigureAwait(false)).Failure is { } failure)
                return failure;
            var report = await writer
                .MaintainAsync(live => Merge(copy, live, progress, cancellation), CancellationToken.None)
                .ConfigureAwait(false);
            await followers
                .TellAsync("merge", Path.GetFileName(path), new { added = report.Added.Count, kept = report.Kept.Count })
                .ConfigureAwait(false);
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
        List<string> kept = [],
            unreadable = [],
            leftOut = [];
        var theirs = OwnedTables
            .Append(Aliases)
            .ToDictionary(table => table, table => SqliteRead.Rows(other, table).ToLookup(owned => Convert.ToInt64(owned["model_id"])));
        var (names, fresh) = (ModelNames.Read(live), new List<Dictionary<string, object?>>());
        foreach (var row in SqliteRead.Rows(other, "models").OrderBy(row => Convert.ToInt64(row["id"])))
        {
            var name = (string)row["name"]!;
            if (names.Find(name) is { IsAlias: false })
                kept.Add(name);
            else if (names.Refuse(name) is { } taken)
                leftOut.Add($"{name}: {taken}");
            else
                fresh.Add(row);
        }

        fresh.ForEach(row => names.Add((string)row["name"]!, Owner(row))); // the names of all models go before anybody's aliases
        for (var i = 0; i < fresh.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new WorkStep("Merging models", (double)i / fresh.Count));
            Insert(live, transaction, fresh[i], theirs, new MergeNames(names, Owner(fresh[i]), leftOut), unreadable);
        }

        transaction.Commit();
        return new MergeReport([.. fresh.Select(row => (string)row["name"]!)], kept, unreadable, leftOut);
    }

    // Models of the file, told apart from those that are here.
    private static NameOwner Owner(Dictionary<string, object?> row) => new(-Convert.ToInt64(row["id"]) - 1, (string)row["name"]!, false);

    private void Insert(
        SqliteConnection live,
        SqliteTransaction transaction,
        Dictionary<string, object?> row,
        Dictionary<string, ILookup<long, Dictionary<string, object?>>> theirs,
        MergeNames names,
        List<string> unreadable
    )
    {
        var (oldId, name) = (Convert.ToInt64(row["id"]), (string)row["name"]!);
        row.Remove("id");
        row["status"] = "stopped";
        row["runtime_status"] = null;
        row["alias"] = names.Keep(row.GetValueOrDefault("alias") as string, null) is { Count: > 0 } said ? string.Join(',', said) : null;
        if (SqliteWrite.Scalar(live, transaction, "SELECT 1 FROM models WHERE uid = $value", row["uid"]) is not null)
            row["uid"] = $"{row["uid"]}m{oldId}";
        DropUnreadable(row, name, unreadable);
        var id = SqliteWrite.Insert(live, transaction, "models", row);
        foreach (var (table, rows) in theirs)
        {
            foreach (var owned in rows[oldId].Where(owned => table != Aliases || names.Keep((string)owned["name"]!)))
            {
                owned.Remove("id");
                owned["model_id"] = id;
                if (owned.GetValueOrDefault("aliases") is string list)
                    owned["aliases"] = names.Keep(null, list) is { Count: > 0 } left ? ItemList.Write([.. left]) : null;
                DropUnreadable(owned, name, unreadable);
                SqliteWrite.Insert(live, transaction, table, owned);
            }
        }
    }

    // The key that opens them is in the data folder of the other installation.
    private void DropUnreadable(Dictionary<string, object?> row, string model, List<string> unreadable)
    {
        foreach (
            var column in row.Where(pair => pair.Value is string text && secrets.Unprotect(text) is null).Select(pair => pair.Key).ToList()
        )
        {
            row[column] = null;
            unreadable.Add($"{model}: {column}");
        }
    }
}

/// <summary>The aliases of one model of the file: those that are somebody else's here are left out, and told.</summary>
internal sealed record MergeNames(ModelNames Names, NameOwner Owner, List<string> LeftOut)
{
    /// <summary>Those of a stored list that it may keep.</summary>
    public IReadOnlyList<string> Keep(string? commaList, string? jsonArray) => [.. ModelNames.Aliases(commaList, jsonArray).Where(Keep)];

    /// <summary>Whether it may keep an alias.</summary>
    public bool Keep(string alias)
    {
        if (Names.Refuse(alias, Owner.ModelId) is { } taken)
            LeftOut.Add($"{Owner.Model}, alias {alias}: {taken}");
        else
            Names.Add(alias, Owner with { IsAlias = true });
        return Names.Find(alias)!.ModelId == Owner.ModelId;
    }
}

/// <summary>What a merge did.</summary>
/// <param name="Added">Models that came.</param>
/// <param name="Kept">Models of the file that were here already.</param>
/// <param name="UnreadableSecrets">Secrets that only the other installation can open, by model and column: now unset. Enter them
/// again.</param>
/// <param name="LeftOut">Models and aliases of the file whose name is somebody else's here, with whose.</param>
internal sealed record MergeReport(
    IReadOnlyList<string> Added,
    IReadOnlyList<string> Kept,
    IReadOnlyList<string> UnreadableSecrets,
    IReadOnlyList<string> LeftOut
);
