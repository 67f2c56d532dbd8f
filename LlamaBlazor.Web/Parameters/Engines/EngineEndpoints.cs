using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Parameters.Engines;

/// <summary><c>/api/engines</c> and <c>/api/models/{id}/check</c>.</summary>
internal static class EngineEndpoints
{
    /// <summary>Maps them.</summary>
    public static void MapEngines(this IEndpointRouteBuilder app)
    {
        var engines = app.MapGroup("/api/engines").WithTags("Server");
        engines.MapGet("", async (EngineDirectory directory, CancellationToken cancellation) => new ListPage<EngineAnswer>(await directory.ListAsync(again: false, cancellation), null));
        engines.MapPost("/probe", async (EngineDirectory directory, CancellationToken cancellation) => new ListPage<EngineAnswer>(await directory.ListAsync(again: true, cancellation), null));
        app.MapPost("/api/models/{id}/check", CheckAsync).WithTags("Configuration");
    }

    private static async Task<IResult> CheckAsync(string id, ModelStore models, LaunchCommandFactory commands, CancellationToken cancellation)
    {
        if (await models.FindAsync(id, cancellation) is not { } model)
            return ApiResults.Problem(ModelStore.Unknown(id));
        var command = await commands.PreviewAsync(model.Id, cancellation);
        var verdict = command.IsSuccess ? await CommandCheck.RunAsync(command.Value, cancellation) : command.Failure!;
        return verdict.ToApi();
    }
}
