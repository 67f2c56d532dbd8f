using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Web.Engines;

/// <summary>Lets the engine's own parser judge a command: with <c>--version</c> last it reads everything before it, then stops
/// (parameters.md 0).</summary>
/// <param name="tool">Runs it where engines run, so that relative paths mean the same here as at a start.</param>
internal sealed class CommandCheck(EngineTool tool)
{
    // Twice: were the first taken for the value of a flag that this engine alone knows, the second would still stop it.
    private static readonly string[] Stop = ["--version", "--version"];

    /// <summary>The verdict. Files that the settings name are opened, nothing is loaded.</summary>
    public async Task<Result<CheckAnswer>> RunAsync(LaunchCommand command, CancellationToken cancellation)
    {
        if (command.Arguments.Contains("--log-file"))
            // a check must not truncate the log of a running engine
            command = command with
            {
                Arguments = Without(command.Arguments, "--log-file"),
            };
        // What runs a container is no engine: the variables of one would only disturb it.
        var variables = command.Container is null
            ? command.Environment
            : command.Environment.Where(pair => IsSecret(command, pair.Key)).ToDictionary();
        var run = await tool.RunAsync(command.Executable, command.Arguments.Concat(Stop), variables, cancellation).ConfigureAwait(false);
        return run.Match<Result<CheckAnswer>>(
            result => new CheckAnswer(
                result.ExitCode == 0 && command.MissingFiles.Count == 0,
                [.. command.MissingFiles, .. result.ExitCode == 0 ? [] : new[] { Reason(result, command) }],
                command.Warnings
            ),
            failure => failure
        );
    }

    private static string Reason(ToolResult result, LaunchCommand command) =>
        SecretsOf(command).Aggregate(Said(result), (text, secret) => text.Replace(secret, ShellText.Mask, StringComparison.Ordinal));

    private static string Said(ToolResult result) =>
        result.LoaderTrouble
        ?? EngineHelp.ReadRefusal(result.Output)
        ?? $"The engine stopped with code {result.ExitCode} and said nothing.";

    private static IEnumerable<string> SecretsOf(LaunchCommand command)
    {
        var variables = command.Environment.Where(pair => IsSecret(command, pair.Key)).Select(pair => pair.Value);
        var words = command.Arguments.Zip(command.ShownArguments).Where(pair => pair.First != pair.Second).Select(pair => pair.First);
        return variables.Concat(words).Where(secret => secret.Length > 0);
    }

    private static bool IsSecret(LaunchCommand command, string name) => !command.PublicVariables.Contains(name);

    private static List<string> Without(IReadOnlyList<string> arguments, string flag)
    {
        var left = arguments.ToList();
        left.RemoveRange(left.IndexOf(flag), 2);
        return left;
    }
}

/// <summary>Whether the engine accepts a command.</summary>
/// <param name="Ok">True when it does.</param>
/// <param name="Errors">Files that are not there; then its own words when it does not.</param>
/// <param name="Warnings">Settings that were left out.</param>
internal sealed record CheckAnswer(bool Ok, IReadOnlyList<string> Errors, IReadOnlyList<string> Warnings);
