using System.Text;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared.Feedback;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Parameters.Import;

/// <summary>Whole libraries at once: preset files of llama-server's router both ways, and the models of a llama-swap
/// configuration.</summary>
internal sealed class PresetImport(
    ImportReader reader,
    ModelImport import,
    LaunchCommandFactory commands,
    ParameterStore store,
    IDbContextFactory<LlamaDbContext> contexts
)
{
    /// <summary>Models in one file.</summary>
    public const int Bound = 1000;

    /// <summary>All models as a preset file, and what such a file cannot say.</summary>
    public async Task<PresetFile> ExportAsync(CancellationToken cancellation)
    {
        var text = new StringBuilder(PresetIni.Head);
        var lost = new List<string>();
        var models = await ModelsAsync(cancellation).ConfigureAwait(false);
        var taken = models.Select(model => model.Name).ToHashSet();
        foreach (var (id, name) in models)
        {
            var command = await commands.ForRouterAsync(id, cancellation).ConfigureAwait(false);
            var configuration = await store.ReadAsync(id, cancellation).ConfigureAwait(false);
            if (command.IsSuccess)
                text.Append(
                    PresetIni.WriteSection(
                        name,
                        command.Value with
                        {
                            Arguments = Bare(command.Value.EngineArguments),
                        },
                        configuration?.Own.Get("preload") is true,
                        taken,
                        lost
                    )
                );
            else
                lost.Add($"{name}: {command.Failure!.Message}");
        }

        return new PresetFile(text.ToString(), lost);
    }

    /// <summary>What a file would make: a preset INI, llama-swap's YAML, a compose file, or a unit of systemd.</summary>
    public async Task<Result<PresetPlan>> ReadAsync(string? text, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > ShellWords.MaxLength)
            return Failure.Invalid(
                "text",
                "Give the text of a preset file, a llama-swap configuration, a compose file or a unit, "
                    + $"at most {ShellWords.MaxLength:N0} characters."
            );
        return await reader.ReadFileAsync(text, cancellation).ConfigureAwait(false);
    }

    /// <summary>What would become of each model of a plan; changes nothing.</summary>
    public Task<IReadOnlyList<PresetOutcome>> PreviewAsync(PresetPlan plan, CancellationToken cancellation) =>
        RunAsync(plan, dryRun: true, cancellation);

    /// <summary>Makes the models of a plan. Each stands for itself: one that cannot be made is reported and the others are made.</summary>
    public Task<IReadOnlyList<PresetOutcome>> CreateAsync(PresetPlan plan, CancellationToken cancellation) =>
        RunAsync(plan, dryRun: false, cancellation);

    private async Task<IReadOnlyList<PresetOutcome>> RunAsync(PresetPlan plan, bool dryRun, CancellationToken cancellation)
    {
        var outcomes = await import
            .RunAsync([.. plan.Models.Select(model => new ImportEntry(model.Name, model.Plan))], dryRun, cancellation)
            .ConfigureAwait(false);
        return
        [
            .. plan.Models.Zip(
                outcomes,
                (model, outcome) =>
                    new PresetOutcome(model.Name, outcome.Model?.Id, outcome.Failure is { } failure ? FailureText.Of(failure) : null)
                    {
                        Plan = outcome.Plan,
                    }
            ),
        ];
    }

    private async Task<List<(long Id, string Name)>> ModelsAsync(CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync<List<(long Id, string Name)>>(
                async context =>
                {
                    var rows = await context
                        .Models.Where(model => model.Role == Domain.Models.ModelRole.Model)
                        .OrderBy(model => model.Name)
                        .Take(Bound)
                        .Select(model => new { model.Id, model.Name })
                        .ToListAsync(cancellation)
                        .ConfigureAwait(false);
                    return [.. rows.Select(row => (row.Id, row.Name))];
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    // Without what stands before the flags when the engine is simulated.
    private static IReadOnlyList<string> Bare(IReadOnlyList<string> arguments) => [.. arguments.SkipWhile(word => !word.StartsWith('-'))];
}

/// <summary>A preset file.</summary>
/// <param name="Text">Its text.</param>
/// <param name="Lost">What it cannot say, in words.</param>
internal sealed record PresetFile(string Text, IReadOnlyList<string> Lost);

/// <summary>The models a file describes.</summary>
/// <param name="Models">The models.</param>
/// <param name="Problems">What was not understood outside of them.</param>
internal sealed record PresetPlan(IReadOnlyList<PresetModel> Models, IReadOnlyList<NotUnderstood> Problems);

/// <summary>One model of a file.</summary>
internal sealed record PresetModel(string Name, ImportPlan Plan);

/// <summary>What became of one model.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Id">The new model, or null.</param>
/// <param name="Error">Why it was not made, or null.</param>
internal sealed record PresetOutcome(string Name, long? Id, string? Error)
{
    /// <summary>What was set of it, with all reports.</summary>
    public required ImportPlan Plan { get; init; }
}
