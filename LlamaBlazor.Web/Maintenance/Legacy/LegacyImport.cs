using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Api;
using Microsoft.Data.Sqlite;

namespace LlamaBlazor.Web.Maintenance.Legacy;

/// <summary>
/// Takes over the database of an earlier dashboard: recognised by its tables, converted in one transaction, each row once however often it
/// is run. The file
/// itself is only copied. A dry run does everything and takes it back.
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
        var old = new LegacySource(connection, progress, cancellation);
        var kind = LegacySchema.Recognise(old.Tables.ToDictionary(table => table, table => SqliteRead.Columns(connection, table)));
        if (kind == LegacyKind.Ours)
            return Failure.Invalid("file", "This is a database of this dashboard. Use restore or import with merge for it.");
        if (kind == LegacyKind.Unknown)
            return Failure.Invalid(
                "file",
                $"No earlier dashboard is known that has these tables: {string.Join(", ", old.Tables.Take(20))}."
            );
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
        CopyLaunchSettings(old, target);
        foreach (var (table, rows) in RetentionDue.Count(work.Live, transaction, work.Rules, now).Where(pair => pair.Value > due[pair.Key]))
            report.Table(table).DueByRetention = rows - due[table];
        cancellation.ThrowIfCancellationRequested();
        if (work.DryRun)
            transaction.Rollback();
        else
            transaction.Commit();
        return report;
    }

    // The async proxy's one object of settings (seed S1.6): its server and its folder of models. Settings that are here win.
    private static void CopyLaunchSettings(LegacySource old, LegacyTarget target)
    {
        if (!old.Tables.Contains("server_config"))
            return;
        foreach (var row in old.Rows("server_config"))
        {
            var outcome = target.Report.Table("server_config");
            outcome.Read++;
            var here = target.Find("SELECT value FROM server_config WHERE key = $value", "config");
            if (row.GetValueOrDefault("key")?.ToString() == "config" && Read(row.GetValueOrDefault("value")?.ToString()) is { } settings)
            {
                var json = JsonSerializer.Serialize(settings, ApiJson.Options);
                if (
                    here is null
                    && target.TryInsert(
                        "server_config",
                        new Dictionary<string, object?>
                        {
                            ["key"] = "config",
                            ["value"] = json,
                            ["updated_at"] = target.Now,
                        },
                        row
                    )
                        is not null
                )
                    outcome.Imported++;
                else
                    outcome.AlreadyHere++;
            }

            target.KeepAside("server_config", row, Reason(row));
        }
    }

    private static string Reason(IReadOnlyDictionary<string, object?> row) =>
        Text(row.GetValueOrDefault("value")?.ToString(), "serverPath") is { } engine && !File.Exists(engine)
            ? $"There is no {engine} on this machine, so it did not become the engine; of the rest, only the folder of models has a "
                + "place here"
            : "Only the path of the server and the folder of models have a place here";

    private static LaunchSettings? Read(string? json)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var models = Text(json, "baseModelsPath") is { } path
            ? (path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(home, path[2..]) : path)
            : null;
        var engine = Text(json, "serverPath") is { } server && File.Exists(server) ? server : null;
        return models is null && engine is null
            ? null
            : new LaunchSettings
            {
                EnginePath = engine,
                ModelDirectories = models is not null && Path.IsPathFullyQualified(models) ? [models] : [],
            };
    }

    // A text of a JSON object; null where there is none, or no such object.
    private static string? Text(string? json, string name)
    {
        var read = ForeignJson.Parse(json ?? "");
        if (!read.IsSuccess)
            return null;
        using var document = read.Value;
        return
            document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
    }

    private sealed record Work(string Path, SqliteConnection Live, string Source, bool DryRun, IReadOnlyList<RetentionRule> Rules);
}
