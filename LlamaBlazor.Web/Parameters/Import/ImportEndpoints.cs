using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Parameters.Import;

/// <summary><c>/api/models/import-command</c>.</summary>
internal static class ImportEndpoints
{
    /// <summary>Maps them.</summary>
    public static void MapImport(this IEndpointRouteBuilder app) =>
        app.MapPost("/api/models/import-command", ImportAsync).WithTags("Configuration");

    private static async Task<IResult> ImportAsync(ImportRequest request, CommandImport import, ModelStore models, CancellationToken cancellation)
    {
        var read = import.Read(request.Command);
        if (!read.IsSuccess)
            return ApiResults.Problem(read.Failure!);
        var plan = read.Value;
        if (request.DryRun ?? false)
            return Results.Ok(Answer(plan, null));
        var made = await import.CreateAsync(plan, request.Name, cancellation);
        if (!made.IsSuccess)
            return ApiResults.Problem(made.Failure!);
        var model = await models.FindAsync($"{made.Value.Id}", cancellation) ?? made.Value; // as it is once its sections were written
        return Results.Created($"/api/models/{model.Id}", Answer(plan, ModelJson.Of(model)));
    }

    private static ImportAnswer Answer(ImportPlan plan, object? model) => new(
        model ?? new { name = plan.Name, model_path = plan.ModelPath },
        plan.Changes.ToDictionary(change => change.Section, change => change.Values.ToDictionary(pair => pair.Key, pair => ConfigJson.Write(ParameterCatalogue.Current.FindColumn(pair.Key)!, pair.Value))),
        plan.NotUnderstood, plan.Ignored);
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
internal sealed record ImportAnswer(object Model, IReadOnlyDictionary<string, Dictionary<string, object?>> Sections, IReadOnlyList<NotUnderstood> NotUnderstood, IReadOnlyList<IgnoredFlag> Ignored);
