using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Tests.Domain.Telemetry;

public sealed class MetricWindowTests
{
    [Fact]
    public void Ring_WhenFull_LosesTheOldest()
    {
        var ring = new RingBuffer<int>(3);
        foreach (var i in Enumerable.Range(1, 5))
            ring.Add(i);
        Assert.Equal([3, 4, 5], ring.ToArray());
        ring.RemoveOldest();
        ring.RemoveNewest();
        Assert.Equal([4], ring.ToArray());
        Assert.Equal(4, ring[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => ring[1]);
    }

    [Fact]
    public void Window_Keeps_TenMinutes()
    {
        var window = new MetricWindow();
        for (var second = 0; second <= 700; second++)
            window.Add(At(second * 1000));
        var samples = window.Snapshot();
        Assert.Equal(100_000, samples[0].Timestamp);
        Assert.Equal(700_000, window.Latest!.Timestamp);
        Assert.Equal(601, samples.Count);
        Assert.Equal(61, window.Since(640_000).Count);
    }

    [Fact]
    public void Window_WhenTheClockIsSetBack_DropsTheFuture()
    {
        var window = new MetricWindow();
        foreach (var timestamp in new[] { 1000, 2000, 3000, 2500 })
            window.Add(At(timestamp));
        Assert.Equal([1000L, 2000, 2500], window.Snapshot().Select(sample => sample.Timestamp));
    }

    [Fact]
    public void Rollup_Gives_TheMeanOfAMinuteOnceItIsOver()
    {
        var rollup = new MinuteRollup();
        Assert.Null(rollup.Add(At(60_000) with { CpuUsage = 10, GpuTemperature = 50, SwapUsage = null }));
        Assert.Null(rollup.Add(At(119_999) with { CpuUsage = 30, GpuTemperature = 70, SwapUsage = 4, ActiveModels = 2 }));
        var minute = rollup.Add(At(120_000));
        Assert.NotNull(minute);
        Assert.Equal(60_000, minute.Timestamp);
        Assert.Equal(20, minute.CpuUsage);
        Assert.Equal(70, minute.GpuTemperature);
        Assert.Equal(4, minute.SwapUsage);
        Assert.Equal(2, minute.ActiveModels);
        Assert.Null(minute.GpuUsage);
    }

    [Fact]
    public void Downsampling_LeavesGaps_AndAverages()
    {
        var reduced = Downsampler.Reduce(
            [At(0) with { CpuUsage = 1 }, At(1000) with { CpuUsage = 3 }, At(9000) with { CpuUsage = 8 }],
            2000
        );
        Assert.Equal([(0L, 2.0), (8000L, 8.0)], reduced.Select(sample => (sample.Timestamp, sample.CpuUsage)));
        Assert.Equal(2000, Downsampler.StepMs(600_000, 300));
        Assert.Equal(1000, Downsampler.StepMs(600_000, 2000));
        Assert.Equal(288_000, Downsampler.StepMs(86_400_000, 300));
    }

    [Fact]
    public void RequestRate_Forgets_AfterAMinute()
    {
        var rate = new RequestRate();
        rate.Count(1_000);
        rate.Count(1_500);
        rate.Count(30_000);
        Assert.Equal(3, rate.PerMinute(59_000));
        Assert.Equal(1, rate.PerMinute(61_000));
        Assert.Equal(0, rate.PerMinute(500_000));
    }

    private static Sample At(long timestamp) => new() { Timestamp = timestamp };
}
