using System.CommandLine;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Maintenance;
using LlamaBlazor.Web.Shared.Configuration;

namespace LlamaBlazor.Web.Cli;

/// <summary>Commands of <c>db</c> that read or write files.</summary>
internal static class CliFileCommands
{
    /// <summary>Adds them.</summary>
    public static void AddTo(Command db, Func<ParseResult, CliContext> context)
    {
        db.Subcommands.Add(Upload("restore", "Puts a backup, by name or path, in the database's place, after a safety copy", "/api/database/restore", [], context, allowName: true));
        db.Subcommands.Add(Upload("import", "Takes over a database of this dashboard", "/api/database/import", [new Option<string>("--mode") { Description = "replace (default) or merge", DefaultValueFactory = _ => "replace" }], context));
        db.Subcommands.Add(Upload("import-legacy", "Takes over the database of an earlier dashboard: wide v1, async proxy, v2.0, cyllama or MLEnv", "/api/database/import-legacy", [new Option<bool>("--dry-run") { Description = "Only tell what would happen" }], context));
        db.Subcommands.Add(Export(context));
        db.Subcommands.Add(Dump(context));
        db.Subcommands.Add(Reset(context));
    }

    private static Command Upload(string name, string help, string path, Option[] options, Func<ParseResult, CliContext> context, bool allowName = false)
    {
        var file = new Argument<string>("file") { Description = allowName ? "A file, or the name of a backup" : "The file" };
        var command = new Command(name, help) { file };
        foreach (var option in options)
            command.Options.Add(option);
        command.SetAction((result, cancellation) =>
        {
            var run = context(result);
            var wanted = result.GetRequiredValue(file);
            var query = string.Concat(options.Select(option => option is Option<bool> flag ? (result.GetValue(flag) ? "?dry_run=true" : "") : $"?{option.Name.TrimStart('-')}={Uri.EscapeDataString(result.GetValue((Option<string>)option) ?? "")}"));
            return run.RunAsync(async connection =>
            {
                if (allowName && !File.Exists(wanted))
                    return await run.CallAsync(connection, CliContext.Request("POST", path, new { name = wanted }), [], cancellation).ConfigureAwait(false);
                var stream = File.OpenRead(wanted); // the message disposes it
                using var form = new MultipartFormDataContent { { new StreamContent(stream), "file", Path.GetFileName(wanted) } };
                using var request = CliContext.Request("POST", path + query, null);
                request.Content = form;
                return await run.CallAsync(connection, request, [], cancellation).ConfigureAwait(false);
            }, needsServer: false, cancellation);
        });
        return command;
    }

    private static Command Export(Func<ParseResult, CliContext> context)
    {
        var target = new Argument<string>("path") { Description = "File to write; must not exist" };
        var command = new Command("export", "Writes a copy of the whole database to a file") { target };
        command.SetAction((result, cancellation) =>
        {
            var run = context(result);
            var path = Path.GetFullPath(result.GetRequiredValue(target));
            return run.RunAsync(async connection =>
            {
                using var answer = await connection.Http.GetAsync(new Uri("/api/database/export", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
                if (!answer.IsSuccessStatusCode)
                    return await run.ShowAsync(answer, [], cancellation).ConfigureAwait(false);
                var file = new FileStream(path, FileMode.CreateNew);
                await using (file.ConfigureAwait(false))
                    await answer.Content.CopyToAsync(file, cancellation).ConfigureAwait(false);
                await run.Output.WriteLineAsync(run.AsJson ? System.Text.Json.JsonSerializer.Serialize(new { path }) : $"Written: {path}").ConfigureAwait(false);
                return CliContext.Ok;
            }, needsServer: false, cancellation);
        });
        return command;
    }

    private static Command Dump(Func<ParseResult, CliContext> context)
    {
        var target = new Argument<string>("path") { Description = "File to write, or - for the terminal" };
        var command = new Command("dump", "Writes the database as SQL statements; secrets stay protected") { target };
        command.SetAction(async (result, cancellation) =>
        {
            var run = context(result);
            var folder = DataFolder.Peek(run.DataFolder);
            if (!File.Exists(folder.Database))
            {
                await run.Error.WriteLineAsync($"There is no database {folder.Database}.").ConfigureAwait(false);
                return CliContext.Failed;
            }

            var path = result.GetRequiredValue(target);
            var writer = path == "-" ? run.Output : new StreamWriter(new FileStream(path, FileMode.CreateNew));
            await Task.Run(() => SqlDump.Write(folder.Database, writer, cancellation), cancellation).ConfigureAwait(false);
            await writer.FlushAsync(cancellation).ConfigureAwait(false);
            if (path != "-")
                await writer.DisposeAsync().ConfigureAwait(false);
            return CliContext.Ok;
        });
        return command;
    }

    private static Command Reset(Func<ParseResult, CliContext> context)
    {
        var yes = new Option<bool>("--yes") { Description = "Really" };
        var command = new Command("reset", "Starts with an empty database; the old one is backed up first. The dashboard must not run") { yes };
        command.SetAction(async (result, cancellation) =>
        {
            var run = context(result);
            if (!result.GetValue(yes))
            {
                await run.Error.WriteLineAsync("This empties the database. Say --yes if you mean it.").ConfigureAwait(false);
                return CliContext.Usage;
            }

            try
            {
                using var folder = DataFolder.Open(run.DataFolder); // fails while a dashboard holds it
                var backup = File.Exists(folder.Database) ? await Task.Run(() => new DatabaseBackup(folder, TimeProvider.System).Create("before-reset"), cancellation).ConfigureAwait(false) : null;
                foreach (var file in new[] { folder.Database, folder.Database + "-wal", folder.Database + "-shm" })
                    File.Delete(file);
                await run.Output.WriteLineAsync(run.AsJson ? System.Text.Json.JsonSerializer.Serialize(new { backup }) : $"Emptied. {(backup is null ? "There was none before." : $"The old one is {backup}.")}").ConfigureAwait(false);
                return CliContext.Ok;
            }
            catch (Exception error) when (error is StartupException or IOException or Microsoft.Data.Sqlite.SqliteException)
            {
                await run.Error.WriteLineAsync(error.Message).ConfigureAwait(false);
                return CliContext.Failed;
            }
        });
        return command;
    }
}
