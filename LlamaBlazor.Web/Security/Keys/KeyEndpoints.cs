using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Security.Keys;

/// <summary><c>/api/keys</c>.</summary>
internal static class KeyEndpoints
{
    /// <summary>Maps <c>/api/keys</c> and what lies below.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/keys").WithTags("Keys");
        group.MapGet(
            "",
            async (KeyStore keys, CancellationToken cancellation) => new ListPage<KeyAnswer>(await keys.ListAsync(cancellation), null)
        );
        group.MapPost(
            "",
            async (NewKey wanted, KeyStore keys, CancellationToken cancellation) =>
                (await keys.CreateAsync(wanted, cancellation)).ToApi(key => Results.Created($"/api/keys/{key.Id}", key))
        );
        group.MapPost(
            "open",
            async (KeyStore keys, CancellationToken cancellation) =>
                await keys.OpenAsync(cancellation)
                    ? Results.NoContent()
                    : ApiResults.Problem(
                        Failure.Conflict("Keys are in force. Revoke them first: then the endpoint stays locked until it is opened.")
                    )
        );
        group.MapDelete(
            "{id:long}",
            async (long id, KeyStore keys, CancellationToken cancellation) =>
                await keys.RevokeAsync(id, cancellation)
                    ? Results.NoContent()
                    : ApiResults.Problem(Failure.NotFound($"No key with the id {id} is in force."))
        );
    }
}
