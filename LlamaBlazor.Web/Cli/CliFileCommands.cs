using System.CommandLine;
using System.Globalization;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Maintenance;
using LlamaBlazor.Web.Maintenance.Jobs;
using LlamaBlazor.Web.Shared;

namespace LlamaBlazor.Web.Cli;

/// <summary>Commands of <c>db</c> that send a file to the dashboard or fetch one from it.</summary>
internal static class CliFileCommands
{
    /// <summary>Adds them to <c>db</c>.</summary>
    public static void AddTo(Command db, Func<ParseResult, CliContext> context)
    {
        db.Subcommands.Add(
            Upload(
                "import",
                "Takes over a database of this dashboard. Example: db import other.db --mode merge",
                "/api/database/import",
                [Mode()],
                context
            )
        );
        db.Subcommands.Add(
            Upload(
                "merge",
                "Adds the models of another database of this dashboard that are new here, by name",
                "/api/database/import?mode=merge",
                [],
                context
            )
        );
        db.Subcommands.Add(
            Upload(
                "load",
                "Puts the database that SQL statements make in this one's place. Example: db load dump.sql",
                "/api/database/load",
                [],
                context
            )
        );
        db.Subcommands.Add(
            Upload(
                "import-legacy",
                "Takes over the database of an earlier dashboard: wide v1, async proxy, v2.0, cyllama or MLEnv. Begin with --dry-run",
                "/api/database/import-legacy",
                [new Option<bool>("--dry-run") { Description = "Only tell what would happen" }],
                context
            )
        );
        db.Subcommands.Add(
            Download("export", "Writes a copy of the whole database to a file. Example: db export copy.db", "/api/database/export", context)
        );
    }

    /// <summary>
    /// Sends a file and follows the operation on it to its end. Of a database a snapshot goes: what was committed last may still be in a
    /// journal beside it,
    /// and the program it belongs to may be writing.
    /// </summary>
    public static async Task<int> SendAsync(
        CliContext run,
        DashboardConnection connection,
        string path,
        string address,
        CancellationToken cancellation
    )
    {
        if (!File.Exists(path))
            return await run.FailAsync($"There is no file {Path.GetFullPath(path)}.").ConfigureAwait(false);
        if (!DatabaseCandidate.HasHead(path))
            return await PostAsync(run, connection, path, Path.GetFileName(path), address, cancellation).ConfigureAwait(false);
        // where the next start removes what a killed command leaves
        var copy = Path.Combine(DataFolder.Peek(run.DataFolder).Backups, $".send-{Guid.NewGuid():N}.part");
        try
        {
            if (await Task.Run(() => SourceSnapshot.Take(path, copy), cancellation).ConfigureAwait(false) is { } unusable)
                return await run.FailAsync(DatabaseJob.Words(unusable)).ConfigureAwait(false);
            return await PostAsync(run, connection, copy, Path.GetFileName(path), address, cancellation).ConfigureAwait(false);
        }
        finally
        {
            DatabaseBackup.DeleteWithCompanions(copy);
        }
    }

    private static async Task<int> PostAsync(
        CliContext run,
        DashboardConnection connection,
        string path,
        string name,
        string address,
        CancellationToken cancellation
    )
    {
        var stream = File.OpenRead(path); // the message disposes it
        using var form = new MultipartFormDataContent { { new StreamContent(stream), "file", name } };
        using var request = CliContext.Request("POST", address, null);
        request.Content = form;
        return await CliJobs.RunAsync(run, connection, request, cancellation).ConfigureAwait(false);
    }

    private static Option<string> Mode()
    {
        var mode = new Option<string>("--mode") { Description = "replace (default) or merge", DefaultValueFactory = _ => "replace" };
        mode.AcceptOnlyFromAmong("replace", "merge");
        return mode;
    }

    private static Command Upload(string name, string help, string path, Option[] options, Func<ParseResult, CliContext> context)
    {
        var file = new Argument<string>("file") { Description = "The file" };
        var command = new Command(name, help) { file };
        foreach (var option in options)
            command.Options.Add(option);
        command.SetAction(
            (result, cancellation) =>
            {
                var run = context(result);
                var wanted = result.GetRequiredValue(file);
                var query = options
                    .Select(option =>
                        option is Option<bool> flag
                            ? (result.GetValue(flag) ? "dry_run=true" : "")
                            : $"{option.Name.TrimStart('-')}={Uri.EscapeDataString(result.GetValue((Option<string>)option) ?? "")}"
                    )
                    .Prepend("background=true")
                    .Where(part => part.Length > 0);
                var address = $"{path}{(path.Contains('?', StringComparison.Ordinal) ? "&" : "?")}{string.Join('&', query)}";
                return run.RunAsync(
                    connection => SendAsync(run, connection, wanted, address, cancellation),
                    needsServer: false,
                    cancellation
                );
            }
        );
        return command;
    }

    private static Command Download(string name, string help, string address, Func<ParseResult, CliContext> context)
    {
        var target = new Argument<string?>("path")
        {
            Description = "File to write, which must not exist; without one it is named by the time, in the data folder",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command(name, help) { target };
        command.SetAction(
            (result, cancellation) =>
            {
                var run = context(result);
                var path = Path.GetFullPath(
                    result.GetValue(target)
                        ?? Path.Combine(
                            run.DataFolder,
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"llama-dashboard-{name}-{ProgramClock.Instance.GetUtcNow():yyyyMMdd-HHmmssfff}.db"
                            )
                        )
                );
                return run.RunAsync(
                    async connection =>
                    {
                        var file = PrivateFile.Open(path, FileMode.CreateNew); // before the work: never over a file that is there
                        var written = false;
                        try
                        {
                            await using (file.ConfigureAwait(false))
                            {
                                var asking = connection.Http.GetAsync(
                                    new Uri(address, UriKind.Relative),
                                    HttpCompletionOption.ResponseHeadersRead,
                                    cancellation
                                );
                                await CliJobs.WatchAsync(run, connection, asking).ConfigureAwait(false);
                                using var answer = await asking.ConfigureAwait(false);
                                if (!answer.IsSuccessStatusCode)
                                    return await run.ShowAsync(answer, [], cancellation).ConfigureAwait(false);
                                await answer.Content.CopyToAsync(file, cancellation).ConfigureAwait(false);
                                written = true;
                            }

                            await run.SayAsync(new { path }, $"Written: {path}").ConfigureAwait(false);
                            return CliContext.Ok;
                        }
                        finally
                        {
                            if (!written)
                                File.Delete(path);
                        }
                    },
                    needsServer: false,
                    cancellation
                );
            }
        );
        return command;
    }
}
