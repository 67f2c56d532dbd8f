using System.Text.Json;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Parameters.Import;

/// <summary><c>POST /api/models</c>: a model with any of its settings.</summary>
internal static class CreationEndpoint
{
    /// <summary>Maps POST <c>/api/models</c>.</summary>
    public static void MapCreation(this IEndpointRouteBuilder app) => app.MapPost("/api/models", AddAsync).WithTags("Models");

    private static async Task<IResult> AddAsync(JsonElement body, ModelCreation creation, CancellationToken cancellation) =>
        (await creation.CreateAsync(body, cancellation).ConfigureAwait(false)).ToApi(model =>
            Results.Created($"/api/models/{model.Id}", ModelJson.Of(model))
        );
}
