using LlamaBlazor.Domain.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace LlamaBlazor.Web.Data;

/// <summary>
/// SQLite's own copy of a database into another, some pages at a time: it can tell how far it is and be given up between two steps. The
/// source is read in
/// one state, whatever is written meanwhile; the target gets all pages in one transaction or none.
/// </summary>
internal static class PageCopy
{
    /// <summary>Pages of a step: 1 MiB of the usual 4 KiB.</summary>
    private const int StepPages = 256;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Copies all pages.</summary>
    /// <param name="source">Where from.</param>
    /// <param name="target">Where to; what is there is replaced.</param>
    /// <param name="name">The step's name.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="clock">The time.</param>
    /// <param name="cancellation">Gives up; the target is then as it was.</param>
    /// <exception cref="SqliteException">The disk is full, or the target stays locked.</exception>
    public static void Run(
        SqliteConnection source,
        SqliteConnection target,
        string name,
        IProgress<WorkStep>? progress,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        using var snapshot = source.BeginTransaction(deferred: true);
        SqliteSetup.Scalar(source, "SELECT count(*) FROM sqlite_master"); // begins reading: from here on the source is one state
        var backup = raw.sqlite3_backup_init(target.Handle, "main", source.Handle, "main");
        if (backup.IsInvalid)
            SqliteException.ThrowExceptionForRC(raw.sqlite3_errcode(target.Handle), target.Handle);
        try
        {
            Copy(backup, target, name, progress, clock, cancellation);
        }
        finally
        {
            _ = raw.sqlite3_backup_finish(backup); // takes back what was written, unless all of it was
        }
    }

    private static void Copy(
        sqlite3_backup backup,
        SqliteConnection target,
        string name,
        IProgress<WorkStep>? progress,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        var waiting = clock.GetTimestamp();
        int code;
        do
        {
            cancellation.ThrowIfCancellationRequested();
            code = raw.sqlite3_backup_step(backup, StepPages);
            if (code is raw.SQLITE_BUSY or raw.SQLITE_LOCKED && clock.GetElapsedTime(waiting) < Patience)
            {
                cancellation.WaitHandle.WaitOne(Pause); // readers of the target that are in the middle of something; they are soon done
                continue;
            }

            waiting = clock.GetTimestamp();
            if (code is not (raw.SQLITE_OK or raw.SQLITE_DONE))
                SqliteException.ThrowExceptionForRC(code, target.Handle);
            var pages = raw.sqlite3_backup_pagecount(backup);
            progress?.Report(new WorkStep(name, pages == 0 ? null : 1 - ((double)raw.sqlite3_backup_remaining(backup) / pages)));
        } while (code != raw.SQLITE_DONE);
    }
}
