using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Shared.Api;
using LlamaBlazor.Web.Telemetry.Storage;

namespace LlamaBlazor.Web.Telemetry;

/// <summary><c>/api/metrics</c>.</summary>
internal static class MetricsEndpoints
{
    private const long Minute = 60_000;

    private static readonly Dictionary<string, long> Ranges = new(StringComparer.Ordinal)
    {
        ["10m"] = 10 * Minute,
        ["1h"] = 60 * Minute,
        ["6h"] = 360 * Minute,
        ["24h"] = 1440 * Minute,
        ["7d"] = 10_080 * Minute,
    };

    /// <summary>Maps <c>/api/metrics</c> and what lies below.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/metrics").WithTags("Telemetry");
        group.MapGet("/latest", Latest).Produces<SampleAnswer>();
        group.MapGet("/history", History).Produces<ListPage<SampleAnswer>>();
        group.MapGet("/series", SeriesAsync).Produces<MetricSeries>();
    }

    private static IResult Latest(MetricWindow window) =>
        window.Latest is { } sample
            ? Results.Ok(SampleAnswer.Of(sample))
            : ApiResults.Problem(Domain.Common.Failure.Unavailable("The machine has not been read yet. Ask again in a second."));

    private static IResult History(MetricWindow window, TimeProvider clock, int minutes = 10) =>
        minutes is < 1 or > 10
            ? ApiResults.Invalid("minutes", "Raw samples are kept for ten minutes: 1 to 10. For longer ranges use /api/metrics/series.")
            : Results.Ok(
                new ListPage<SampleAnswer>(
                    [.. window.Since(clock.GetUtcNow().ToUnixTimeMilliseconds() - (minutes * Minute)).Select(SampleAnswer.Of)],
                    null
                )
            );

    private static async Task<IResult> SeriesAsync(
        MetricWindow window,
        MetricsReader reader,
        TimeProvider clock,
        CancellationToken cancellation,
        string range = "1h",
        int points = 300
    )
    {
        if (!Ranges.TryGetValue(range, out var length))
            return ApiResults.Invalid("range", $"One of {string.Join(", ", Ranges.Keys)}.");
        if (points is < 10 or > 2000)
            return ApiResults.Invalid("points", "10 to 2000.");
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var step = Downsampler.StepMs(length, points);
        if (length > MetricWindow.LengthMs)
            step = (step + Minute - 1) / Minute * Minute; // stored minutes cannot be divided
        var items =
            length <= MetricWindow.LengthMs
                ? Downsampler.Reduce(window.Since(now - length), step)
                : await reader.SeriesAsync(now - length, step, cancellation);
        return Results.Ok(new MetricSeries(range, now - length, now, step, [.. items.Select(SampleAnswer.Of)]));
    }
}

/// <summary>Means over a range; a step without samples is missing.</summary>
/// <param name="Range">The word it was asked with.</param>
/// <param name="From">Start, Unix milliseconds.</param>
/// <param name="To">End, Unix milliseconds.</param>
/// <param name="StepMs">Length of a step, milliseconds.</param>
/// <param name="Items">One sample a step, oldest first.</param>
internal sealed record MetricSeries(string Range, long From, long To, long StepMs, IReadOnlyList<SampleAnswer> Items);
