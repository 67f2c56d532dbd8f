using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Domain.Maintenance.Legacy;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Instances;
using Microsoft.Data.Sqlite;

namespace LlamaBlazor.Web.Maintenance.Legacy;

/// <summary>
/// Takes over the database of an earlier dashboard: recognised by its tables, converted in one transaction, each row once however often it
/// is run. The file itself is only copied. A dry run does everything and takes it back.
/// </summary>
internal sealed class LegacyImport(
    DataFolder folder,
    DatabaseWriter writer,
    SecretProtector secrets,
    DatabaseFollowers followers,
    InstanceStore ledger,
    RetentionAccess retention,
    TimeProvider clock
)
{
    private const string OwnTable = "__EFMigrationsHistory";
    private const int MostTold = 20; // tables of a file of no known kind

    /// <summary>Imports a file.</summary>
    /// <param name="path">The old database.</param>
    /// <param name="dryRun">True to change nothing.</param>
    /// <param name="source">What to call it in the report; the path's own name otherwise.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Gives up; nothing is changed.</param>
    public async Task<Result<LegacyReport>> RunAsync(
        string path,
        bool dryRun,
        string? source = null,
        IProgress<WorkStep>? progress = null,
        CancellationToken cancellation = default
    )
    {
        if (!File.Exists(path))
            return Failure.NotFound($"There is no file {path}.");
        var copy = Path.Combine(folder.Backups, $".legacy-{Guid.NewGuid():N}.part");
        try
        {
            if (!DatabaseCandidate.HasHead(path))
                return Failure.Invalid("file", $"{source ?? Path.GetFileName(path)} is not an SQLite database.");
            progress?.Report(new WorkStep("Fetching the file"));
            if (await Task.Run(() => SourceSnapshot.Take(path, copy), cancellation).ConfigureAwait(false) is { } unusable)
                return unusable;
            var rules = retention.List();
            var result = await writer
                .MaintainAsync(
                    live => Run(new Work(copy, live, source ?? Path.GetFileName(path), dryRun, rules), progress, cancellation),
                    CancellationToken.None
                )
                .ConfigureAwait(false);
            if (result.IsSuccess && !dryRun)
                await followers
                    .TellAsync(
                        "import of an old database",
                        result.Value.Source,
                        new { kind = result.Value.Kind.ToString(), imported = result.Value.Tables.Values.Sum(table => table.Imported) }
                    )
                    .ConfigureAwait(false);
            return result;
        }
        catch (Exception error) when (DatabaseTrouble.Is(error))
        {
            return DatabaseTrouble.Explain("The import", error, folder.Root);
        }
        finally
        {
            DatabaseBackup.DeleteWithCompanions(copy);
        }
    }

    private Result<LegacyReport> Run(Work work, IProgress<WorkStep>? progress, CancellationToken cancellation)
    {
        using var connection = SqliteSetup.Open(work.Path);
        var old = new LegacyFile(connection, progress, cancellation);
        if (old.Tables.Contains(OwnTable))
            return Failure.Invalid("file", "This is a database of this dashboard. Use restore or import with merge for it.");
        var tables = new LegacyTables(old.Tables.ToDictionary(table => table, table => SqliteRead.Columns(connection, table)));
        if (LegacySources.Recognise(tables) is not { Kind: var kind })
            return Unknown(old.Tables);
        var report = new LegacyReport(work.Source, kind, work.DryRun);
        using var transaction = work.Live.BeginTransaction();
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var target = new LegacyTarget(
            work.Live,
            transaction,
            report,
            new LegacyLeftovers(work.Live, transaction, secrets, work.Source, now),
            ledger,
            now
        );
        var due = RetentionDue.Count(work.Live, transaction, work.Rules, now);
        new LegacyModelImport(target, secrets).Import(old);
        new LegacyTableCopier(target, secrets).Copy(old);
        new LegacyMetricsImport(target).Import(old);
        target.Days.Write();
        LegacyLaunchSettings.Copy(old, target);
        foreach (var (table, rows) in RetentionDue.Count(work.Live, transaction, work.Rules, now).Where(pair => pair.Value > due[pair.Key]))
            report.Table(table).DueByRetention = rows - due[table];
        cancellation.ThrowIfCancellationRequested();
        if (work.DryRun)
            transaction.Rollback();
        else
            transaction.Commit();
        return report;
    }

    private static Failure Unknown(IReadOnlyList<string> tables)
    {
        var seen = tables.Count == 0 ? "It has no tables" : $"No earlier dashboard is known that has these tables: {List(tables)}";
        return Failure.Invalid("file", $"{seen}. Known are {string.Join("; ", LegacySources.All.Select(source => source.Mark))}.");
    }

    private static string List(IReadOnlyList<string> tables) =>
        string.Join(", ", tables.Take(MostTold)) + (tables.Count > MostTold ? $" and {tables.Count - MostTold} more" : "");

    private sealed record Work(string Path, SqliteConnection Live, string Source, bool DryRun, IReadOnlyList<RetentionRule> Rules);
}
