using LlamaBlazor.Domain.Proxy;

namespace LlamaBlazor.Tests.Domain.Proxy;

public sealed class TokenPaceTests
{
    [Fact]
    public void EventsOneByOne_AreMeasured() => Assert.Equal(100, Pace(50, 1, 10).PerSecond(50)!.Value, 3);

    [Fact]
    public void SeveralTokensAnEvent_CountAsMany() => Assert.Equal(500, Pace(50, 1, 10).PerSecond(250)!.Value, 3);

    [Fact]
    public void WaitBeforeTheFirst_DoesNotCount()
    {
        var pace = new TokenPace();
        for (var i = 1; i <= 11; i++)
            pace.Note(i, 60_000 + (i * 10));
        Assert.Equal(100, pace.PerSecond(11)!.Value, 3);
    }

    [Fact]
    public void AllInOneChunk_SaysNothing()
    {
        var pace = new TokenPace();
        pace.Note(500, 10_000);
        Assert.Null(pace.PerSecond(500));
        pace.Note(501, 10_000.1); // the end
        Assert.Null(pace.PerSecond(500));
    }

    [Theory]
    [InlineData(100, 1, 0.05)] // one by one, but all at once
    [InlineData(20, 40, 2)] // many a reading: kept back on the way
    [InlineData(3, 1, 50)] // too few
    public void Burst_SaysNothing(int arrivals, int eventsEach, double msBetween) =>
        Assert.Null(Pace(arrivals, eventsEach, msBetween).PerSecond(arrivals * eventsEach));

    [Fact]
    public void ReadingsWithoutAnEvent_AreNoArrivals()
    {
        var pace = Pace(3, 1, 50);
        for (var i = 0; i < 10; i++)
            pace.Note(3, 1000 + i);
        Assert.Null(pace.PerSecond(3));
    }

    private static TokenPace Pace(int arrivals, int eventsEach, double msBetween)
    {
        var pace = new TokenPace();
        for (var i = 1; i <= arrivals; i++)
            pace.Note(i * eventsEach, i * msBetween);
        return pace;
    }
}
