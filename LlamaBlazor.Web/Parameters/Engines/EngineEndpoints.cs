using LlamaBlazor.Web.Engines;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Parameters.Engines;

/// <summary><c>/api/engines</c> and <c>/api/models/{id}/check</c>.</summary>
internal static class EngineEndpoints
{
    /// <summary>Maps <c>/api/engines</c> and <c>/api/models/{id}/check</c>, and what lies below them.</summary>
    public static void MapEngineDirectory(this IEndpointRouteBuilder app)
    {
        var engines = app.MapGroup("/api/engines").WithTags("Server");
        engines.MapGet(
            "",
            async (EngineDirectory directory, CancellationToken cancellation) =>
                new ListPage<EngineAnswer>([.. (await directory.ListAsync(again: false, cancellation)).Select(EngineAnswer.Of)], null)
        );
        engines.MapPost(
            "/probe",
            async (EngineDirectory directory, CancellationToken cancellation) =>
                new ListPage<EngineAnswer>([.. (await directory.ListAsync(again: true, cancellation)).Select(EngineAnswer.Of)], null)
        );
        engines.MapPost(
            "/ask",
            async (EngineQuestion question, EngineDirectory directory, CancellationToken cancellation) =>
                (await directory.AskAsync(question.Path, question.Action ?? "", cancellation)).Match(
                    text => Results.Json(new { output = text }, ApiJson.Options),
                    ApiResults.Problem
                )
        );
        app.MapPost("/api/models/{id}/check", CheckAsync).WithTags("Configuration");
    }

    private static async Task<IResult> CheckAsync(
        string id,
        ModelStore models,
        LaunchCommandFactory commands,
        CommandCheck checks,
        CancellationToken cancellation
    )
    {
        if (await models.FindAsync(id, cancellation) is not { } model)
            return ApiResults.Problem(ModelStore.Unknown(id));
        var command = await commands.PreviewAsync(model.Id, cancellation);
        var verdict = command.IsSuccess ? await checks.RunAsync(command.Value, cancellation) : command.Failure!;
        return verdict.ToApi();
    }
}

/// <summary>What to ask an engine.</summary>
/// <param name="Path">An engine's own path; null for the default.</param>
/// <param name="Action">Such as <c>--list-devices</c>.</param>
internal sealed record EngineQuestion(string? Path, string? Action);
