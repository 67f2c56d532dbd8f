using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Proxy;

/// <summary><c>/api/inflight</c>: requests under way, and cancelling one.</summary>
internal static class InFlightEndpoints
{
    /// <summary>Maps <c>/api/inflight</c> and what lies below.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/inflight").WithTags("Statistics");
        group.MapGet("", (InFlightRegistry registry) => new ListPage<InFlightAnswer>([.. registry.All.Select(InFlightAnswer.Of)], null));
        group.MapPost(
            "{id:long}/cancel",
            (long id, InFlightRegistry registry, AuditTrail audit) =>
            {
                if (!registry.Cancel(id))
                    return ApiResults.Problem(Failure.NotFound($"No request with the id {id} is under way. It may have ended."));
                audit.Note("request.cancel", "request", $"{id}", null);
                return Results.Accepted();
            }
        );
    }
}

/// <summary>A request under way (product.md 16).</summary>
internal sealed record InFlightAnswer(
    long Id,
    string RequestId,
    string Model,
    string Endpoint,
    string State,
    int Place,
    int Tokens,
    long StartedAt
)
{
    /// <summary>Describes a request.</summary>
    public static InFlightAnswer Of(InFlightRequest request) =>
        new(
            request.Id,
            request.RequestId,
            request.ModelName,
            request.Path,
            Word(request.State),
            request.Place,
            request.Tokens,
            request.StartedAt
        );

    /// <summary>The state in a word.</summary>
    public static string Word(InFlightState state) =>
        state switch
        {
            InFlightState.Queued => "queued",
            InFlightState.Prompt => "prompt",
            _ => "streaming",
        };
}
