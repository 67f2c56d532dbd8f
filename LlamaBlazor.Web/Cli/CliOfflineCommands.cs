using System.CommandLine;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Maintenance;
using LlamaBlazor.Web.Maintenance.Jobs;
using LlamaBlazor.Web.Shared;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Cli;

/// <summary>Commands of <c>db</c> that work on the file itself, some of them just because no dashboard can.</summary>
internal static class CliOfflineCommands
{
    /// <summary>Adds them to <c>db</c>.</summary>
    public static void AddTo(Command db, Func<ParseResult, CliContext> context)
    {
        db.Subcommands.Add(Dump(context));
        db.Subcommands.Add(Recover(context));
        db.Subcommands.Add(Restore(context));
        db.Subcommands.Add(Migrate(context));
        db.Subcommands.Add(Reset(context));
    }

    private static Command Dump(Func<ParseResult, CliContext> context)
    {
        var target = new Argument<string>("path") { Description = "File to write, which must not exist, or - for the terminal" };
        var command = new Command("dump", "Writes the database as SQL statements; secrets stay protected. Example: db dump dump.sql")
        {
            target,
        };
        command.SetAction(
            (result, cancellation) =>
            {
                var run = context(result);
                return run.TryAsync(async () =>
                {
                    var folder = DataFolder.Peek(run.DataFolder);
                    if (!File.Exists(folder.Database))
                        return await run.FailAsync($"There is no database {folder.Database}.").ConfigureAwait(false);
                    var path = result.GetRequiredValue(target);
                    if (path == "-")
                    {
                        await Task.Run(() => SqlDump.Write(folder.Database, run.Output, null, cancellation), cancellation)
                            .ConfigureAwait(false);
                        return CliContext.Ok;
                    }

                    await Task.Run(() => SqlDump.WriteFile(folder.Database, path, CliJobs.Teller(run), cancellation), cancellation)
                        .ConfigureAwait(false);
                    await run.SayAsync(new { path = Path.GetFullPath(path) }, $"Written: {Path.GetFullPath(path)}").ConfigureAwait(false);
                    return CliContext.Ok;
                });
            }
        );
        return command;
    }

    private static Command Recover(Func<ParseResult, CliContext> context)
    {
        var command = new Command(
            "recover",
            "Puts the newest backup that is sound in the database's place, says which and why, and keeps what is there now; what an "
                + "earlier restore replaced is taken only when no other is sound. For a damaged database: stop the dashboard first. "
                + "Example: db recover"
        );
        command.SetAction(
            (result, cancellation) =>
                ReplaceAsync(
                    context(result),
                    (run, running) =>
                        CliJobs.RunAsync(
                            run,
                            running,
                            CliContext.Request("POST", "/api/database/recover?background=true", null),
                            cancellation
                        ),
                    (run, folder) => DatabaseRecovery.RunAsync(folder, ProgramClock.Instance, CliJobs.Teller(run), cancellation),
                    cancellation
                )
        );
        return command;
    }

    private static Command Restore(Func<ParseResult, CliContext> context)
    {
        var file = new Argument<string>("file") { Description = "A file, or the name of a backup" };
        var command = new Command(
            "restore",
            "Puts a backup in the database's place and keeps what is there now. With the dashboard stopped it also takes the place of "
                + "a damaged or newer database. Example: db restore before.db"
        )
        {
            file,
        };
        command.SetAction(
            (result, cancellation) =>
            {
                var wanted = result.GetRequiredValue(file);
                return ReplaceAsync(
                    context(result),
                    (run, running) =>
                        File.Exists(wanted)
                            ? CliFileCommands.SendAsync(run, running, wanted, "/api/database/restore?background=true", cancellation)
                            : CliJobs.RunAsync(
                                run,
                                running,
                                CliContext.Request("POST", "/api/database/restore?background=true", new { name = wanted }),
                                cancellation
                            ),
                    async (run, folder) =>
                        DatabaseRecovery.Find(folder, wanted) is { } path
                            ? await DatabaseRecovery
                                .PutAsync(folder, path, ProgramClock.Instance, CliJobs.Teller(run), cancellation)
                                .ConfigureAwait(false)
                            : Failure.NotFound(
                                $"There is no file {Path.GetFullPath(wanted)} and no backup of that name in {folder.Backups}."
                            ),
                    cancellation
                );
            }
        );
        return command;
    }

    // Through the dashboard where one runs; on the file itself where none does, so that nothing about that file has to be in order.
    private static async Task<int> ReplaceAsync(
        CliContext run,
        Func<CliContext, DashboardConnection, Task<int>> online,
        Func<CliContext, DataFolder, Task<Result<RecoveryReport>>> offline,
        CancellationToken cancellation
    )
    {
        if (await DashboardConnection.FindAsync(run.DataFolder, cancellation).ConfigureAwait(false) is { } connection)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            return await run.RunAsync(running => online(run, running), needsServer: true, cancellation).ConfigureAwait(false);
        }

        return await run.TryAsync(async () =>
            {
                using var folder = DataFolder.Open(run.DataFolder); // held: no dashboard starts meanwhile
                var done = await Task.Run(() => offline(run, folder), cancellation).ConfigureAwait(false);
                if (done.Failure is { } failure)
                    return await run.FailAsync(DatabaseJob.Words(failure)).ConfigureAwait(false);
                await run.SayAsync(
                        done.Value,
                        $"Recovered from {done.Value.Backup}. "
                            + (done.Value.Choice is { } choice ? choice.Reason + " " : "")
                            + (done.Value.Kept is null ? "There was no database before." : $"The one before is {done.Value.Kept}.")
                            + StoredSecrets.Words(done.Value.UnreadableSecrets)
                    )
                    .ConfigureAwait(false);
                return CliContext.Ok;
            })
            .ConfigureAwait(false);
    }

    private static Command Migrate(Func<ParseResult, CliContext> context)
    {
        var status = new Option<bool>("--status") { Description = "Only tell what is applied and what is pending; changes nothing" };
        var command = new Command(
            "migrate",
            "Brings the schema up to date, after a backup, and lists its steps. Example: db migrate --status"
        )
        {
            status,
        };
        command.SetAction(
            (result, cancellation) =>
            {
                var run = context(result);
                return result.GetValue(status)
                    ? run.TryAsync(() => StatusAsync(run, cancellation))
                    // a dashboard that is ready has migrated
                    : run.RunAsync(_ => StatusAsync(run, cancellation), needsServer: false, cancellation);
            }
        );
        return command;
    }

    private static async Task<int> StatusAsync(CliContext run, CancellationToken cancellation)
    {
        var database = DataFolder.Peek(run.DataFolder).Database;
        if (!File.Exists(database))
            return await run.FailAsync($"There is no database {database}. It is made at the first start.").ConfigureAwait(false);
        SqliteSetup.Open(database).Dispose(); // one that cannot be opened would count as one without any step
        var context = new LlamaDbContext(
            (DbContextOptions<LlamaDbContext>)DataFeature.Configure(new DbContextOptionsBuilder<LlamaDbContext>(), database).Options
        );
        await using (context.ConfigureAwait(false))
        {
            var known = context.Database.GetMigrations().ToList();
            var applied = (await context.Database.GetAppliedMigrationsAsync(cancellation).ConfigureAwait(false)).ToList();
            var (pending, newer) = (known.Except(applied).ToList(), applied.Except(known).ToList());
            var lines = applied
                .Intersect(known)
                .Select(step => $"applied  {step}")
                .Concat(pending.Select(step => $"pending  {step}"))
                .Concat(newer.Select(step => $"newer    {step}  (of a newer version: this program refuses the database)"));
            await run.SayAsync(
                    new
                    {
                        applied,
                        pending,
                        newer,
                    },
                    string.Join('\n', lines)
                )
                .ConfigureAwait(false);
            return newer.Count == 0 ? CliContext.Ok : CliContext.Failed;
        }
    }

    private static Command Reset(Func<ParseResult, CliContext> context)
    {
        var yes = new Option<bool>("--yes") { Description = "Really" };
        var command = new Command("reset", "Starts with an empty database; the old one is backed up first. The dashboard must not run")
        {
            yes,
        };
        command.SetAction(
            async (result, cancellation) =>
            {
                var run = context(result);
                if (!result.GetValue(yes))
                {
                    await run.Error.WriteLineAsync("This empties the database. Say --yes if you mean it.").ConfigureAwait(false);
                    return CliContext.Usage;
                }

                return await run.TryAsync(async () =>
                    {
                        using var folder = DataFolder.Open(run.DataFolder); // fails while a dashboard holds it
                        var backup = File.Exists(folder.Database)
                            ? await Task.Run(
                                    () =>
                                        new DatabaseBackup(folder, ProgramClock.Instance).Create(
                                            "before-reset",
                                            CliJobs.Teller(run),
                                            cancellation
                                        ),
                                    cancellation
                                )
                                .ConfigureAwait(false)
                            : null;
                        DatabaseBackup.DeleteWithCompanions(folder.Database);
                        await run.SayAsync(
                                new { backup },
                                $"Emptied. {(backup is null ? "There was none before." : $"The old one is {backup}.")}"
                            )
                            .ConfigureAwait(false);
                        return CliContext.Ok;
                    })
                    .ConfigureAwait(false);
            }
        );
        return command;
    }
}
