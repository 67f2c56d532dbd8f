using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Resources;

/// <summary><c>/api/system</c>: what was recorded of the machine and its instances.</summary>
internal static class MachineHistoryEndpoints
{
    private const int LimitBound = 1000;

    /// <summary>Maps what <c>/api/system</c> tells of the past: snapshots, health checks and their summary.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/system").WithTags("Resources");
        group.MapGet(
            "/summary",
            async (MachineHistory history, CancellationToken cancellation) => SummaryAnswer.Of(await history.SummaryAsync(cancellation))
        );
        group.MapGet(
            "/active",
            async (MachineHistory history, CancellationToken cancellation) =>
                new ListPage<ActiveAnswer>([.. (await history.ActiveAsync(cancellation)).Select(ActiveAnswer.Of)], null)
        );
        group.MapGet(
            "/snapshots",
            async (MachineHistory history, CancellationToken cancellation, long? since, long? after, int limit = 100) =>
                limit is < 1 or > LimitBound
                    ? ApiResults.Invalid("limit", $"1 to {LimitBound}.")
                    : Results.Ok(await history.SnapshotsAsync(since, after, limit, cancellation))
        );
        group.MapGet(
            "/health",
            async (MachineHistory history, CancellationToken cancellation, long? instance, long? after, int limit = 100) =>
                limit is < 1 or > LimitBound
                    ? ApiResults.Invalid("limit", $"1 to {LimitBound}.")
                    : Results.Ok(await history.HealthAsync(instance, after, limit, cancellation))
        );
    }
}
