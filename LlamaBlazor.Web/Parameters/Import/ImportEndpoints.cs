using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Shared.Api;
using LlamaBlazor.Web.Shared.Feedback;

namespace LlamaBlazor.Web.Parameters.Import;

/// <summary><c>/api/models/import-command</c>.</summary>
internal static class ImportEndpoints
{
    /// <summary>Maps <c>/api/models/import-command</c> and what lies below.</summary>
    public static void MapImport(this IEndpointRouteBuilder app) =>
        app.MapPost("/api/models/import-command", ImportAsync).WithTags("Configuration");

    private static async Task<IResult> ImportAsync(
        ImportRequest request,
        CommandImport import,
        ModelStore models,
        CancellationToken cancellation
    )
    {
        var read = await import.ReadAsync(request.Command, cancellation);
        if (!read.IsSuccess)
            return ApiResults.Problem(read.Failure!);
        var dryRun = request.DryRun ?? false;
        var outcome = await import.CreateAsync(read.Value, request.Name, dryRun, cancellation);
        if (dryRun)
            return Results.Ok(Answer(outcome, new { name = request.Name ?? outcome.Plan.Name, model_path = outcome.Plan.ModelPath }));
        if (outcome.Model is not { } made)
            return ApiResults.Problem(outcome.Failure!);
        var model = await models.FindAsync($"{made.Id}", cancellation) ?? made; // as it is once its sections were written
        return Results.Created($"/api/models/{model.Id}", Answer(outcome, ModelJson.Of(model)));
    }

    /// <summary>Values by section, as the API writes them.</summary>
    public static Dictionary<string, Dictionary<string, object?>> Sections(ImportPlan plan) =>
        plan.Changes.ToDictionary(
            change => change.Section,
            change =>
                change.Values.ToDictionary(
                    pair => pair.Key,
                    pair => ConfigJson.Write(ParameterCatalogue.Current.FindColumn(pair.Key)!, pair.Value)
                )
        );

    private static ImportAnswer Answer(ImportOutcome outcome, object model) =>
        new(
            model,
            Sections(outcome.Plan),
            NotUnderstoodAnswer.Of(outcome.Plan.NotUnderstood),
            IgnoredFlagAnswer.Of(outcome.Plan.Ignored),
            outcome.Plan.Errors,
            outcome.Failure is { } failure ? FailureText.Of(failure) : null
        );
}

/// <summary>A command to import.</summary>
/// <param name="Command">The line, for bash or PowerShell.</param>
/// <param name="Name">Name to give the model.</param>
/// <param name="DryRun">True to see only what it would set.</param>
internal sealed record ImportRequest(string? Command, string? Name, bool? DryRun);

/// <summary>What was imported.</summary>
/// <param name="Model">The model; on a dry run what is known of it.</param>
/// <param name="Sections">Settings by section.</param>
/// <param name="NotUnderstood">Words that became no setting.</param>
/// <param name="Ignored">Flags left out on purpose.</param>
/// <param name="Errors">Values that the rules refused, by field; all others were taken.</param>
/// <param name="Error">On a dry run why no model would be made, or null.</param>
internal sealed record ImportAnswer(
    object Model,
    IReadOnlyDictionary<string, Dictionary<string, object?>> Sections,
    IReadOnlyList<NotUnderstoodAnswer> NotUnderstood,
    IReadOnlyList<IgnoredFlagAnswer> Ignored,
    IReadOnlyDictionary<string, string[]> Errors,
    string? Error
);
