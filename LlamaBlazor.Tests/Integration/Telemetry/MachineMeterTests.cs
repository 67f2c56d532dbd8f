using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Telemetry;

namespace LlamaBlazor.Tests.Integration.Telemetry;

public sealed class MachineMeterTests
{
    private static readonly int Cores = Environment.ProcessorCount;

    [Fact]
    public void OurOwnEngines_AreNotTheProcessorsLoad()
    {
        var window = new MetricWindow();
        for (var second = 0; second <= 60; second++)
            window.Add(
                new Sample
                {
                    Timestamp = second * 1000,
                    CpuUsage = 95,
                    Load1Min = 1.5 * Cores,
                    Instances = [Engine(second < 30 ? 0 : 100 * Cores)],
                }
            );
        var state = new MachineMeter(window).Read();
        Assert.Equal(0, state.CpuPercent); // all of it is the engine's
        Assert.Equal(Cores, state.Load!.Value, 0.02 * Cores); // it was at work for half of the minute
    }

    [Fact]
    public void OtherPrograms_Are()
    {
        var window = new MetricWindow();
        window.Add(
            new Sample
            {
                Timestamp = 1,
                CpuUsage = 97,
                Load1Min = 9,
                Instances = [Engine(null)],
            }
        );
        Assert.Equal((97, 9), (new MachineMeter(window).Read().CpuPercent, new MachineMeter(window).Read().Load));
        Assert.Null(new MachineMeter(new MetricWindow()).Read().CpuPercent);
    }

    private static InstanceSample Engine(double? cpu) => new(1, "m", InstancePhase.Running, cpu, 1, null, null, null, null, null);
}
