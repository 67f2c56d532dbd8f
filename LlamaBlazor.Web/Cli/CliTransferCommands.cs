using System.CommandLine;
using System.Text.Json;
using LlamaBlazor.Web.Data;

namespace LlamaBlazor.Web.Cli;

/// <summary><c>db export-settings</c> and <c>db import-settings</c>: settings and models as JSON.</summary>
internal static class CliTransferCommands
{
    /// <summary>Variable of the environment with the pass phrase: arguments are seen by everybody on the machine.</summary>
    private const string PhraseVariable = "LLAMABLAZOR_PASSPHRASE";

    /// <summary>Adds them to <c>db</c>.</summary>
    public static void AddTo(Command db, Func<ParseResult, CliContext> context)
    {
        db.Subcommands.Add(Export(context));
        db.Subcommands.Add(Import(context));
    }

    private static Option<string?> PhraseFile() =>
        new("--passphrase-file") { Description = $"File whose first line is the pass phrase; or set {PhraseVariable}" };

    private static Command Export(Func<ParseResult, CliContext> context)
    {
        var target = new Argument<string>("path") { Description = "File to write, which must not exist, or - for the terminal" };
        var secrets = new Option<bool>("--secrets") { Description = "With tokens and keys, sealed by a pass phrase" };
        var phraseFile = PhraseFile();
        var command = new Command("export-settings", "Writes settings and models as JSON. Example: db export-settings mine.json")
        {
            target,
            secrets,
            phraseFile,
        };
        command.SetAction(
            (result, cancellation) =>
            {
                var run = context(result);
                var path = result.GetRequiredValue(target);
                return run.RunAsync(
                    async connection =>
                    {
                        var phrase = result.GetValue(secrets) ? Phrase(result.GetValue(phraseFile)) : null;
                        if (phrase is null && result.GetValue(secrets))
                            return await run.FailAsync($"Secrets are only written sealed: give --passphrase-file, or set {PhraseVariable}.")
                                .ConfigureAwait(false);
                        using var request = phrase is null
                            ? CliContext.Request("GET", "/api/database/settings", null)
                            : CliContext.Request("POST", "/api/database/settings/export", new { passphrase = phrase });
                        using var answer = await connection.Http.SendAsync(request, cancellation).ConfigureAwait(false);
                        if (!answer.IsSuccessStatusCode)
                            return await run.ShowAsync(answer, [], cancellation).ConfigureAwait(false);
                        var text = await answer.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
                        if (path == "-")
                        {
                            await run.Output.WriteLineAsync(text).ConfigureAwait(false);
                            return CliContext.Ok;
                        }

                        var writer = new StreamWriter(PrivateFile.Open(Path.GetFullPath(path), FileMode.CreateNew));
                        await using (writer.ConfigureAwait(false))
                            await writer.WriteAsync(text).ConfigureAwait(false);
                        await run.SayAsync(new { path = Path.GetFullPath(path) }, $"Written: {Path.GetFullPath(path)}")
                            .ConfigureAwait(false);
                        return CliContext.Ok;
                    },
                    needsServer: false,
                    cancellation
                );
            }
        );
        return command;
    }

    private static Command Import(Func<ParseResult, CliContext> context)
    {
        var source = new Argument<string>("file") { Description = "A file that export-settings wrote" };
        var conflict = new Option<string>("--on-conflict")
        {
            Description = "keep (default): what is set here stays; update: the file wins",
            DefaultValueFactory = _ => "keep",
        };
        conflict.AcceptOnlyFromAmong("keep", "update");
        var dryRun = new Option<bool>("--dry-run") { Description = "Only tell what would happen" };
        var phraseFile = PhraseFile();
        var command = new Command(
            "import-settings",
            "Takes settings and models of a JSON file, by name. Example: db import-settings mine.json --dry-run"
        )
        {
            source,
            conflict,
            dryRun,
            phraseFile,
        };
        command.SetAction(
            (result, cancellation) =>
            {
                var run = context(result);
                return run.RunAsync(
                    async connection =>
                    {
                        JsonElement document;
                        try
                        {
                            document = JsonElement.Parse(
                                await File.ReadAllTextAsync(result.GetRequiredValue(source), cancellation).ConfigureAwait(false)
                            );
                        }
                        catch (JsonException error)
                        {
                            return await run.FailAsync(
                                    $"{result.GetRequiredValue(source)} is not JSON: line {error.LineNumber + 1}, column "
                                        + $"{error.BytePositionInLine + 1}."
                                )
                                .ConfigureAwait(false);
                        }

                        using var request = CliContext.Request(
                            "POST",
                            "/api/database/settings/import?background=true",
                            new
                            {
                                document,
                                passphrase = Phrase(result.GetValue(phraseFile)),
                                on_conflict = result.GetRequiredValue(conflict),
                                dry_run = result.GetValue(dryRun),
                            }
                        );
                        return await CliJobs.RunAsync(run, connection, request, cancellation).ConfigureAwait(false);
                    },
                    needsServer: false,
                    cancellation
                );
            }
        );
        return command;
    }

    private static string? Phrase(string? file) =>
        file is not null ? File.ReadLines(file).FirstOrDefault() : Environment.GetEnvironmentVariable(PhraseVariable);
}
