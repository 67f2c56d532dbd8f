using LlamaBlazor.Domain.Statistics;

namespace LlamaBlazor.Tests.Domain.Statistics;

public sealed class StatsTests
{
    [Fact]
    public void Percentiles_AreMeasuredValues()
    {
        var p = Percentiles.Of(Enumerable.Range(1, 100).Select(i => (double)i).Append(double.NaN).Reverse())!;
        Assert.Equal((100, 50, 95, 99, 100), (p.Count, p.P50, p.P95, p.P99, p.Max));
        Assert.Equal(7, Percentiles.Of([7])!.P99);
        Assert.Null(Percentiles.Of([]));
    }

    [Fact]
    public void Summary_CountsHits_Failures_Models_AndDays()
    {
        const long Day = 86_400_000;
        var summary = StatsSummary.Of([
            Record("a", 0, total: 100, speed: 10),
            Record("a", Day, total: 300, speed: 30),
            Record("b", Day + 1, failed: true, total: 1),
            Record("b", Day + 2, hit: true, total: 2, speed: 5000),
        ]);
        Assert.Equal(
            (4, 48, 20.0, 0.25),
            (summary.TotalGenerations, summary.TotalTokens, summary.AvgTokensPerSecond, summary.CacheHitRate)
        );
        Assert.Equal(["1970-01-01", "1970-01-02"], summary.ByDay.Select(day => day.Day));
        Assert.Equal((2, 1, 1), (summary.ByModel["b"].Requests, summary.ByModel["b"].Failures, summary.ByModel["b"].CacheHits));
        Assert.Equal((3, 300), (summary.All.TotalMs!.Count, summary.All.TotalMs.Max));
        Assert.Equal("none", Assert.Single(summary.ByKey).Key);
    }

    [Fact]
    public void Summary_NamesKeys_WhereItCan()
    {
        var summary = StatsSummary.Of(
            [Record("a", 0) with { KeyId = 1 }, Record("a", 0) with { KeyId = 2 }, Record("a", 0)],
            keyNames: new Dictionary<long, string> { [1] = "laptop" }
        );
        Assert.Equal(["key 2", "laptop", "none"], summary.ByKey.Keys.Order());
    }

    [Fact]
    public void Summary_OfNothing_IsZero()
    {
        var summary = StatsSummary.Of([]);
        Assert.Equal((0, 0, 0.0, 0.0), (summary.TotalGenerations, summary.TotalTokens, summary.AvgTokensPerSecond, summary.CacheHitRate));
    }

    private static GenerationRecord Record(
        string model,
        long at,
        bool failed = false,
        bool hit = false,
        double? total = null,
        double? speed = null
    ) => new(model, at, failed ? 502 : 200, failed, hit, 10, 2, 0, 0, 0, total / 2, total, speed, null);
}
