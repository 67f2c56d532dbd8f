using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Proxy;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlamaBlazor.Tests.Integration.Proxy;

/// <summary>How long a model was not used is time that has passed, whatever the wall clock was set to meanwhile.</summary>
public sealed class UseClockTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Theory]
    [InlineData(-1)]
    [InlineData(24)]
    public void AgeOfTheLastUse_IsTheTimeThatHasPassed(int hours)
    {
        var clock = new WallClock();
        var registry = new InFlightRegistry(
            clock,
            app.Services.GetRequiredService<RequestMeter>(),
            new Broadcast<InFlightChanged>(NullLogger<Broadcast<InFlightChanged>>.Instance),
            new LoadSignal()
        );
        Assert.Equal((null, null), (registry.CompletedAgo(7), registry.SucceededAgo(7)));
        registry.Enter(7);
        Assert.Equal(1, registry.Busy(7));
        registry.Leave(7);
        clock.Wall += TimeSpan.FromHours(hours);
        clock.Passed += TimeSpan.FromSeconds(5);
        Assert.Equal((0, TimeSpan.FromSeconds(5)), (registry.Busy(7), registry.CompletedAgo(7)));
        Assert.Null(registry.SucceededAgo(7)); // its end is no success
    }

    private sealed class WallClock : TimeProvider
    {
        public DateTimeOffset Wall { get; set; } = DateTimeOffset.UnixEpoch.AddYears(50);

        public TimeSpan Passed { get; set; } = TimeSpan.FromDays(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Wall;

        public override long GetTimestamp() => Passed.Ticks;
    }
}
