using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Parameters.History;

/// <summary><c>/api/models/{id}/config/{section}/revisions</c> and <c>/api/server-config/revisions</c>.</summary>
internal static class HistoryEndpoints
{
    /// <summary>Maps <c>revisions</c> below each section of a model and below <c>/api/server-config</c>.</summary>
    public static void MapHistory(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/models/{id}/config/{section}/revisions").WithTags("Configuration");
        group.MapGet("", ListAsync);
        group.MapPost("/{revision:long}/undo", UndoAsync);
        var server = app.MapGroup("/api/server-config/revisions").WithTags("Server");
        server.MapGet(
            "",
            async (ConfigHistory history, CancellationToken cancellation) =>
                new ListPage<Revision>(
                    await history.ListAsync(null, [ConfigSection.Server], SectionWriter.KeptRevisions, cancellation),
                    null
                )
        );
        server.MapPost(
            "/{revision:long}/undo",
            async (long revision, ConfigHistory history, CancellationToken cancellation) =>
                (await history.UndoAsync(null, ConfigSection.Server, revision, cancellation)).ToApi()
        );
    }

    private static async Task<IResult> ListAsync(
        string id,
        string section,
        ModelStore models,
        ConfigHistory history,
        CancellationToken cancellation
    ) =>
        await models.FindAsync(id, cancellation) is { } model && ConfigSection.OfModel.Contains(section)
            ? Results.Ok(
                new ListPage<Revision>(await history.ListAsync(model.Id, [section], SectionWriter.KeptRevisions, cancellation), null)
            )
            : ApiResults.Problem(ModelStore.Unknown(id));

    private static async Task<IResult> UndoAsync(
        string id,
        string section,
        long revision,
        ModelStore models,
        ConfigHistory history,
        CancellationToken cancellation
    ) =>
        await models.FindAsync(id, cancellation) is { } model
            ? (await history.UndoAsync(model.Id, section, revision, cancellation)).ToApi()
            : ApiResults.Problem(ModelStore.Unknown(id));
}
