using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Web.Parameters.Import;

/// <summary>Turns a pasted command, script or unit into a model, or into settings of a model that is there.</summary>
internal sealed class CommandImport(ImportReader reader, ModelImport models, ParameterStore store)
{
    private const int Tries = 8; // each leaves out what was refused

    /// <summary>Reads a command; invalid when it is empty or too long. Values that the rules refuse are left out and reported.</summary>
    public async Task<Result<ImportPlan>> ReadAsync(string? command, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(command))
            return Failure.Invalid("command", "Paste a llama-server command line.");
        if (command.Length > ShellWords.MaxLength)
            return Failure.Invalid(
                "command",
                $"At most {ShellWords.MaxLength:N0} characters are read. Put long grammars and templates into files."
            );
        if (!ImportReader.IsFile(command))
            return await reader.ReadCommandAsync(command, cancellation).ConfigureAwait(false);
        var file = await reader.ReadFileAsync(command, cancellation).ConfigureAwait(false);
        if (!file.IsSuccess)
            return Failure.Invalid("command", file.Failure!.Errors?.Values.FirstOrDefault()?.FirstOrDefault() ?? file.Failure.Message);
        return file.Value.Models switch
        {
            [var only] => only.Plan with
            {
                Name = only.Plan.Name ?? only.Name,
                NotUnderstood = [.. only.Plan.NotUnderstood, .. file.Value.Problems],
            },
            [] => Failure.Invalid(
                "command",
                file.Value.Problems is [var problem, ..]
                    ? $"{problem.Token}: {problem.Reason}"
                    : "It holds no command that starts llama-server."
            ),
            var several => Failure.Invalid("command", $"It holds {several.Count} models. Import it on the Presets page."),
        };
    }

    /// <summary>Makes a model of a plan.</summary>
    /// <param name="plan">From <see cref="ReadAsync"/>.</param>
    /// <param name="name">Name to give, else the line's alias, else the file's.</param>
    /// <param name="dryRun">True to see only what would come of it.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<ImportOutcome> CreateAsync(ImportPlan plan, string? name, bool dryRun, CancellationToken cancellation) =>
        (await models.RunAsync([new ImportEntry(name, plan)], dryRun, cancellation).ConfigureAwait(false))[0];

    /// <summary>
    /// Applies a plan to a model. Values that the rules refuse there are left out; the plan that comes back has them in its reports.
    /// </summary>
    public async Task<Result<ImportPlan>> ApplyAsync(long modelId, ImportPlan plan, CancellationToken cancellation)
    {
        if (plan.Refused is { } other)
            return other;
        for (var attempt = 1; ; attempt++)
        {
            var saved = await store.SaveAsync(modelId, plan.Changes, cancellation).ConfigureAwait(false);
            if (saved.IsSuccess)
                return plan;
            var refused = plan
                .Changes.SelectMany(change => change.Values.Keys.Select(column => (change.Section, Column: column)))
                .Where(value => saved.Failure!.Errors?.ContainsKey(value.Column) ?? false)
                .ToList();
            if (refused.Count == 0 || attempt == Tries)
                return saved.Failure!;
            foreach (var (section, column) in refused)
                plan = plan.Without(section, column, string.Join(' ', saved.Failure!.Errors![column]));
        }
    }
}
