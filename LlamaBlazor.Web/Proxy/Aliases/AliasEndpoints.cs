using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Proxy.Aliases;

/// <summary><c>/api/aliases</c>.</summary>
internal static class AliasEndpoints
{
    /// <summary>Maps <c>/api/aliases</c> and what lies below.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/aliases").WithTags("Proxy");
        group.MapGet(
            "",
            async (AliasStore store, long? model, CancellationToken cancellation) =>
                new ListPage<AliasAnswer>(await store.ListAsync(model, cancellation), null)
        );
        group.MapPost(
            "",
            async (AliasBody body, AliasStore store, CancellationToken cancellation) =>
                (await store.CreateAsync(body.Name, Text(body.Model), Raw(body.Parameters), cancellation)).ToApi(alias =>
                    Results.Created($"/api/aliases/{alias.Id}", alias)
                )
        );
        group.MapDelete(
            "{id:long}",
            async (long id, AliasStore store, CancellationToken cancellation) =>
                await store.DeleteAsync(id, cancellation)
                    ? Results.NoContent()
                    : ApiResults.Problem(Failure.NotFound($"No alias has the id {id}."))
        );
    }

    private static string? Text(JsonElement? model) => model is { ValueKind: JsonValueKind.String } text ? text.GetString() : Raw(model);

    private static string? Raw(JsonElement? element) =>
        element is null or { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } ? null : element.Value.GetRawText();
}
