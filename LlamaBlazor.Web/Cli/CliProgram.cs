using System.CommandLine;

namespace LlamaBlazor.Web.Cli;

/// <summary>The program as a command line tool (product.md 7). Exit codes: 0 done, 1 failed, 2 not understood.</summary>
internal static class CliProgram
{
    private static readonly Option<bool> Json = new("--json") { Description = "Answers as JSON", Recursive = true };
    private static readonly Option<string?> Data = new("--data")
    {
        Description = "The data folder (default: data, or LLAMABLAZOR_DATA)",
        Recursive = true,
        HelpName = "DIR",
    };

    /// <summary>Whether the arguments are a command; otherwise they are the server's.</summary>
    public static bool Wants(string[] args) =>
        args.Any(arg => arg is "--help" or "-h" or "-?" or "--version") || Verb(args) is { } verb && args[verb] != "serve";

    /// <summary>The arguments of the server: without the word <c>serve</c>.</summary>
    public static string[] ServerArguments(string[] args) => Verb(args) is { } verb ? [.. args[..verb], .. args[(verb + 1)..]] : args;

    // Place of the first word that is no option and no option's value.
    private static int? Verb(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] is "--data" or "--models" or "--engine" or "--urls")
                i++;
            else if (!args[i].StartsWith('-'))
                return i;
        }

        return null;
    }

    /// <summary>Runs a command.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="build">Makes the dashboard, for commands that find none running.</param>
    /// <param name="output">Where answers go; the console otherwise.</param>
    /// <param name="error">Where everything else goes; the console otherwise.</param>
    public static async Task<int> RunAsync(
        string[] args,
        Func<string[], WebApplication> build,
        TextWriter? output = null,
        TextWriter? error = null
    )
    {
        var (to, problems) = (output ?? Console.Out, error ?? Console.Error);
        var parsed = Tree(result => new CliContext(
                result.GetValue(Data) is { } folder ? ["--data", folder] : [],
                result.GetValue(Json),
                build,
                to,
                problems
            ))
            .Parse(args);
        var configuration = new InvocationConfiguration
        {
            Output = to,
            Error = problems,
            ProcessTerminationTimeout = TimeSpan.FromSeconds(30),
        }; // after Ctrl+C an operation is taken back
        if (parsed.Errors.Count == 0)
            return await parsed.InvokeAsync(configuration).ConfigureAwait(false);
        foreach (var mistake in parsed.Errors)
            await problems.WriteLineAsync(mistake.Message).ConfigureAwait(false);
        await problems.WriteLineAsync("Try --help.").ConfigureAwait(false);
        return CliContext.Usage;
    }

    private static RootCommand Tree(Func<ParseResult, CliContext> context)
    {
        var root = new RootCommand("LlamaBlazor, the control room for llama.cpp. Without a command it starts the dashboard: serve --help.")
        {
            Json,
            Data,
        };
        root.Subcommands.Add(
            new Command("serve", "Starts the dashboard (the default). Example: serve --models ~/models --urls http://127.0.0.1:8080")
            {
                new Option<string>("--models")
                {
                    Description = "A folder with GGUF files, searched with all below it; may be repeated",
                    HelpName = "DIR",
                },
                new Option<string>("--engine") { Description = "Path of llama-server", HelpName = "PATH" },
                new Option<string>("--urls")
                {
                    Description = "Where to listen, http://127.0.0.1:5080 unless told; addresses that other machines reach are refused",
                    HelpName = "URL",
                },
                new Option<bool>("--demo") { Description = "Sample models and a simulated engine, in a data folder of their own" },
            }
        );
        foreach (var group in CliVerbs.All.GroupBy(verb => verb.Group))
        {
            var command = new Command(group.Key);
            foreach (var verb in group)
                command.Subcommands.Add(Make(verb, context));
            root.Subcommands.Add(command);
        }

        CliFileCommands.AddTo(root.Subcommands.Single(command => command.Name == "db"), context);
        CliOfflineCommands.AddTo(root.Subcommands.Single(command => command.Name == "db"), context);
        CliTransferCommands.AddTo(root.Subcommands.Single(command => command.Name == "db"), context);
        CliLogCommands.AddTo(root.Subcommands.Single(command => command.Name == "logs"), context);
        foreach (var command in root.Subcommands.Where(command => command.Subcommands.Count > 0))
            command.Description = string.Join(", ", command.Subcommands.Select(verb => verb.Name));
        root.Subcommands.Add(CliPresetCommands.Make(context));
        root.Subcommands.Add(Doctor.Make(context));
        root.Subcommands.Add(CliCompletion.Make(root, context));
        return root;
    }

    private static Command Make(CliVerb verb, Func<ParseResult, CliContext> context)
    {
        var command = new Command(verb.Name, $"{verb.Help}. Example: {verb.Example}");
        var arguments = verb.Arguments.Select(argument => new Argument<string>(argument.Name) { Description = argument.Help }).ToList();
        var options = verb.Options.Select(Make).ToList();
        arguments.ForEach(command.Arguments.Add);
        var word = verb.Word is null
            ? null
            : new Argument<string?>("word") { Description = verb.Word.Help, Arity = ArgumentArity.ZeroOrOne };
        if (word is not null)
            command.Arguments.Add(word);
        options.ForEach(command.Options.Add);
        command.SetAction(
            (result, cancellation) =>
            {
                var words = verb
                    .Arguments.Zip(arguments)
                    .ToDictionary(pair => pair.First.Name, pair => result.GetRequiredValue(pair.Second));
                var path = words.Aggregate(
                    verb.Path,
                    (path, word) => path.Replace($"{{{word.Key}}}", Uri.EscapeDataString(word.Value), StringComparison.Ordinal)
                );
                var given = verb
                    .Options.Zip(options)
                    .Select(pair =>
                        (
                            pair.First,
                            Value: pair.Second is Option<string?> text ? result.GetValue(text)
                            : result.GetValue((Option<bool>)pair.Second) ? ""
                            : null
                        )
                    )
                    .Where(pair => pair.Value is not null)
                    .ToList();
                if (word is not null && result.GetValue(word) is { Length: > 0 } said)
                    given.Add((verb.Word!, said));
                if (verb.OptionsInBody)
                    given.ForEach(option => words[option.First.Name] = option.Value!);
                else if (given.Count > 0)
                    path +=
                        (path.Contains('?', StringComparison.Ordinal) ? "&" : "?")
                        + string.Join(
                            '&',
                            given.Select(option => option.First.Flag ?? $"{option.First.Name}={Uri.EscapeDataString(option.Value!)}")
                        );
                return RunAsync(verb, context(result), path, words, cancellation);
            }
        );
        return command;
    }

    private static Option Make(CliArgument option) =>
        option.Flag is null
            ? new Option<string?>("--" + option.Name.Replace('_', '-')) { Description = option.Help }
            : new Option<bool>("--" + option.Name.Replace('_', '-')) { Description = option.Help };

    private static Task<int> RunAsync(
        CliVerb verb,
        CliContext run,
        string path,
        Dictionary<string, string> words,
        CancellationToken cancellation
    ) =>
        run.RunAsync(
            connection =>
                verb.IsJob
                    ? CliJobs.RunAsync(run, connection, CliContext.Request(verb.Method, path + "?background=true", null), cancellation)
                : verb.HasPages ? run.ListAsync(connection, path, verb.Columns, cancellation)
                : run.CallAsync(connection, CliContext.Request(verb.Method, path, verb.Body?.Invoke(words)), verb.Columns, cancellation),
            verb.NeedsServer,
            cancellation
        );
}
