using System.Text;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Instances.Admission;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>A file that somebody wants to put in the database's place. Looked at closely before anything is changed.</summary>
internal static class DatabaseCandidate
{
    private static readonly byte[] Head = Encoding.ASCII.GetBytes("SQLite format 3\0");

    /// <summary>The steps of the schema that this program has.</summary>
    public static IReadOnlySet<string> KnownMigrations { get; } = ReadMigrations();

    /// <summary>
    /// Whether the file can take the database's place: a sound SQLite file of ours, not newer than this program. One of an older schema is
    /// brought up to
    /// date, so give it a copy.
    /// </summary>
    public static async Task<Result<bool>> PrepareAsync(string path, CancellationToken cancellation)
    {
        try
        {
            if (Inspect(path, cancellation) is { } failure)
                return failure;
            return await MigrateAsync(path, cancellation).ConfigureAwait(false);
        }
        catch (SqliteException error)
        {
            return Failure.Invalid("file", $"The file cannot be read as a database: {error.Message}. Nothing was changed.");
        }
    }

    /// <summary>Whether the file begins like an SQLite database.</summary>
    public static bool HasHead(string path)
    {
        var head = new byte[Head.Length];
        using var stream = File.OpenRead(path);
        return stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && IsHead(head);
    }

    /// <summary>Whether the first bytes of a file are those of an SQLite database.</summary>
    public static bool IsHead(ReadOnlySpan<byte> head) => head.StartsWith(Head);

    /// <summary>
    /// Sets what ran when the file was made to what it is after a restart: no model runs, no engine holds a process or a GPU. What people
    /// reserved stays.
    /// </summary>
    public static void SetAtRest(string path, TimeProvider clock)
    {
        using var connection = SqliteSetup.Open(path);
        SqliteSetup.Execute(
            connection,
            $"""
            BEGIN;
            UPDATE models SET status = 'stopped', runtime_status = NULL WHERE status <> 'stopped';
            UPDATE container_instances SET status = 'stopped', pid = NULL, port = NULL, stopped_at = {clock.GetUtcNow().ToUnixTimeMilliseconds()}, reason = 'It ran when this database was backed up.'
              WHERE status IN ('created', 'starting', 'running', 'stopping');
            UPDATE container_instances SET status = 'deleted' WHERE kind = 'process' AND status <> 'deleted';
            UPDATE downloads SET status = 'paused', error = 'It ran when this database was backed up. Resume it when you like.' WHERE status IN ('running', 'queued');
            DELETE FROM gpu_allocations WHERE id IN (SELECT value FROM json_each(coalesce((SELECT value FROM metadata WHERE key = '{AllocationStore.TakenKey}'), '[]')));
            DELETE FROM metadata WHERE key = '{AllocationStore.TakenKey}';
            COMMIT;
            PRAGMA wal_checkpoint(TRUNCATE);
            """
        );
    }

    private static HashSet<string> ReadMigrations()
    {
        using var context = new LlamaDbContext(
            (DbContextOptions<LlamaDbContext>)DataFeature.Configure(new DbContextOptionsBuilder<LlamaDbContext>(), ":memory:").Options
        );
        return [.. context.Database.GetMigrations()];
    }

    private static Failure? Inspect(string path, CancellationToken cancellation)
    {
        if (!HasHead(path))
            return Failure.Invalid("file", "This is not an SQLite database. Nothing was changed.");
        using var connection = SqliteSetup.Open(path);
        if (ForeignSchema.Find(connection) is { } foreign)
            return foreign;
        if (SqliteLong.Run(connection, () => SqliteSetup.Scalar(connection, "PRAGMA integrity_check(1)"), cancellation) is not "ok")
            return Failure.Invalid(
                "file",
                "The database is damaged: it did not pass the integrity check. Nothing was changed. Choose another backup."
            );
        return SqliteSetup.Scalar(connection, "SELECT 1 FROM sqlite_master WHERE name = '__EFMigrationsHistory'") is null
            ? Failure.Invalid(
                "file",
                "This database was not made by this dashboard. For one of an earlier dashboard use the import of old databases. "
                    + "Nothing was changed."
            )
            : null;
    }

    private static async Task<Result<bool>> MigrateAsync(string path, CancellationToken cancellation)
    {
        var options = (DbContextOptions<LlamaDbContext>)DataFeature.Configure(new DbContextOptionsBuilder<LlamaDbContext>(), path).Options;
        var context = new LlamaDbContext(options);
        await using (context.ConfigureAwait(false))
        {
            var newer = (await context.Database.GetAppliedMigrationsAsync(cancellation).ConfigureAwait(false))
                .Except(context.Database.GetMigrations())
                .FirstOrDefault();
            if (newer is not null)
                return Failure.Invalid(
                    "file",
                    $"This database was written by a newer version (migration {newer}). Update the program first. Nothing was changed."
                );
            await context.Database.MigrateAsync(cancellation).ConfigureAwait(false);
            await context.Database.ExecuteSqlRawAsync("PRAGMA wal_checkpoint(TRUNCATE);", cancellation).ConfigureAwait(false);
        }

        SqliteSetup.ClearPool(path); // its file is removed afterwards
        return true;
    }
}
