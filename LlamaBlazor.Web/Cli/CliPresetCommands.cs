using System.CommandLine;
using System.Text;

namespace LlamaBlazor.Web.Cli;

/// <summary><c>presets export</c> and <c>presets import</c>: preset files of llama-server's router, and llama-swap
/// configurations.</summary>
internal static class CliPresetCommands
{
    /// <summary>Makes the group.</summary>
    public static Command Make(Func<ParseResult, CliContext> context) =>
        new("presets", "export, import") { Export(context), Import(context) };

    private static Command Export(Func<ParseResult, CliContext> context)
    {
        var target = new Argument<string>("path")
        {
            Description = "File to write, which must not exist, or - for the terminal",
            DefaultValueFactory = _ => "-",
        };
        var command = new Command("export", "Writes all models as a preset INI of llama-server. Example: presets export models.ini")
        {
            target,
        };
        command.SetAction(
            (result, cancellation) =>
            {
                var run = context(result);
                var path = result.GetRequiredValue(target);
                return run.RunAsync(
                    async connection =>
                    {
                        if (run.AsJson && path == "-")
                            return await run.CallAsync(connection, CliContext.Request("GET", "/api/presets/export", null), [], cancellation)
                                .ConfigureAwait(false);
                        using var answer = await connection
                            .Http.GetAsync(new Uri("/api/presets/llama-server.ini", UriKind.Relative), cancellation)
                            .ConfigureAwait(false);
                        if (!answer.IsSuccessStatusCode)
                            return await run.ShowAsync(answer, [], cancellation).ConfigureAwait(false);
                        var text = await answer.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
                        if (path == "-")
                        {
                            await run.Output.WriteAsync(text).ConfigureAwait(false);
                            return CliContext.Ok;
                        }

                        var file = new FileStream(Path.GetFullPath(path), FileMode.CreateNew);
                        await using (file.ConfigureAwait(false))
                            await file.WriteAsync(Encoding.UTF8.GetBytes(text), cancellation).ConfigureAwait(false);
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
        var source = new Argument<string>("file") { Description = "A preset INI or a llama-swap YAML, or - for the input" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only tell what would be made" };
        var command = new Command("import", "Makes models of a preset file. Example: presets import models.ini --dry-run")
        {
            source,
            dryRun,
        };
        command.SetAction(
            (result, cancellation) =>
            {
                var run = context(result);
                return run.RunAsync(
                    async connection =>
                    {
                        var path = result.GetRequiredValue(source);
                        var text =
                            path == "-"
                                ? await Console.In.ReadToEndAsync(cancellation).ConfigureAwait(false)
                                : await File.ReadAllTextAsync(path, cancellation).ConfigureAwait(false);
                        return await run.CallAsync(
                                connection,
                                CliContext.Request("POST", "/api/presets/import", new { text, dry_run = result.GetValue(dryRun) }),
                                [],
                                cancellation
                            )
                            .ConfigureAwait(false);
                    },
                    needsServer: false,
                    cancellation
                );
            }
        );
        return command;
    }
}
